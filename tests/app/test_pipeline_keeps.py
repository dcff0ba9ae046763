"""At the end of a check the project gets the pictures, in the background; the check ends when it has them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from studio.app.pipeline import Pipeline
from studio.app.session import Session
from studio.app.settings import Settings
from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.jobs.launch import Child
from studio.jobs.messages import Event, Failed, Finished, RowsFound, StepExplained
from studio.project.changes import Changes
from studio.project.store import Project


class Checked:
    """A pipeline whose child is the test, and whose background work is heard when the test says so."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._came: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._answers: list[Callable[[Event], None]] = []
        monkeypatch.setattr(Child, "send", lambda child, request, on_event: self._take(on_event))
        self.root = folder / "pictures"
        self.session = Session(Settings(author="Ada"), self._came.put)
        self.pipeline = Pipeline(self.session)
        self.project = self.session.create_project(folder / "p.studio")
        self.told: list[Changes] = []
        self.session.changed.subscribe(self.told.append)
        self.pipeline.set_recipe(Recipe(source=Folder(path=str(self.root))))
        self.told.clear()

    def _take(self, on_event: Callable[[Event], None]) -> int:
        self._answers.append(on_event)
        return len(self._answers)

    def answer(self, *images: str) -> None:
        """The child has found these pictures, without a mistake, and has finished."""
        assert self.pipeline.recipe is not None
        for place, block in enumerate(self.pipeline.recipe.steps()):
            self._say(StepExplained(block=place, step=block.step, title=block.title, summary="", rows=len(images)))
        none = (None,) * len(images)
        self._say(RowsFound(root=str(self.root), images=images, targets=none, by_rules=none, parts=("",) * len(images)))
        self._say(Finished())

    def _say(self, event: Event) -> None:
        self._answers[-1](event)
        self.run_one()

    def run_one(self) -> None:
        """Wait for the next of what came, and hear it."""
        self._came.get(timeout=60)()

    @property
    def kept(self) -> list[str]:
        return self.project.images().paths


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checked]:
    checked = Checked(tmp_path, monkeypatch)
    yield checked
    checked.session.close()


def test_a_check_has_ended_when_the_project_has_the_pictures(checked: Checked) -> None:
    checked.answer("a.jpg", "b.jpg")
    assert checked.pipeline.is_checking
    assert not checked.pipeline.is_ready()
    checked.run_one()
    assert not checked.pipeline.is_checking
    assert checked.pipeline.is_ready()
    assert checked.kept == ["a.jpg", "b.jpg"]
    assert checked.told == [Changes(images=True)]


def test_the_same_pictures_are_not_written_again(checked: Checked) -> None:
    checked.answer("a.jpg")
    checked.run_one()
    checked.pipeline.check()
    checked.answer("a.jpg")
    assert not checked.pipeline.is_checking
    assert checked.told == [Changes(images=True)]


def test_a_check_that_began_while_the_pictures_were_written_goes_on(checked: Checked) -> None:
    checked.answer("a.jpg")
    checked.pipeline.check()
    checked.run_one()
    assert checked.kept == ["a.jpg"]
    assert checked.pipeline.is_checking
    checked.answer("a.jpg", "b.jpg")
    checked.run_one()
    assert not checked.pipeline.is_checking
    assert checked.kept == ["a.jpg", "b.jpg"]


def test_pictures_that_cannot_be_written_are_a_failure_and_are_tried_again(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> Changes:
        raise UserError("The disk is full.", "Make room.")

    with monkeypatch.context() as full:
        full.setattr(Project, "write_images", fail)
        checked.answer("a.jpg")
        checked.run_one()
    assert not checked.pipeline.is_checking
    assert checked.pipeline.failure == Failed(message="The disk is full.", hint="Make room.")
    assert not checked.pipeline.is_ready()
    checked.pipeline.check()
    checked.answer("a.jpg")
    checked.run_one()
    assert checked.pipeline.failure is None
    assert checked.kept == ["a.jpg"]


def test_pictures_of_a_project_that_was_left_say_nothing(checked: Checked, tmp_path: Path) -> None:
    checked.answer("a.jpg")
    checked.session.create_project(tmp_path / "other.studio")
    checked.told.clear()
    checked.run_one()
    assert checked.told == []
    assert not checked.pipeline.is_checking
    assert not checked.pipeline.is_ready()
