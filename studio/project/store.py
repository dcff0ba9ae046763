"""A project, open: recipe, pictures, label sets, labels and their history. Every change is on the disk on return."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Self

from studio.base.locks import FileLock
from studio.blocks.recipe import Recipe, read_recipe
from studio.blocks.table import GivenLabel
from studio.project import backups, layout, opening
from studio.project.changes import Changes, PastEdit, Undone
from studio.project.classes import ClassEntry, Classes, LabelSet, LabelSetKind
from studio.project.history import RECIPE, Edit, History
from studio.project.image_list import ImageEntry, ImageList
from studio.project.image_writer import ImageWriter
from studio.project.images import Images
from studio.project.labels import Labels, LabelSource
from studio.project.state import State


class Project:
    """A project's folder, opened for reading or, by one process at a time, for writing; for use in one thread.

    Every method that changes something raises UserError when the disk is full or may not be written, and has then
    changed nothing. `write_images` alone is for another thread, and may have written some of the pictures.
    """

    def __init__(self, folder: Path, author: str, lock: FileLock | None, copy: bool = True) -> None:
        """Use `open` or `create`. With `lock`, which this process holds, the project can be written."""
        self.folder = folder
        self.is_writable = lock is not None
        self._lock = lock
        self._database = opening.open_for_writing(folder, copy) if lock else opening.open_for_reading(folder)
        self._history = History(self._database, author)
        self._images = Images(self._database, folder)
        self._image_writer = ImageWriter(self._database, folder)
        self._classes = Classes(self._database, self._history)
        self._labels = Labels(self._database, self._history, self._classes)
        self._state = State(self._database)

    @classmethod
    def create(cls, folder: Path, *, author: str, holder: str = "") -> Self:
        """A new project; the folder's name gets the ending .studio. Raises UserError when there is something in it."""
        folder = layout.with_suffix(folder.absolute())
        layout.make(folder)
        return cls.open(folder, author=author, holder=holder)

    @classmethod
    def open(cls, folder: Path, *, author: str, write: bool = True, holder: str = "", copy: bool = True) -> Self:
        """`author` is kept with every edit; `holder` is what another window is told when it is refused.

        Without `copy` no copy of the day is made: the caller lets `make_days_copy` do that.

        Raises UserError when the folder is no project, is damaged, was made by a newer program, or, for writing,
        is held by another process. Nothing in it has then been changed.
        """
        folder = folder.absolute()
        if not folder.exists():
            folder = layout.with_suffix(folder)
        opening.check(folder)
        if not write:
            return cls(folder, author, None)
        lock = layout.take_lock(folder, holder)
        try:
            return cls(folder, author, lock, copy)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """The project cannot be used afterwards; another window may write it."""
        self._image_writer.close()
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        return self.folder.name.removesuffix(layout.SUFFIX)

    @property
    def author(self) -> str:
        return self._history.author

    @author.setter
    def author(self, author: str) -> None:
        self._history.author = author

    @property
    def runs_folder(self) -> Path:
        return layout.runs_folder(self.folder)

    def back_up(self) -> Path | None:
        """A checked copy of the project's file, when the newest is older than a day."""
        return backups.back_up_if_old(self._database)

    @staticmethod
    def make_days_copy(folder: Path) -> None:
        """As `back_up`, of a project that is open in this process: for another thread. A full disk is only logged."""
        opening.make_days_copy(folder)

    # Recipe

    def recipe(self) -> Recipe | None:
        """Raises UserError when the stored one cannot be read."""
        row = self._database.row("SELECT json FROM recipe")
        return None if row is None else read_recipe(row["json"], f"The recipe of {self.name}")

    def set_recipe(self, recipe: Recipe, title: str = "Change the blocks") -> Changes:
        with self._history.edit(title) as edit:
            edit.put(RECIPE, {"id": 1, "json": recipe.model_dump_json()})
        return edit.changed

    # Pictures

    def set_images(self, root: str | Path, rows: Iterable[ImageEntry], replace: bool = True) -> Changes:
        """Take what a scan of `root` found; with replace=False it is added. Labels are kept, and it is not undone."""
        return self._images.take(Path(root), rows, replace)

    def write_images(self, root: str | Path, images: ImageList) -> Changes:
        """As `set_images`, for very many pictures: in another thread, in portions between which edits are committed.

        A later call, or `close`, ends it early. A list that was not written to its end is mended by the next scan.
        """
        return self._image_writer.take(Path(root), images)

    def image_count(self) -> int:
        return self._images.count()

    def images(self, start: int = 0, limit: int | None = None) -> ImageList:
        """In the order of the scan."""
        return self._images.all(start, limit)

    def image_root(self) -> Path | None:
        """The folder of the pictures, found again when it moved together with the project."""
        return self._images.root()

    def image_path(self, image: str) -> Path:
        return self._images.path(image)

    # Label sets and classes

    def label_sets(self) -> list[LabelSet]:
        return self._classes.label_sets()

    def add_label_set(self, name: str, kind: LabelSetKind = "class") -> Changes:
        """Nothing changes when it is there already."""
        return self._classes.add_label_set(name, kind)

    def classes(self, label_set: str) -> list[ClassEntry]:
        return self._classes.classes(label_set)

    def add_class(self, label_set: str, name: str) -> Changes:
        """It gets the next free colour and digit key. Raises UserError when the name is taken."""
        return self._classes.add(label_set, name)

    def rename_class(self, label_set: str, name: str, new_name: str) -> Changes:
        return self._classes.rename(label_set, name, new_name)

    def change_class(
        self, label_set: str, name: str, *, colour_index: int | None = None, key: str | None = None
    ) -> Changes:
        """Another colour, or another key, which is taken from the class that had it; "" for none."""
        return self._classes.change(label_set, name, colour_index, key)

    def reorder_classes(self, label_set: str, names: Sequence[str]) -> Changes:
        return self._classes.reorder(label_set, names)

    def delete_class(self, label_set: str, name: str) -> Changes:
        """Its labels go too; undo brings all back."""
        return self._classes.delete(label_set, name)

    def class_names(self, label_set: str) -> list[str]:
        return [entry.name for entry in self._classes.classes(label_set)]

    # Labels

    def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
        return self._labels.all(label_set)

    def labels_version(self) -> str:
        """Another text whenever a label, a class or a label set is different."""
        return self._history.version("label", "class", "label_set")

    def label(self, label_set: str, image: str) -> GivenLabel | None:
        return self._labels.one(label_set, image)

    def counts(self, label_set: str) -> dict[str, int]:
        return self._labels.counts(label_set)

    def set_label(
        self,
        label_set: str,
        image: str,
        class_name: str,
        *,
        given_by: str | None = None,
        source: LabelSource = "person",
        reviewed: bool = False,
        add_missing_classes: bool = False,
    ) -> Changes:
        """`given_by` is the author if not said. Raises UserError when the set has no such class."""
        return self.set_labels(
            label_set,
            {image: class_name},
            given_by=given_by,
            source=source,
            reviewed=reviewed,
            add_missing_classes=add_missing_classes,
        )

    def set_labels(
        self,
        label_set: str,
        class_of: Mapping[str, str | None],
        *,
        given_by: str | None = None,
        source: LabelSource = "person",
        reviewed: bool = False,
        add_missing_classes: bool = False,
        title: str | None = None,
    ) -> Changes:
        """The classes of many pictures, as one edit; None takes a picture's label away."""
        return self._labels.give(
            label_set,
            class_of,
            given_by=given_by,
            source=source,
            reviewed=reviewed,
            add_missing_classes=add_missing_classes,
            title=title,
        )

    def clear_label(self, label_set: str, image: str) -> Changes:
        return self.set_labels(label_set, {image: None}, title="Clear label")

    def set_reviewed(self, label_set: str, image: str, reviewed: bool = True) -> Changes:
        return self._labels.set_reviewed(label_set, image, reviewed)

    # History

    def as_one_edit(self, title: str, image: str | None = None) -> AbstractContextManager[Edit]:
        """`with project.as_one_edit(title) as edit:` makes one edit of all changes inside; see `edit.changed`."""
        return self._history.edit(title, image)

    def settle(self) -> None:
        """End the making of a project: undo goes back to here and no further."""
        self._history.settle()

    def undo(self) -> Undone | None:
        return self._history.undo()

    def redo(self) -> Undone | None:
        return self._history.redo()

    def can_undo(self) -> str | None:
        """The title of what `undo` would take back; None when there is nothing."""
        return self._history.next_undo()

    def can_redo(self) -> str | None:
        return self._history.next_redo()

    def history(self, image: str | None = None, limit: int = 100) -> list[PastEdit]:
        """The newest edits first; with `image` those that touched it."""
        return self._history.past(image, limit)

    # The window's memory

    def get_state(self, key: str) -> Any:
        return self._state.get(key)

    def set_state(self, key: str, value: Any) -> None:
        self._state.set(key, value)
