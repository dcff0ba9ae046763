"""The tables of a project, and the steps from each released form of them to the next.

A released step is never changed: a new one is added at the end. Applied ones are recorded in the project by name.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime

from studio.base.errors import UserError

Migration = tuple[str, Callable[[sqlite3.Connection], None]]

# Says in the file's header whose file it is: "DBSt" in ASCII.
APPLICATION_ID = 0x44425374

_INITIAL = (
    # The window's own memory: last page, last picture, sizes.
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE recipe (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL) STRICT",
    # The pictures as the last scan found them.
    "CREATE TABLE image_root (id INTEGER PRIMARY KEY CHECK (id = 1), absolute TEXT NOT NULL, relative TEXT) STRICT",
    """CREATE TABLE image (
        path TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        rule_target TEXT,
        part TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX image_by_position ON image (position)",
    # Identities are never used twice, so that the history and drawn masks can name them.
    """CREATE TABLE label_set (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE class (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        label_set_id INTEGER NOT NULL REFERENCES label_set (id),
        name TEXT NOT NULL,
        colour_index INTEGER NOT NULL,
        key TEXT NOT NULL,
        position INTEGER NOT NULL,
        UNIQUE (label_set_id, name)
    ) STRICT""",
    # No reference to `image`: the label of a picture that vanished stays.
    """CREATE TABLE label (
        label_set_id INTEGER NOT NULL REFERENCES label_set (id),
        image TEXT NOT NULL,
        class_id INTEGER NOT NULL REFERENCES class (id),
        given_by TEXT NOT NULL,
        source TEXT NOT NULL,
        reviewed INTEGER NOT NULL,
        PRIMARY KEY (label_set_id, image)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX label_by_class ON label (class_id)",
    """CREATE TABLE edit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        author TEXT NOT NULL,
        title TEXT NOT NULL,
        image TEXT,
        state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'abandoned', 'settled'))
    ) STRICT""",
    "CREATE INDEX edit_by_state ON edit (state, id)",
    # A row before and after, as JSON objects; NULL where there was none. `image` is for finding a picture's history.
    """CREATE TABLE change (
        edit_id INTEGER NOT NULL REFERENCES edit (id),
        position INTEGER NOT NULL,
        table_name TEXT NOT NULL,
        image TEXT,
        before TEXT,
        after TEXT,
        PRIMARY KEY (edit_id, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX change_by_image ON change (image, edit_id) WHERE image IS NOT NULL",
)


def _initial(connection: sqlite3.Connection) -> None:
    for statement in _INITIAL:
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (("0001_initial", _initial),)


def pending(connection: sqlite3.Connection) -> list[Migration]:
    """The steps that this project has not seen yet.

    Raises UserError when it has seen steps that this program does not know, since a newer program made them, and
    sqlite3.DatabaseError when its tables are not those that its steps make: a trigger or view may be somebody's trap.
    """
    has_table = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").fetchone()
    seen = {row[0] for row in connection.execute("SELECT name FROM migration")} if has_table else set()
    unknown = sorted(seen - {name for name, _ in MIGRATIONS})
    if unknown:
        raise UserError(
            f"This project was made with a newer version of the program ('{unknown[0]}' is not known here).",
            "Install the newer version and open the project with it. Nothing was changed.",
        )
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        apply(fresh, [migration for migration in MIGRATIONS if migration[0] in seen])
        if _schema(connection) != _schema(fresh):
            raise sqlite3.DatabaseError("its tables are not as this program makes them")
    return [migration for migration in MIGRATIONS if migration[0] not in seen]


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str, str | None]]:
    return {tuple(row) for row in connection.execute("SELECT type, name, sql FROM sqlite_schema")}


def apply(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Take all these steps, or none if one fails. Raises sqlite3.Error."""
    # A table is rebuilt by dropping it, which rows that refer to it would forbid: they are checked at the end instead.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT")
        for name, step in migrations:
            step(connection)
            connection.execute("INSERT INTO migration VALUES (?, ?)", (name, datetime.now(UTC).isoformat()))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise sqlite3.IntegrityError(f"{len(broken)} rows refer to rows that are gone")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
