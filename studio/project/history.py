"""Every edit of the project as rows before and after: undo and redo that survive a restart."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from studio.project.changes import Changes, PastEdit, Undone
from studio.project.database import Database, damaged

Row = dict[str, Any]


@dataclass(frozen=True)
class RecordedTable:
    """A table whose rows the history may change, and no others. `part` is the part of the project that it shows in."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    part: Literal["recipe", "classes", "labels"]
    image_column: str = ""

    @cached_property
    def _where(self) -> str:
        return " AND ".join(f"{column} = :{column}" for column in self.key)

    @cached_property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.name} WHERE {self._where}"

    @cached_property
    def delete(self) -> str:
        return f"DELETE FROM {self.name} WHERE {self._where}"

    @cached_property
    def put(self) -> str:
        values = ", ".join(f":{column}" for column in self.columns)
        changed = ", ".join(f"{column} = excluded.{column}" for column in self.columns)
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({values}) "
            f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changed}"
        )


RECIPE = RecordedTable("recipe", ("id",), ("id", "json"), "recipe")
LABEL_SET = RecordedTable("label_set", ("id",), ("id", "name", "kind"), "classes")
CLASS = RecordedTable("class", ("id",), ("id", "label_set_id", "name", "colour_index", "key", "position"), "classes")
LABEL = RecordedTable(
    "label",
    ("label_set_id", "image"),
    ("label_set_id", "image", "class_id", "given_by", "source", "reviewed"),
    "labels",
    image_column="image",
)
RECORDED = {table.name: table for table in (RECIPE, LABEL_SET, CLASS, LABEL)}


class Edit:
    """One edit while it is being made: writes rows, and keeps what they were before."""

    def __init__(self, database: Database, title: str, image: str | None) -> None:
        self._database = database
        self.title = title
        self.image = image
        self.changes: list[tuple[RecordedTable, Row | None, Row | None]] = []

    def put(self, table: RecordedTable, row: Row) -> None:
        """Make `row`, with every column given, the row with its key. Nothing is recorded when it is so already."""
        found = self._database.execute(table.select, row).fetchone()
        before = dict(found) if found else None
        if before != row:
            self._database.execute(table.put, row)
            self.changes.append((table, before, row))

    def add(self, table: RecordedTable, row: Row) -> int:
        """A new row, given without its "id"; the id is returned."""
        identity = self._database.execute(table.put, {"id": None, **row}).lastrowid
        assert identity is not None
        self.changes.append((table, None, {"id": identity, **row}))
        return identity

    def remove(self, table: RecordedTable, row: Row) -> None:
        """Take away a row, given as it is now."""
        self._database.execute(table.delete, row)
        self.changes.append((table, row, None))

    @property
    def changed(self) -> Changes:
        return _what_changed((table for table, _, _ in self.changes), self.image)


class History:
    """The edits of a project, newest last. An edit after an undo abandons what could have been done again."""

    def __init__(self, database: Database, author: str) -> None:
        self._database = database
        self.author = author
        self._around: Edit | None = None

    @contextmanager
    def edit(self, title: str, image: str | None = None) -> Iterator[Edit]:
        """An edit to make: committed with its history at the end, nothing of it when something is raised.

        An edit inside another becomes a part of it. An edit that changes nothing leaves no trace.
        """
        edit, around = Edit(self._database, title, image), self._around
        if around is not None:
            try:
                yield edit
            finally:
                around.changes += edit.changes
            return
        self._around = edit
        try:
            with self._database.transaction():
                yield edit
                if edit.changes:
                    self._record(edit)
        finally:
            self._around = None

    def settle(self) -> None:
        """Let undo end here: what was done so far stays in the history, but belongs to the project's making."""
        with self._database.transaction():
            self._database.execute("UPDATE edit SET state = 'settled' WHERE state = 'done'")

    def _record(self, edit: Edit) -> None:
        self._database.execute("UPDATE edit SET state = 'abandoned' WHERE state = 'undone'")
        edit_id = self._database.execute(
            "INSERT INTO edit (at, author, title, image, state) VALUES (?, ?, ?, ?, 'done')",
            (datetime.now(UTC).isoformat(timespec="milliseconds"), self.author, edit.title, edit.image),
        ).lastrowid
        self._database.execute_many(
            "INSERT INTO change (edit_id, position, table_name, image, before, after) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (edit_id, position, table.name, _image_of(table, before or after), _to_json(before), _to_json(after))
                for position, (table, before, after) in enumerate(edit.changes)
            ),
        )

    def undo(self) -> Undone | None:
        """Take back the newest edit that is done; None when there is none."""
        return self._move("done", "undone")

    def redo(self) -> Undone | None:
        """Do again what was undone last; None when there is nothing."""
        return self._move("undone", "done")

    def next_undo(self) -> str | None:
        """The title of the edit that `undo` would take back."""
        return self._next_title("done")

    def next_redo(self) -> str | None:
        """The title of the edit that `redo` would do again."""
        return self._next_title("undone")

    def _next_title(self, state: str) -> str | None:
        row = self._database.row(_NEXT[state])
        return None if row is None else str(row["title"])

    def _move(self, state: str, to_state: str) -> Undone | None:
        is_undo = state == "done"
        with self._database.transaction():
            edit = self._database.row(_NEXT[state])
            if edit is None:
                return None
            changes = self._database.rows(
                "SELECT table_name, before, after FROM change WHERE edit_id = ? "
                f"ORDER BY position {'DESC' if is_undo else 'ASC'}",
                (edit["id"],),
            )
            tables = [
                self._replace(change["table_name"], change["after"], change["before"])
                if is_undo
                else self._replace(change["table_name"], change["before"], change["after"])
                for change in changes
            ]
            self._database.execute("UPDATE edit SET state = ? WHERE id = ?", (to_state, edit["id"]))
        return Undone(edit["title"], edit["image"], _what_changed(tables, edit["image"]))

    def _replace(self, table_name: str, old: str | None, new: str | None) -> RecordedTable:
        """Put the row `new` in the place of `old`. Table and columns are checked: they become part of SQL."""
        table = RECORDED.get(table_name)
        if table is None:
            raise damaged(self._database.path, f"its history names an unknown table '{table_name}'")
        try:
            if new is not None:
                self._database.execute(table.put, self._from_json(table, new))
            elif old is not None:
                self._database.execute(table.delete, self._from_json(table, old))
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, OverflowError) as error:
            raise damaged(self._database.path, f"its history does not fit its content ({error})") from error
        return table

    def _from_json(self, table: RecordedTable, text: str) -> Row:
        try:
            row = json.loads(text)
        except ValueError:
            row = None
        if not isinstance(row, dict) or set(row) != set(table.columns):
            raise damaged(self._database.path, f"its history holds a row that is none of '{table.name}'")
        return row

    def version(self, *tables: str) -> str:
        """Another text after each edit, undo or redo that touches one of these tables."""
        marks = ", ".join("?" * len(tables))
        row = self._database.row(
            "SELECT count(*) AS edits, max(id) AS newest, sum(id) AS ids FROM edit WHERE state IN ('done', 'settled') "
            f"AND EXISTS (SELECT 1 FROM change WHERE edit_id = edit.id AND table_name IN ({marks}))",
            tables,
        )
        assert row is not None
        return f"{row['edits']} {row['newest']} {row['ids']}"

    def past(self, image: str | None = None, limit: int = 100) -> list[PastEdit]:
        """The newest edits first; with `image` only those that touched this picture, alone or among others."""
        of_image = "WHERE image = :image OR id IN (SELECT edit_id FROM change WHERE image = :image) "
        rows = self._database.rows(
            "SELECT id, at, author, title, image, state FROM edit "
            f"{of_image if image is not None else ''}ORDER BY id DESC LIMIT :limit",
            {"image": image, "limit": limit},
        )
        try:
            return [PastEdit(**{**dict(row), "at": datetime.fromisoformat(row["at"])}) for row in rows]
        except ValueError as error:
            raise damaged(self._database.path, "its history holds a time that cannot be read") from error


# Undo goes back from the newest edit; what was undone last is the oldest that is undone.
_NEXT = {
    "done": "SELECT id, title, image FROM edit WHERE state = 'done' ORDER BY id DESC LIMIT 1",
    "undone": "SELECT id, title, image FROM edit WHERE state = 'undone' ORDER BY id ASC LIMIT 1",
}


def _what_changed(tables: Iterable[RecordedTable], image: str | None) -> Changes:
    parts = {table.part for table in tables}
    if not parts:
        return Changes()
    return Changes(recipe="recipe" in parts, classes="classes" in parts, labels="labels" in parts, image=image)


def _image_of(table: RecordedTable, row: Row | None) -> str | None:
    return row[table.image_column] if table.image_column and row else None


def _to_json(row: Row | None) -> str | None:
    return None if row is None else json.dumps(row, ensure_ascii=False, separators=(",", ":"))
