"""The label sets of a project and their classes: name, colour and key, in an order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.base.errors import UserError
from studio.project.changes import Changes
from studio.project.database import Database
from studio.project.history import CLASS, LABEL, LABEL_SET, Edit, History, Row

LabelSetKind = Literal["class"]
KEYS = "123456789"


@dataclass(frozen=True)
class LabelSet:
    """A named set of labels, all of one kind."""

    name: str
    kind: LabelSetKind


@dataclass(frozen=True)
class ClassEntry:
    """A class of a label set. `colour_index` counts in the palette; `key` gives the class, "" when none does."""

    id: int
    name: str
    colour_index: int
    key: str


class Classes:
    """Label sets and classes; every change is one edit that can be undone."""

    def __init__(self, database: Database, history: History) -> None:
        self._database = database
        self._history = history

    def label_sets(self) -> list[LabelSet]:
        rows = self._database.rows("SELECT name, kind FROM label_set ORDER BY id")
        return [LabelSet(row["name"], row["kind"]) for row in rows]

    def add_label_set(self, name: str, kind: LabelSetKind) -> Changes:
        """Nothing changes when the project has this set already. Raises UserError when it is of another kind."""
        _require_name(name, "label set")
        there = {each.name: each.kind for each in self.label_sets()}.get(name)
        if there not in (None, kind):
            raise UserError(f"The label set '{name}' holds labels of another kind ({there}).", "Choose another name.")
        with self._history.edit(f"Add label set '{name}'") as edit:
            if there is None:
                edit.add(LABEL_SET, {"name": name, "kind": kind})
        return edit.changed

    def set_id(self, label_set: str) -> int:
        """Raises UserError when there is no such set."""
        row = self._database.row("SELECT id FROM label_set WHERE name = ?", (label_set,))
        if row is None:
            names = ", ".join(f"'{each.name}'" for each in self.label_sets()) or "none"
            raise UserError(
                f"The project has no label set '{label_set}'.", f"Its label sets are: {names}. Choose or add one."
            )
        return int(row["id"])

    def classes(self, label_set: str) -> list[ClassEntry]:
        """The classes in their order. Raises UserError when there is no such set."""
        return [ClassEntry(row["id"], row["name"], row["colour_index"], row["key"]) for row in self._rows(label_set)]

    def ids(self, label_set: str) -> dict[str, int]:
        """The identity of each class by its name."""
        return {row["name"]: row["id"] for row in self._rows(label_set)}

    def add(self, label_set: str, name: str) -> Changes:
        """A new class with the next free colour and digit key. Raises UserError when the name is taken."""
        if name in self.ids(label_set):
            raise UserError(f"'{label_set}' already has a class '{name}'.", "Choose another name.")
        with self._history.edit(f"Add class '{name}'") as edit:
            self.add_missing(edit, label_set, [name])
        return edit.changed

    def add_missing(self, edit: Edit, label_set: str, names: Iterable[str]) -> None:
        """Those of the classes that are not there yet, as a part of a larger edit."""
        set_id, rows = self.set_id(label_set), self._rows(label_set)
        for name in names:
            if any(row["name"] == name for row in rows):
                continue
            _require_name(name, "class")
            used_colours, used_keys = {row["colour_index"] for row in rows}, {row["key"] for row in rows}
            row = {
                "label_set_id": set_id,
                "name": name,
                "colour_index": next(index for index in range(len(rows) + 1) if index not in used_colours),
                "key": next((key for key in KEYS if key not in used_keys), ""),
                "position": max((row["position"] for row in rows), default=-1) + 1,
            }
            rows.append({"id": edit.add(CLASS, row), **row})

    def rename(self, label_set: str, name: str, new_name: str) -> Changes:
        """The labels stay with the class. Raises UserError when another class has the new name."""
        _require_name(new_name, "class")
        row = self._row(label_set, name)
        if new_name != name and new_name in self.ids(label_set):
            raise UserError(
                f"'{label_set}' already has a class '{new_name}'.",
                f"Choose another name, or label the pictures of '{name}' as '{new_name}' and delete '{name}'.",
            )
        with self._history.edit(f"Rename class '{name}' to '{new_name}'") as edit:
            edit.put(CLASS, {**row, "name": new_name})
        return edit.changed

    def change(self, label_set: str, name: str, colour_index: int | None, key: str | None) -> Changes:
        """Another colour or key; a class that had the key loses it."""
        row = self._row(label_set, name)
        with self._history.edit(f"Change class '{name}'") as edit:
            if key:
                for other in self._rows(label_set):
                    if other["key"] == key and other["id"] != row["id"]:
                        edit.put(CLASS, {**other, "key": ""})
            new_colour = row["colour_index"] if colour_index is None else colour_index
            edit.put(CLASS, {**row, "colour_index": new_colour, "key": row["key"] if key is None else key})
        return edit.changed

    def reorder(self, label_set: str, names: Sequence[str]) -> Changes:
        """`names` are all the classes, in the new order."""
        rows = {row["name"]: row for row in self._rows(label_set)}
        if sorted(names) != sorted(rows):
            raise UserError(
                f"The new order of '{label_set}' does not name each of its classes once.", "Name every class once."
            )
        with self._history.edit("Reorder classes") as edit:
            # The same order is no edit, even where deleted classes have left gaps between the positions.
            for position, name in enumerate(names if list(names) != list(rows) else ()):
                edit.put(CLASS, {**rows[name], "position": position})
        return edit.changed

    def delete(self, label_set: str, name: str) -> Changes:
        """The class and all its labels; undo brings them all back."""
        row = self._row(label_set, name)
        with self._history.edit(f"Delete class '{name}'") as edit:
            for label in self._database.rows("SELECT * FROM label WHERE class_id = ?", (row["id"],)):
                edit.remove(LABEL, dict(label))
            edit.remove(CLASS, row)
        return edit.changed

    def _rows(self, label_set: str) -> list[Row]:
        sql = "SELECT * FROM class WHERE label_set_id = ? ORDER BY position, id"
        return [dict(row) for row in self._database.rows(sql, (self.set_id(label_set),))]

    def _row(self, label_set: str, name: str) -> Row:
        for row in self._rows(label_set):
            if row["name"] == name:
                return row
        raise no_class(label_set, name)


def no_class(label_set: str, name: str) -> UserError:
    return UserError(f"'{label_set}' has no class '{name}'.", "Add the class first, or choose one of the others.")


def _require_name(name: str, what: str) -> None:
    if not name.strip():
        raise UserError(f"A {what} needs a name.", "Type a name that is not blank.")
