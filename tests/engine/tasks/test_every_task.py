"""Each task learns a tiny drawn data set, and its model says the same without torch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from studio.base.errors import UserError
from studio.base.targets import Numbers, Points, Tags, kind_of
from studio.blocks.recipe import block_types
from studio.blocks.task import Task
from studio.engine.export import LARGEST_DIFFERENCE, export_run
from studio.engine.keeper import Pace
from studio.engine.train import train_run
from studio.engine.trained_tasks import TASKS, task_type
from studio.jobs.messages import EpochEnded, Event, Finished, StepDone, Stopped
from studio.runs.predictions import ValidPrediction, read_predictions
from studio.runs.run import Run
from studio.runtime.card import read_card
from studio.runtime.decoding import DECODINGS
from studio.runtime.predictor import OnnxPredictor

MakeRun = Callable[..., Run]


class Poetry(Task):
    """A task that nobody can train."""

    title: ClassVar[str] = "Which poem"
    kind: Literal["poetry"] = "poetry"


def train(run: Run, **given: Any) -> tuple[Finished | Stopped, list[Event]]:
    events: list[Event] = []
    return train_run(run, events.append, lambda: False, resume=False, **given), events


def asked_again(run: Run) -> tuple[list[ValidPrediction], list[Any]]:
    """What the run says of its validation pictures, as it wrote it down and through the exported model."""
    exported = export_run(run, lambda event: None)
    assert exported.metrics["pictures_compared"] == 20
    assert exported.metrics["largest_difference"] <= LARGEST_DIFFERENCE
    written = read_predictions(run.predictions_file)
    root = Path(run.facts().image_root)
    return written, [seen.target for seen in OnnxPredictor(run.folder).predict_paths(root / w.image for w in written)]


def test_tags_are_learned(task_run: MakeRun) -> None:
    run = task_run("tagging", epochs=12)
    end, events = train(run)
    assert isinstance(end, Finished)
    assert set(end.metrics) == {"f_beta", "accuracy", "valid_loss"}
    assert end.metrics["accuracy"] > 0.8
    written, again = asked_again(run)
    assert again == [item.predicted for item in written]
    right = [
        (name in item.predicted.names) == (name in item.target.names)
        for item in written
        for name in ("green", "red")
        if isinstance(item.predicted, Tags) and isinstance(item.target, Tags)
    ]
    assert sum(right) / len(right) == pytest.approx(end.metrics["accuracy"])
    best = [event for event in events if isinstance(event, EpochEnded) and event.is_best][-1]
    assert np.mean([item.loss for item in written]) == pytest.approx(best.valid_loss, rel=1e-4)
    assert all(set(item.probabilities) == {"green", "red"} for item in written)


def test_numbers_are_learned(task_run: MakeRun) -> None:
    run = task_run("regression", epochs=20, learning_rate=5e-3)
    end, _ = train(run)
    assert isinstance(end, Finished)
    assert set(end.metrics) == {"r2", "mae", "valid_loss"}
    assert end.metrics["r2"] > 0.35
    written, again = asked_again(run)
    right, said, seen = (
        np.array([numbers.values for numbers in found if isinstance(numbers, Numbers)])
        for found in ([w.target for w in written], [w.predicted for w in written], again)
    )
    assert said.shape == (20, 2)
    assert np.abs(said - right).mean() == pytest.approx(end.metrics["mae"], rel=1e-3)
    np.testing.assert_allclose(seen, said, atol=0.01)
    explained = 1 - ((said - right) ** 2).sum(axis=0) / ((right - right.mean(axis=0)) ** 2).sum(axis=0)
    assert explained.mean() == pytest.approx(end.metrics["r2"], abs=1e-3)
    low, high = np.array(read_card(run.card_file).number_ranges).T
    assert ((said > low) & (said < high)).all()


@pytest.mark.parametrize(
    ("answer", "epochs", "times"), [("coordinates", 40, 0.75), ("heat_maps", 10, 0.3)], ids=["coordinates", "heat_maps"]
)
def test_points_are_learned_and_come_back_in_pixels_of_the_original(
    task_run: MakeRun, answer: str, epochs: int, times: float
) -> None:
    """times: how far from the point answers are at most, as a share of how far the middle of the picture is."""
    run = task_run("keypoints", settings={"answer": answer}, epochs=epochs, learning_rate=1e-2)
    end, _ = train(run)
    assert isinstance(end, Finished)
    assert set(end.metrics) == {"pixel_error", "pck", "valid_loss"}
    written, again = asked_again(run)
    distances, guesses = [], []
    for item in written:
        assert isinstance(item.target, Points)
        assert isinstance(item.predicted, Points)
        for right, said in zip(item.target.places, item.predicted.places, strict=True):
            if right is not None and said is not None:
                distances.append(np.hypot(said.x_px - right.x_px, said.y_px - right.y_px))
                guesses.append(np.hypot(40 - right.x_px, 32 - right.y_px))
    assert np.mean(distances) == pytest.approx(end.metrics["pixel_error"], rel=1e-3)
    assert np.mean(distances) < times * np.mean(guesses)
    assert np.mean(np.array(distances) < 4) == pytest.approx(end.metrics["pck"])
    for item, seen in zip(written, again, strict=True):
        assert isinstance(item.predicted, Points)
        mine, theirs = (np.array([(p.x_px, p.y_px) for p in points.places]) for points in (item.predicted, seen))
        np.testing.assert_allclose(theirs, mine, atol=0.02)


@pytest.mark.parametrize("transforms", [[{"kind": "mixup"}], [{"kind": "cutmix"}]])
def test_mixed_tags_are_learned(task_run: MakeRun, transforms: list[dict[str, Any]]) -> None:
    end, events = train(task_run("tagging", transforms=transforms, epochs=2))
    assert isinstance(end, Finished)
    assert all(event.loss is not None for event in events if isinstance(event, StepDone))


def test_mixed_numbers_are_learned(task_run: MakeRun) -> None:
    end, _ = train(task_run("regression", transforms=[{"kind": "mixup"}], epochs=2))
    assert isinstance(end, Finished)


def test_an_epoch_with_a_smaller_error_is_better(task_run: MakeRun) -> None:
    run = task_run("keypoints", epochs=6)
    end, events = train(run)
    errors = [event.metrics["pixel_error"] for event in events if isinstance(event, EpochEnded)]
    assert end.metrics["pixel_error"] == min(errors)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("task", "settings"),
    [("tagging", {}), ("regression", {}), ("keypoints", {}), ("keypoints", {"answer": "heat_maps"})],
    ids=["tagging", "regression", "keypoints", "heat_maps"],
)
def test_a_stopped_run_goes_on_as_if_it_had_not_been(task_run: MakeRun, task: str, settings: dict[str, Any]) -> None:
    transforms = [{"kind": "flip"}, {"kind": "rotate"}, {"kind": "zoom"}]
    whole, parted = (task_run(task, transforms, settings, epochs=2) for _ in range(2))
    train(whole, pace=Pace(steps=1))
    events: list[Event] = []

    def should_stop() -> bool:
        return any(isinstance(event, StepDone) and event.step >= 8 for event in events)

    assert isinstance(train_run(parted, events.append, should_stop, resume=False, pace=Pace(steps=1)), Stopped)
    train_run(parted, events.append, lambda: False, resume=True, pace=Pace(steps=1))
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()


@pytest.mark.parametrize(
    ("task", "settings"),
    [("tagging", {}), ("regression", {}), ("keypoints", {}), ("keypoints", {"answer": "heat_maps"})],
)
def test_a_batch_in_parts_has_the_loss_of_the_whole(
    task_run: MakeRun, in_parts: Callable[[Run], None], task: str, settings: dict[str, Any]
) -> None:
    in_parts(task_run(task, settings=settings))


def test_the_blocks_say_which_tasks_can_be_trained() -> None:
    blocks = [block for block in block_types()["kind"] if issubclass(block, Task)]
    assert {block for block in blocks if block.is_trained} == set(TASKS)
    assert {block.model_fields["kind"].default for block in TASKS} == set(DECODINGS)
    for block in blocks:
        assert block.main_metric in block.metrics
        assert set(block.metrics) >= block.errors
    with pytest.raises(UserError, match="'Which poem' cannot be trained by this version yet"):
        task_type(Poetry())


def test_labels_of_another_kind_are_named(task_run: MakeRun) -> None:
    run = task_run("tagging")
    recipe = run.recipe_file.read_text().replace('"tagging"', '"classification"')
    run.recipe_file.write_text(recipe.replace('"threshold": 0.5', "").replace('"classification",', '"classification"'))
    with pytest.raises(UserError, match=r"00\.png has a label of another kind \(tags\) than 'Which thing' needs"):
        train(run)


def test_the_targets_of_a_run_are_of_its_kind(task_run: MakeRun) -> None:
    for task, kind in (("tagging", "tags"), ("regression", "number"), ("keypoints", "points")):
        run = task_run(task, epochs=1)
        train(run)
        card = read_card(run.card_file)
        assert card.task == task
        written = read_predictions(run.predictions_file)
        assert {kind_of(item.predicted) for item in written if item.predicted is not None} == {kind}
