"""Random edits, undo, redo and reopening, held against plain lists and dictionaries."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.blocks.table import GivenLabel
from studio.project.changes import Changes
from studio.project.store import Project

SET = "classes"
AUTHOR = "Ada"
FIRST_CLASSES = ("cat", "dog")

names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=5).filter(lambda name: name.strip())
images = st.sampled_from([f"{letter}/it's 'é'\n.jpg" for letter in "abcdef"])
places = st.integers(0, 20)
has_classes = precondition(lambda machine: bool(machine.classes))


class ProjectMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.classes = list(FIRST_CLASSES)
        self.labels: dict[str, GivenLabel] = {}
        # What was there, for the model and as the project showed it: before each edit, and after each undone one.
        self.past: list[tuple[Any, Any]] = []
        self.future: list[tuple[Any, Any]] = []

    @initialize()
    def make_project(self) -> None:
        self.project = Project.create(self.folder / "machine", author=AUTHOR)
        self.project.add_label_set(SET)
        for name in FIRST_CLASSES:
            self.project.add_class(SET, name)

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.folder)

    def now(self) -> tuple[Any, Any]:
        shown = (self.project.classes(SET), self.project.class_labels(SET))
        return (list(self.classes), dict(self.labels)), shown

    def expect(self, before: tuple[Any, Any], changes: Changes) -> None:
        """The model was changed as the project was; an edit that changes nothing is not in the history."""
        assert bool(changes) == (self.now()[0] != before[0])
        if changes:
            self.past.append(before)
            self.future.clear()

    def class_at(self, place: int) -> str:
        return self.classes[place % len(self.classes)]

    @rule(name=names)
    def add_class(self, name: str) -> None:
        if name not in self.classes:
            before = self.now()
            self.classes.append(name)
            self.expect(before, self.project.add_class(SET, name))

    @has_classes
    @rule(place=places, new_name=names)
    def rename_class(self, place: int, new_name: str) -> None:
        name = self.class_at(place)
        if new_name == name or new_name not in self.classes:
            before = self.now()
            self.classes = [new_name if each == name else each for each in self.classes]
            self.labels = {
                image: GivenLabel(new_name, label.given_by, label.reviewed) if label.class_name == name else label
                for image, label in self.labels.items()
            }
            self.expect(before, self.project.rename_class(SET, name, new_name))

    @has_classes
    @rule(place=places)
    def delete_class(self, place: int) -> None:
        name, before = self.class_at(place), self.now()
        self.classes.remove(name)
        self.labels = {image: label for image, label in self.labels.items() if label.class_name != name}
        self.expect(before, self.project.delete_class(SET, name))

    @has_classes
    @rule(data=st.data())
    def reorder_classes(self, data: st.DataObject) -> None:
        before = self.now()
        self.classes = data.draw(st.permutations(self.classes))
        self.expect(before, self.project.reorder_classes(SET, self.classes))

    @has_classes
    @rule(image=images, place=places, given_by=st.sampled_from([None, "run 0001"]), reviewed=st.booleans())
    def label(self, image: str, place: int, given_by: str | None, reviewed: bool) -> None:
        name, before = self.class_at(place), self.now()
        self.labels[image] = GivenLabel(name, given_by or AUTHOR, reviewed)
        self.expect(before, self.project.set_label(SET, image, name, given_by=given_by, reviewed=reviewed))

    @has_classes
    @rule(places_of=st.dictionaries(images, st.none() | places))
    def label_many(self, places_of: dict[str, int | None]) -> None:
        before = self.now()
        class_of = {image: None if place is None else self.class_at(place) for image, place in places_of.items()}
        for image, name in class_of.items():
            if name is None:
                self.labels.pop(image, None)
            else:
                self.labels[image] = GivenLabel(name, AUTHOR, False)
        self.expect(before, self.project.set_labels(SET, class_of))

    @rule(image=images)
    def clear_label(self, image: str) -> None:
        before = self.now()
        self.labels.pop(image, None)
        self.expect(before, self.project.clear_label(SET, image))

    @precondition(lambda machine: bool(machine.labels))
    @rule(place=places, reviewed=st.booleans())
    def review(self, place: int, reviewed: bool) -> None:
        before = self.now()
        image = sorted(self.labels)[place % len(self.labels)]
        self.labels[image] = GivenLabel(self.labels[image].class_name, self.labels[image].given_by, reviewed)
        self.expect(before, self.project.set_reviewed(SET, image, reviewed))

    @precondition(lambda machine: bool(machine.past))
    @rule()
    def undo(self) -> None:
        self.future.append(self.now())
        (self.classes, self.labels), shown = self.past.pop()
        assert self.project.undo() is not None
        assert self.now()[1] == shown

    @rule()
    def redo(self) -> None:
        if not self.future:
            assert self.project.redo() is None
            return
        self.past.append(self.now())
        (self.classes, self.labels), shown = self.future.pop()
        assert self.project.redo() is not None
        assert self.now()[1] == shown

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.project.folder, author=AUTHOR)

    @invariant()
    def agrees(self) -> None:
        assert self.project.class_names(SET) == self.classes
        assert self.project.class_labels(SET) == self.labels
        assert self.project.counts(SET) == {
            name: sum(label.class_name == name for label in self.labels.values()) for name in self.classes
        }
        done = [edit for edit in self.project.history(limit=10_000) if edit.state == "done"]
        # The first edits made the label set and its classes.
        assert len(done) == len(self.past) + 1 + len(FIRST_CLASSES)
        assert (self.project.can_redo() is not None) == bool(self.future)


TestProjectMachine = ProjectMachine.TestCase
TestProjectMachine.settings = settings(
    max_examples=1000 if os.environ.get("STUDIO_NIGHTLY") else 25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
