"""Opening the file of a project: looked at first, and written only when all is well with it."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from studio.base.errors import UserError
from studio.project import backups, migrations
from studio.project.database import Database, damaged, in_words
from studio.project.layout import database_file

_HEADER = b"SQLite format 3\x00"

log = logging.getLogger(__name__)


def open_for_reading(folder: Path) -> Database:
    """Raises UserError as `check` does, and when a project of an older program was not yet brought up to date."""
    if check(folder):
        raise UserError(
            f"The project {folder.name} was made with an older version of the program.",
            "Open it in the window once; that brings it up to date.",
        )
    return Database(database_file(folder), "read")


def open_for_writing(folder: Path, copy: bool = True) -> Database:
    """Brings an older project up to date, after making a copy of it; with `copy` makes the day's copy.

    The caller holds the lock. Raises UserError as `check` does, and when nothing can be written.
    """
    steps = check(folder, thoroughly=True)
    database = Database(database_file(folder), "write")
    try:
        if steps:
            time = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
            backups.back_up(database, f"before-{steps[0][0]}-{time}.sqlite")
            migrations.apply(database.connection, steps)
        elif copy:
            _make_days_copy(database)
    except sqlite3.Error as error:
        database.close()
        raise in_words(database.path, error) from error
    except BaseException:
        database.close()
        raise
    return database


def make_days_copy(folder: Path) -> None:
    """Over a connection of its own, beside whoever writes the project: it copies what was committed when it began."""
    with closing(Database(database_file(folder), "read")) as database:
        _make_days_copy(database)


def check(folder: Path, thoroughly: bool = False) -> list[migrations.Migration]:
    """The steps that the project still needs; nothing is written.

    Raises UserError when the folder is no project, its file is damaged, or a newer program made it.
    """
    file = database_file(folder)
    if not file.is_file():
        what = "is not the folder of a project" if folder.exists() else "does not exist"
        raise UserError(f"{folder} {what}.", "Choose a folder whose name ends in .studio, or make a new project.")
    try:
        with open(file, "rb") as opened:
            header = opened.read(len(_HEADER))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.", "Check its permissions and the disk.") from error
    if header != _HEADER:
        raise damaged(file, "it does not begin as a project does")
    try:
        with closing(Database(file, "read")) as database:
            return _look_at(database, thoroughly)
    except (sqlite3.Error, UnicodeError) as error:
        words = in_words(file, error)
        # The questions asked are known to be right: what SQLite cannot answer here is the file's fault.
        raise words if isinstance(words, UserError) else damaged(file, str(error)) from error


def _look_at(database: Database, thoroughly: bool) -> list[migrations.Migration]:
    identity = database.connection.execute("PRAGMA application_id").fetchone()[0]
    if identity != migrations.APPLICATION_ID:
        raise UserError(
            f"{database.path} was not made by this program.", "Choose the folder of a project, or make a new one."
        )
    steps = migrations.pending(database.connection)
    if thoroughly:
        report = database.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if report != "ok":
            raise damaged(database.path, report)
    return steps


def _make_days_copy(database: Database) -> None:
    """A full disk must not keep anybody from their project: the copy is tried again the next time."""
    try:
        backups.back_up_if_old(database)
    except UserError as error:
        log.warning("No backup was made: %s", error)
