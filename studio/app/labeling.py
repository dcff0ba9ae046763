"""The Label page's use case: the work list, and labels given to its pictures."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from studio.app.label_states import LabelState, LabelStates, ShownClass, has_label_set
from studio.app.session import Session
from studio.app.work_list import SHOWN, Show, WorkList
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.wording import count_words
from studio.project.changes import Changes, Undone
from studio.project.history import Edit
from studio.project.image_list import ImageList
from studio.project.store import Project

__all__ = ["SHOWN", "LabelState", "Labeling", "Show", "ShownClass"]
READ_SINGLY = 500  # so many labels are read again one by one; more of them all at once
READ_AT_ONCE = 2_000  # so many pictures are read in some milliseconds; more of them in the background


@dataclass
class _Reading:
    """Pictures and labels that are being read in the background, as they were when that began."""

    project: Project
    states: LabelStates = field(default_factory=LabelStates)
    label_set: str = ""
    is_by_class: bool = True
    touched: list[str] | None = field(default_factory=list)  # pictures labeled since; None: perhaps any


class Labeling:
    """The pictures of the last scan with their labels, a current one, and those that are chosen beside it.

    Very many pictures are read in the background; until then those from before are shown, of another project none.

    Listeners hear "list" when other pictures are shown, "labels" when labels changed (`touched` says of which
    pictures; None: of any), "classes" when the classes changed as well, "current", "chosen" and "overlay".
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changed: Listeners[str] = Listeners()
        self.touched: list[int] | None = None
        self.current: int | None = None
        self.has_overlay = True  # labels are drawn over the picture
        self.go_on = False  # after a label has been given, to the next picture without one
        self._chosen: list[int] = []
        self._states = LabelStates()
        self._list = WorkList(self._states)
        self._set_name = ""
        self.is_by_class = True  # whether the project learns one class a picture, which is what is given here
        self._own: Sequence[str] | None = None  # the pictures of the edit that is being told
        self._reading: _Reading | None = None
        session.project_changed.subscribe(lambda project: self._take_project())
        session.changed.subscribe(self._hear)

    # --- what is shown ----------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project:
        if self.session.project is None:
            raise UserError("No project is open.", "Open a project, or make a new one.")
        return self.session.project

    @property
    def label_set(self) -> str:
        """The set that the recipe's labels come from, or are corrected by."""
        return self._set_name

    @property
    def images(self) -> ImageList:
        return self._states.images

    @property
    def is_reading(self) -> bool:
        """Whether pictures are on their way that will take the place of these."""
        return self._reading is not None

    @property
    def visible(self) -> list[int]:
        """The places of the pictures that the filter lets through."""
        return self._list.visible

    @property
    def show(self) -> Show:
        return self._list.show

    @property
    def show_class(self) -> str | None:
        return self._list.show_class

    @property
    def search(self) -> str:
        return self._list.search

    @property
    def list_differs(self) -> bool:
        """Whether some pictures of the list no longer fit its filter, or others would now; see `rebuild`."""
        return self._list.differs

    def row(self, index: int) -> int | None:
        """Where in the list a picture is."""
        return self._list.row(index)

    def classes(self) -> list[str]:
        """The classes of the label set, then those that only the rule gives."""
        return [entry.name for entry in self._states.classes()]

    def shown_classes(self) -> list[ShownClass]:
        """The classes with their colours, keys and counts."""
        return self._states.classes()

    def class_of_key(self, key: str) -> str | None:
        """The class that a digit gives."""
        return next((entry.name for entry in self._states.classes() if entry.key == key), None)

    def state(self, index: int) -> LabelState:
        return self._states.state(index)

    def state_of(self, image: str) -> LabelState | None:
        """What is known of a picture, by its path; None when the last scan did not find it."""
        index = self._states.index(image)
        return None if index is None else self._states.state(index)

    def path(self, index: int) -> Path:
        """Where the picture is. Raises UserError for a path that leads out of the folder of the pictures."""
        parts = PurePosixPath(self.images.paths[index])
        if self._states.root is None or parts.is_absolute() or ".." in parts.parts:
            return self.project.image_path(self.images.paths[index])
        return self._states.root / parts

    def counts(self) -> dict[str | None, int]:
        """How many pictures have each class; None stands for not labeled."""
        counted = self._states.counts
        return {None: counted[None]} | {name: counted[name] for name in self.classes()}

    # --- the list and the current picture ---------------------------------------------------------------------------

    def reload(self) -> None:
        """Read everything from the project again; what is current and chosen stays so where it is still there.

        Listeners hear "list" when it has been read: very many pictures are not yet there on return.
        """
        project, self._reading = self.session.project, None
        if project is None or project.image_count() <= READ_AT_ONCE:
            states = LabelStates()
            states.read(project, self._wanted_set())
            self._take(states, self._wanted_set(), self._wants_classes())
        else:
            self._read_in_background(project)

    def _read_in_background(self, project: Project) -> None:
        reading = _Reading(project, LabelStates(), self._wanted_set(), self._wants_classes())
        self._reading = reading

        def read() -> None:
            with Project.open(project.folder, author="", write=False) as reader:
                reading.states.read(reader, reading.label_set)

        self.session.in_background(read, lambda came: self._hear_read(reading, came))

    def _hear_read(self, reading: _Reading, came: Exception | None) -> None:
        if reading is not self._reading:
            return  # the pictures are being read again, or another project is open by now
        self._reading = None
        if came is not None:
            raise came
        touched = reading.touched
        if touched is None or len(touched) > READ_SINGLY:
            self._read_in_background(reading.project)
            return
        if has_label_set(reading.project, reading.label_set):
            reading.states.read_some(reading.project, reading.label_set, touched)
        self._take(reading.states, reading.label_set, reading.is_by_class)

    def _take(self, states: LabelStates, label_set: str, is_by_class: bool) -> None:
        """Put other states in the place of these, and show them."""
        current = self.images.paths[self.current] if self.current is not None else None
        chosen = [self.images.paths[index] for index in self._chosen]
        self._states, self._set_name, self.is_by_class = states, label_set, is_by_class
        self._list.take(states)
        self._list.build()
        self.current = states.index(current) if current is not None else None
        kept = [index for path in chosen if (index := states.index(path)) is not None and self.row(index) is not None]
        self._chosen = kept if len(kept) > 1 else []
        self.changed.tell("list")

    def set_filter(self, show: Show, show_class: str | None = None, search: str = "") -> None:
        """Show other pictures. When the current one is not among them, the next one that is becomes current."""
        self._list.show, self._list.show_class, self._list.search = show, show_class, search
        self.rebuild()
        if self.current is not None or self.visible:
            self.choose(self._list.near(self.current))

    def rebuild(self) -> None:
        """Apply the filter to the labels as they are now."""
        self._list.build()
        self._chosen = []
        self.changed.tell("list")

    def choose(self, index: int | None) -> None:
        """Make this picture the one that keys and buttons work on."""
        index = index if self.is_by_class else None
        if index != self.current:
            self.current = index
            self.changed.tell("current")

    def choose_many(self, indices: Sequence[int]) -> None:
        """Let keys and buttons work on all of these; fewer than two count as none beside the current one."""
        self._chosen = list(indices) if len(indices) > 1 else []
        self.changed.tell("chosen")

    @property
    def chosen(self) -> list[int]:
        """What keys and buttons work on."""
        return self._chosen or ([self.current] if self.current is not None else [])

    def step(self, by: int) -> None:
        """The next or previous picture of the list."""
        self._move_to(self._list.beside(self.current, by))

    def beside(self, by: int) -> int | None:
        """The picture that `step` would go to; None when that is the current one."""
        index = self._list.beside(self.current, by)
        return None if index == self.current else index

    def upcoming(self) -> int | None:
        """The next picture of the list without a label."""
        return self._list.next_unlabeled(self.current)

    def next_unlabeled(self) -> bool:
        """Go to the next picture without a label, in the list or else in all; False when there is none."""
        index = self.upcoming()
        if index is None and self._states.counts[None]:
            index = next(i for i, name in enumerate(self._states.names) if name is None)
        if index is None:
            return False
        self._show(index)
        return True

    def go_to(self, image: str) -> bool:
        """Choose a picture by its path, whatever the filter shows; False where it is not in the list, or none is."""
        index = self._states.index(image) if self.is_by_class else None
        if index is not None:
            self._show(index)
        return index is not None

    def _show(self, index: int) -> None:
        if self._list.row(index) is None:
            self._list.show, self._list.show_class, self._list.search = "all", None, ""
            self.rebuild()
        self._move_to(index)

    def _move_to(self, index: int | None) -> None:
        """To go somewhere else ends the choice of several."""
        self._chosen = []
        self.choose(index)

    def toggle_overlay(self) -> None:
        """Hide what lies over the picture, or show it again."""
        self.has_overlay = not self.has_overlay
        self.changed.tell("overlay")

    # --- edits ------------------------------------------------------------------------------------------------------

    def give(self, indices: Sequence[int], class_name: str) -> bool:
        """Label pictures, as one edit; makes the label set and the class when they are new. False: nothing changed."""
        paths = [self.images.paths[index] for index in indices]
        with self._edit(_titled(f"Label as '{class_name}'", paths), paths) as edit:
            self._need_classes([class_name])
            self.project.set_labels(self.label_set, dict.fromkeys(paths, class_name))
        return bool(edit.changes)

    def give_to_chosen(self, class_name: str) -> bool:
        """Label what is chosen; then, where that is wanted, go on to the next picture without a label."""
        chosen = self.chosen
        if not chosen:
            return False
        is_changed = self.give(chosen, class_name)
        if self.go_on:
            index = self._list.next_unlabeled(chosen[-1])
            if index is not None:
                self._move_to(index)
        return is_changed

    def clear(self, indices: Sequence[int]) -> int:
        """Take given labels away, as one edit; a rule's label shows again where the rule has one. Gives how many."""
        paths = [self.images.paths[index] for index in indices]
        paths = [path for path in paths if path in self._states.given]
        if paths:
            with self._edit(_titled("Take the label away", paths), paths):
                self.project.set_labels(self.label_set, dict.fromkeys(paths))
        return len(paths)

    def mark_reviewed(self, indices: Sequence[int]) -> int:
        """Confirm the labels of pictures, as one edit; a rule's label becomes this person's. Gives how many."""
        names, given = self._states.names, self._states.given
        paths = {self.images.paths[index]: names[index] for index in indices if names[index] is not None}
        paths = {path: name for path, name in paths.items() if not (path in given and given[path].reviewed)}
        by_rule = {path: name for path, name in paths.items() if path not in given}
        if paths:
            with self._edit(_titled("Mark as reviewed", list(paths)), list(paths)):
                self._need_classes([name for name in dict.fromkeys(by_rule.values()) if name])
                self.project.set_labels(self.label_set, by_rule, reviewed=True)
                for path in paths:
                    if path not in by_rule:
                        self.project.set_reviewed(self.label_set, path, True)
        return len(paths)

    def review_chosen(self) -> int:
        """Confirm what is chosen; then, where that is wanted, go on to the next picture of the list."""
        chosen = self.chosen
        count = self.mark_reviewed(chosen)
        if self.go_on and count:
            self._move_to(self._list.beside(chosen[-1], 1))
        return count

    def add_class(self, name: str) -> None:
        """Raises UserError for an empty name or one that is taken."""
        name = name.strip()
        if name in self.classes():
            raise UserError(f"There is a class '{name}' already.", "Choose another name.")
        with self._edit(f"Add class '{name}'", []):
            self._need_classes([])
            self.project.add_class(self.label_set, name)

    def rename_class(self, name: str, new_name: str) -> None:
        """Rename a class, as one edit; pictures that have it from the rule get it as a label of this person's."""
        new_name = new_name.strip()
        if new_name == name:
            return
        if new_name in self.classes():
            hint = f"Choose another name, or label the pictures of '{name}' as '{new_name}'."
            raise UserError(f"There is a class '{new_name}' already.", hint)
        by_rule = self._states.by_rule(name)
        with self._edit(f"Rename class '{name}' to '{new_name}'", None):
            self._need_classes([name])
            self.project.rename_class(self.label_set, name, new_name)
            if by_rule:
                self.project.set_labels(self.label_set, dict.fromkeys(by_rule, new_name))

    def delete_class(self, name: str) -> None:
        """Delete a class with its labels. Raises UserError where the rule gives it: it would be there again."""
        by_rule = self._states.count_that_stay(name)
        if by_rule:
            raise UserError(
                f"'{name}' is the folder of {count_words(by_rule, 'picture')}: it cannot be deleted here.",
                "Rename the class, give its pictures another one, or change the labels on the Blocks page.",
            )
        with self._edit(f"Delete class '{name}'", None):
            self.project.delete_class(self.label_set, name)

    def undo(self) -> str | None:
        """Take the last edit back and go to its picture; gives its title, or None when there is nothing."""
        return self._after_history(self.project.undo())

    def redo(self) -> str | None:
        return self._after_history(self.project.redo())

    def _after_history(self, undone: Undone | None) -> str | None:
        if undone is None:
            return None
        self.session.tell(undone.changes)
        if undone.image is not None:
            self.go_to(undone.image)
        return undone.title

    @contextmanager
    def _edit(self, title: str, paths: Sequence[str] | None) -> Iterator[Edit]:
        """All changes inside are one edit; then they are told. `paths`: the pictures touched, None: any."""
        with self.project.as_one_edit(title, paths[0] if paths and len(paths) == 1 else None) as edit:
            yield edit
        self._own = paths
        try:
            self.session.tell(edit.changed)
        finally:
            self._own = None

    def _need_classes(self, names: Iterable[str]) -> None:
        """The set, with the classes that the rule has found, so that keys and colours stay; then these classes."""
        known = self.classes()
        if not has_label_set(self.project, self.label_set):
            self.project.add_label_set(self.label_set, "class")
        kept = set(self.project.class_names(self.label_set))
        for name in dict.fromkeys([*known, *names]):
            if name not in kept:
                self.project.add_class(self.label_set, name)

    # --- what changed -----------------------------------------------------------------------------------------------

    def _take_project(self) -> None:
        self.current, self._chosen = None, []
        self._list.show, self._list.show_class, self._list.search = "all", None, ""
        self._states = LabelStates()
        self._list.take(self._states)
        self._list.build()
        self.reload()
        if self.is_reading:
            self._set_name, self.is_by_class = self._wanted_set(), self._wants_classes()
            self.changed.tell("list")  # none, for now

    def _hear(self, changes: Changes) -> None:
        if changes.images or (changes.recipe and self._is_other_task()):
            self.reload()
        elif changes.labels or changes.classes:
            own = self._own if self._own is not None else [changes.image] if changes.image else None
            if self._reading is not None:
                known = self._reading.touched
                self._reading.touched = None if known is None or own is None else [*known, *own]
            self._read_labels(own)
            self.changed.tell("classes" if changes.classes else "labels")

    def _wanted_set(self) -> str:
        recipe = self.session.project.recipe() if self.session.project else None
        return str(getattr(recipe.labels, "label_set", "classes")) if recipe else "classes"

    def rule_origin(self) -> str:
        """Where the labels that nobody gave come from, in a few words."""
        recipe = self.session.project.recipe() if self.session.project else None
        return str(getattr(recipe.labels, "origin", "")) if recipe else ""

    def _wants_classes(self) -> bool:
        recipe = self.session.project.recipe() if self.session.project else None
        return recipe is None or recipe.task.target == "class"

    def _is_other_task(self) -> bool:
        """Whether the recipe's labels come from another set by now, or are of another kind."""
        return (self._wanted_set(), self._wants_classes()) != (self._set_name, self.is_by_class)

    def _read_labels(self, paths: Sequence[str] | None) -> None:
        project = self.session.project
        has_set = project is not None and has_label_set(project, self._set_name)
        if project is None or not has_set or paths is None or len(paths) > READ_SINGLY:
            self._states.read_labels(project, self._set_name)
            self.touched = None
            self._list.touch(range(len(self.images)))
        else:
            self.touched = self._states.read_some(project, self._set_name, paths)
            self._list.touch(self.touched)


def _titled(title: str, paths: Sequence[str]) -> str:
    return title if len(paths) == 1 else f"{title}, {count_words(len(paths), 'picture')}"
