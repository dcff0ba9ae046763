"""Which class each picture has, who said so, and whether somebody looked at it again."""

import sqlite3
from collections.abc import Mapping, Sequence

from studio.base.errors import UserError
from studio.blocks.table import GivenLabel, LabelSource
from studio.project.changes import Changes
from studio.project.classes import Classes, no_class
from studio.project.database import Database
from studio.project.history import LABEL, History, Row

__all__ = ["LabelSource", "Labels"]

_LABELS = (
    "SELECT label.image, class.name, label.given_by, label.reviewed, label.source "
    "FROM label JOIN class ON class.id = label.class_id WHERE label.label_set_id = ?"
)


class Labels:
    """The labels of a project's label sets. Each change is one edit, for one picture or for many."""

    def __init__(self, database: Database, history: History, classes: Classes) -> None:
        self._database = database
        self._history = history
        self._classes = classes

    def all(self, label_set: str) -> dict[str, GivenLabel]:
        """By picture, also of pictures that the last scan did not find."""
        rows = self._database.rows(_LABELS, (self._classes.set_id(label_set),))
        return {row["image"]: _given(row) for row in rows}

    def one(self, label_set: str, image: str) -> GivenLabel | None:
        row = self._database.row(f"{_LABELS} AND label.image = ?", (self._classes.set_id(label_set), image))
        return None if row is None else _given(row)

    def counts(self, label_set: str) -> dict[str, int]:
        """How many labels each class has, in the order of the classes; 0 too."""
        rows = self._database.rows(
            "SELECT class.name, count(label.image) AS labels FROM class LEFT JOIN label ON label.class_id = class.id "
            "WHERE class.label_set_id = ? GROUP BY class.id ORDER BY class.position, class.id",
            (self._classes.set_id(label_set),),
        )
        return {row["name"]: row["labels"] for row in rows}

    def give(
        self,
        label_set: str,
        class_of: Mapping[str, str | None],
        *,
        given_by: str | None,
        source: LabelSource,
        reviewed: bool,
        add_missing_classes: bool,
        title: str | None = None,
    ) -> Changes:
        """Give these pictures these classes, None takes a label away; `given_by` is the author if not said.

        Raises UserError when a class is missing, unless they are to be added in the same edit.
        """
        set_id = self._classes.set_id(label_set)
        image = next(iter(class_of)) if len(class_of) == 1 else None
        wanted = list(dict.fromkeys(name for name in class_of.values() if name is not None))
        with self._history.edit(title or _title(wanted, len(class_of)), image) as edit:
            if add_missing_classes:
                self._classes.add_missing(edit, label_set, wanted)
            ids = self._classes.ids(label_set)
            for missing in set(wanted) - set(ids):
                raise no_class(label_set, missing)
            facts = {
                "given_by": self._history.author if given_by is None else given_by,
                "source": source,
                "reviewed": int(reviewed),
            }
            for picture, name in class_of.items():
                if name is not None:
                    edit.put(LABEL, {"label_set_id": set_id, "image": picture, "class_id": ids[name], **facts})
                elif there := self._row(set_id, picture):
                    edit.remove(LABEL, there)
        return edit.changed

    def set_reviewed(self, label_set: str, image: str, reviewed: bool) -> Changes:
        """Raises UserError when the picture has no label."""
        row = self._row(self._classes.set_id(label_set), image)
        if row is None:
            raise UserError(f"'{image}' has no label in '{label_set}' to review.", "Label it first.")
        with self._history.edit("Mark as reviewed" if reviewed else "Mark as not reviewed", image) as edit:
            edit.put(LABEL, {**row, "reviewed": int(reviewed)})
        return edit.changed

    def _row(self, set_id: int, image: str) -> Row | None:
        row = self._database.row("SELECT * FROM label WHERE label_set_id = ? AND image = ?", (set_id, image))
        return None if row is None else dict(row)


def _given(row: sqlite3.Row) -> GivenLabel:
    return GivenLabel(row["name"], row["given_by"], bool(row["reviewed"]), row["source"])


def _title(class_names: Sequence[str], image_count: int) -> str:
    title = f"Label as '{class_names[0]}'" if len(class_names) == 1 else "Change labels"
    return title if image_count == 1 else f"{title}, {image_count} images"
