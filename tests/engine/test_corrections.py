"""A trained model learns from labels that were corrected: better on those, no worse on what it was checked on."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from studio.blocks.corrections import corrections_recipe
from studio.blocks.recipe import Recipe
from studio.blocks.settings_text import with_settings
from studio.blocks.table import Row
from studio.engine.keeper import Pace
from studio.engine.tensors import read_tensors
from studio.engine.train import train_run
from studio.jobs.messages import CorrectionsLearned, EpochEnded, Event, Finished, StepDone, Stopped, WeightsTaken
from studio.runs.labels import read_labels, write_labels
from studio.runs.report import Table, read_report
from studio.runs.run import Run
from studio.runtime.card import read_card

MakeRun = Callable[..., Run]
CLASSES = ("red", "blue")
ODD = 10  # every so many pictures of a class have a shade of their own, and at first the other label
SHADES = {("red", False): (220, 40, 40), ("red", True): (240, 170, 40),
          ("blue", False): (40, 40, 220), ("blue", True): (40, 200, 170)}  # fmt: skip


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """A folder of 80 noisy red and blue pictures, and the right labels; every fourth is one to check on."""
    root, random = tmp_path_factory.mktemp("colours"), np.random.default_rng(5)
    rows = []
    for number in range(80):
        name, is_odd = CLASSES[number % 2], (number // 2) % ODD == 3
        pixels = random.integers(0, 60, (48, 48, 3)) + np.array(SHADES[name, is_odd])
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(root / f"{number:02d}.png")
        rows.append(Row(f"{number:02d}.png", name, "folder", "valid" if number % 8 in (2, 5) else "train"))
    return root, rows


def mistaken(rows: list[Row]) -> list[Row]:
    """One label in ten is that of the other class."""
    other = {"red": "blue", "blue": "red"}
    return [replace(row, target=other[str(row.target)]) if is_odd(row) else row for row in rows]


def is_odd(row: Row) -> bool:
    return (int(row.image[:2]) // 2) % ODD == 3


def corrected(rows: list[Row]) -> list[Row]:
    return [replace(row, changed=is_odd(row)) for row in rows]


def recipe_of(root: Path) -> Recipe:
    return Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [{"kind": "resize", "side_px": 32}, {"kind": "flip"}, {"kind": "normalise"}],
            "batch": {"size": 8, "threads": 1},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 8, "learning_rate": 3e-3, "device": "cpu"},
        }
    )


def never() -> bool:
    return False


@pytest.fixture
def taught(make_run: MakeRun, colours: tuple[Path, list[Row]]) -> Run:
    """A run that has learned the wrong labels."""
    root, rows = colours
    run = make_run(mistaken(rows), recipe_of(root), root, CLASSES)
    assert isinstance(train_run(run, lambda event: None, never, resume=False), Finished)
    return run


@pytest.fixture
def correcting(make_run: MakeRun, colours: tuple[Path, list[Row]], taught: Run) -> Callable[..., Run]:
    """Makes a run that is to learn from the corrections."""
    root, rows = colours

    def make(*settings: str) -> Run:
        recipe = with_settings(corrections_recipe(taught.recipe(), taught.name), settings)
        return make_run(corrected(rows), recipe, root, CLASSES)

    return make


def only(events: list[Event], kind: type) -> Any:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def test_corrections_are_learned_and_nothing_is_lost(correcting: Callable[..., Run], taught: Run) -> None:
    run, events = correcting(), list[Event]()
    end = train_run(run, events.append, never, resume=False)
    assert isinstance(end, Finished)
    learned: CorrectionsLearned = only(events, CorrectionsLearned)
    changed = [row for row in read_labels(run.labels_file) if row.changed]
    assert learned.since == taught.name
    assert learned.corrected == len(changed) == 8
    assert learned.corrected_to_check == sum(row.part == "valid" for row in changed) > 0
    assert learned.corrected_before["accuracy"] < 0.5
    assert learned.corrected_after["accuracy"] > 0.8
    assert learned.after["accuracy"] >= learned.before["accuracy"]
    assert not learned.kept_start
    assert end.metrics["accuracy"] == learned.after["accuracy"]
    taken: WeightsTaken = only(events, WeightsTaken)
    assert taken.taken == taken.total
    first = next(event for event in events if isinstance(event, EpochEnded))
    assert (first.epoch, first.step, first.train_loss) == (0, 0, None)
    assert first.metrics["accuracy"] == learned.before["accuracy"]
    part = read_report(run.report_file).part("corrections")  # type: ignore[union-attr]
    assert isinstance(part, Table)
    assert ("corrected", 8, "accuracy", *values(learned)) in part.rows


def values(learned: CorrectionsLearned) -> tuple[float, float]:
    return learned.corrected_before["accuracy"], learned.corrected_after["accuracy"]


def test_a_model_that_only_gets_worse_stays_as_it_was(correcting: Callable[..., Run], taught: Run) -> None:
    """Nothing here can be learned without losing more: the rate throws everything over."""
    run, events = correcting("training.learning_rate=10", "training.epochs=1"), list[Event]()
    # The old validation pictures with their wrong labels, so that the start is the best there is.
    now, then = read_labels(run.labels_file), read_labels(taught.labels_file)
    pairs = zip(now, then, strict=True)
    write_labels(run.labels_file, [replace(row, target=o.target) if row.part == "valid" else row for row, o in pairs])
    train_run(run, events.append, never, resume=False)
    assert only(events, CorrectionsLearned).kept_start
    mine, theirs = read_tensors(run.weights_file), read_tensors(taught.weights_file)
    assert all(torch.equal(tensor, mine[name]) for name, tensor in theirs.items())
    assert read_card(run.card_file).train.epoch == 0


@pytest.mark.parametrize("stop_at", [0, 3])
def test_it_goes_on_as_unbroken_though_its_start_is_gone(
    correcting: Callable[..., Run], taught: Run, stop_at: int
) -> None:
    """Stopped while the start is checked, or at a step of the first epoch; by then the run it started from is needed no
    more, at a step, and its folder may go."""
    whole, events = correcting("training.epochs=2"), list[Event]()
    train_run(whole, events.append, never, resume=False)
    broken, told = correcting("training.epochs=2"), list[Event]()

    def should_stop() -> bool:
        is_taken = any(isinstance(event, WeightsTaken) for event in told)
        return is_taken and (not stop_at or any(isinstance(e, StepDone) and e.step >= stop_at for e in told))

    end = train_run(broken, told.append, should_stop, resume=False, pace=Pace(steps=1))
    assert isinstance(end, Stopped)
    shutil.rmtree(taught.folder)
    train_run(broken, told.append, never, resume=True)
    mine, theirs = read_tensors(broken.weights_file), read_tensors(whole.weights_file)
    assert all(torch.equal(tensor, mine[name]) for name, tensor in theirs.items())
    said, learned = (only(all_told, CorrectionsLearned) for all_told in (told, events))
    assert said == learned
    assert read_card(broken.card_file).weights == read_card(whole.card_file).weights
