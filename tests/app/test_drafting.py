"""A new project before it is made: proposed answers, other answers, and what they mean, with real children."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.app.drafting import Draft
from studio.app.session import Session
from studio.app.settings import Settings
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.tagging import Tagging

WAIT_S = 60


def wait(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)  # events come in the child's thread


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(Settings(author="tester"))
    yield made
    made.close()


@pytest.fixture
def draft(session: Session, tmp_path: Path, draw_folders: Callable[[Path], Path]) -> Draft:
    made = Draft(session)
    made.look(draw_folders(tmp_path / "shapes"))
    wait(lambda: "split" in made.steps and made.pictures is not None)
    return made


def test_all_four_answers_are_proposed_with_reasons(draft: Draft) -> None:
    assert isinstance(draft.block("kind"), Classification)
    assert isinstance(draft.block("labels"), ParentFolder)
    for step in ("kind", "source", "labels", "split"):
        reason = draft.reason(step)
        assert reason is not None
        assert reason.reason.endswith(".")
        assert 0 < reason.sure <= 1
    assert draft.words("labels") == "2 classes"
    assert draft.refusal() == ""


def test_three_pictures_show_what_it_means(draft: Draft) -> None:
    assert draft.pictures is not None
    assert len(draft.pictures.paths) == 3
    assert set(draft.pictures.targets) == {"disc", "square"}
    assert set(draft.parts().values()) == {"train", "valid"}


def test_only_labels_that_the_task_learns_from_are_offered(draft: Draft) -> None:
    assert {ParentFolder, NamePattern, FromLabelSet} <= set(draft.kinds("labels"))
    draft.set_kind("kind", Tagging)
    assert ParentFolder not in draft.kinds("labels")
    assert draft.recipe is not None
    assert draft.recipe.labels.gives[0] == "tags"


def test_another_answer_is_the_users_own(draft: Draft) -> None:
    draft.set_kind("split", RandomSplit)
    assert isinstance(draft.block("split"), RandomSplit)
    assert draft.reason("split") is None
    assert draft.reason("labels") is not None
    draft.set_block("split", RandomSplit(valid_percent=50))
    wait(lambda: not draft.is_checking)
    assert draft.words("split") == "24 to train, 24 to check"


def test_an_answer_that_lacks_something_says_what(draft: Draft) -> None:
    draft.set_kind("kind", Detection)
    assert isinstance(draft.block("labels"), AnnotationFile)
    wait(lambda: not draft.is_checking)
    assert any(finding.level == "error" for finding in draft.findings("labels"))
    wait(lambda: draft.pictures is not None and draft.pictures.targets == (None, None, None))  # pictures all the same


def test_nothing_to_find_is_refused_in_words(session: Session, tmp_path: Path) -> None:
    made = Draft(session)
    made.look(tmp_path)
    wait(lambda: made.failure is not None)
    assert "No pictures were found" in made.failure.message
    assert made.refusal() == "Choose your pictures first."


def test_a_project_is_made_of_the_answers(draft: Draft, tmp_path: Path) -> None:
    draft.set_block("split", RandomSplit(seed=7))
    project = draft.create(tmp_path / "made.studio")
    assert project.recipe() == draft.recipe
    assert project.can_undo() is None
