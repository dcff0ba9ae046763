"""The health of the data: a check, what it finds, and the one press that mends a split."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from studio.app.health import Health, split_by_list
from studio.app.pipeline import Pipeline
from studio.app.session import Session
from studio.app.settings import Settings
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.random_split import RandomSplit
from tests.work.health.drawn import draw_scene, save

TIMEOUT_S = 60


Calls = queue.Queue[Callable[[], None]]
Wait = Callable[[Callable[[], None]], list[str]]


@pytest.fixture
def calls() -> Calls:
    """What the children tell, to be heard in the test's own thread."""
    return queue.Queue()


@pytest.fixture
def session(calls: Calls) -> Iterator[Session]:
    session = Session(Settings(author="Ada"), calls.put)
    yield session
    session.close()


@pytest.fixture
def pipeline(session: Session, tmp_path: Path) -> Pipeline:
    """A project whose pictures are all there twice, the second time smaller."""
    for kind in ("nut", "screw"):
        for seed in range(12):
            image = draw_scene(seed + 100 * len(kind))
            save(image, tmp_path / "pictures" / kind / f"{seed}a.png")
            save(image.resize((120, 90), Image.Resampling.BILINEAR), tmp_path / "pictures" / kind / f"{seed}b.png")
    pipeline = Pipeline(session)
    session.create_project(tmp_path / "bolts.studio")
    pipeline.set_recipe(Recipe(source=Folder(path=str(tmp_path / "pictures"))))
    return pipeline


@pytest.fixture
def health(session: Session, pipeline: Pipeline) -> Health:
    return Health(session, pipeline)


@pytest.fixture
def wait(health: Health, calls: Calls) -> Wait:
    """Does something and waits until nothing is under way any more; gives what was told."""

    def until_the_end(begin: Callable[[], None]) -> list[str]:
        told: list[str] = []
        unsubscribe = health.changed.subscribe(told.append)
        begin()
        while "checked" not in told:
            calls.get(timeout=TIMEOUT_S)()
        unsubscribe()
        return told

    return until_the_end


def test_look_alikes_are_found_grouped_and_gone(health: Health, pipeline: Pipeline, wait: Wait) -> None:
    told = wait(health.check)
    assert {"checking", "found", "checked"} <= set(told)
    assert (health.is_known, health.is_checking, health.failure, health.can_group) == (True, False, None, True)
    assert any(item.check == "duplicates" and item.can_group for item in health.found)

    wait(health.make_groups)
    assert pipeline.recipe is not None
    assert pipeline.recipe.split == GroupSplit(group_by="list")
    assert health.is_outdated  # the blocks are others now

    wait(health.check)
    assert (health.can_group, health.is_outdated) == (False, False)
    assert [item.message for item in health.found if item.level == "error"] == []


def test_a_change_of_the_blocks_makes_the_findings_old(health: Health, pipeline: Pipeline, wait: Wait) -> None:
    wait(health.check)
    assert not health.is_outdated
    assert pipeline.recipe is not None
    pipeline.set_recipe(pipeline.recipe.model_copy(update={"split": RandomSplit(seed=7)}))
    assert health.is_outdated
    assert health.found


def test_a_check_can_be_stopped(health: Health, wait: Wait) -> None:
    health.check()
    assert health.is_checking
    told: list[str] = []
    health.changed.subscribe(told.append)
    health.stop()
    assert (health.is_checking, health.is_known) == (False, False)
    assert told[0] == "checked"
    wait(health.check)  # and another one begins as if nothing had been
    assert health.is_known


def test_another_project_forgets(health: Health, session: Session, wait: Wait, tmp_path: Path) -> None:
    wait(health.check)
    session.create_project(tmp_path / "other.studio")
    assert (health.found, health.is_known) == ([], False)
    health.check()  # there are no blocks yet
    assert not health.is_checking


def test_shares_and_seed_survive_the_change_of_split() -> None:
    source = Folder(path="photos")
    drawn = split_by_list(Recipe(source=source, split=RandomSplit(valid_percent=35, seed=3)))
    assert drawn.split == GroupSplit(group_by="list", valid_percent=35, seed=3)
    assert split_by_list(Recipe(source=source, split=SplitByFolder())).split == GroupSplit(group_by="list")
