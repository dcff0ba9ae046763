"""Batches that are sampled where the network is: the same pictures as the processor's way gives, to 2 of 255."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from studio.blocks.recipe import Recipe
from studio.engine import preparation
from studio.engine.checkpoint import Checkpoints
from studio.engine.devices import Placement
from studio.engine.feed import feed
from studio.engine.keeper import Pace
from studio.engine.loader import LoadedBatch
from studio.engine.preparation import Prepared, prepare
from studio.engine.sitting import Sitting
from studio.engine.stage_batches import StageBatches
from studio.engine.train import train_run
from studio.engine.unsampled import Unsampled
from studio.jobs.messages import Event, Finished, StepDone, Stopped
from studio.runs.run import Run

MakeRun = Callable[..., Run]

PLAIN: list[dict[str, Any]] = []
STRONG: list[dict[str, Any]] = [
    {"kind": "flip", "sides": "all"},
    {"kind": "warp"},
    {"kind": "rotate", "max_degrees": 30},
    {"kind": "zoom"},
    {"kind": "lighting", "max_change": 0.5},
]
# Light pulls dark values apart: what was rounded once and what was not then differ by a little more.
CLOSE = 2.5 / 255


def with_transforms(recipe: Recipe, transforms: list[dict[str, Any]], method: str = "crop") -> Recipe:
    resize, normalise = {"kind": "resize", "side_px": 32, "method": method}, {"kind": "normalise"}
    return Recipe.model_validate({**recipe.model_dump(), "transforms": [resize, *transforms, normalise]})


def batches_of(run: Run, on_device: bool, monkeypatch: pytest.MonkeyPatch) -> tuple[Prepared, list[LoadedBatch]]:
    monkeypatch.setattr(preparation, "samples_batches", lambda device: on_device)
    prepared = prepare(run, lambda event: None, lambda: False, has_checkpoint=False)
    assert prepared.plan.samples_on_device is on_device
    with closing(StageBatches(prepared, lambda row, error: None).training(0, 0)) as batches:
        return prepared, list(batches)


@pytest.mark.parametrize("method", ["crop", "pad", "squish"])
@pytest.mark.parametrize(
    "transforms",
    [
        PLAIN,
        STRONG,
        [*STRONG, {"kind": "random_crop"}],
        [*STRONG, {"kind": "erase", "probability": 1}],
        [{"kind": "flip"}, {"kind": "mixup"}],
        [{"kind": "lighting"}, {"kind": "cutmix"}],
        [{"kind": "erase", "probability": 1}, {"kind": "cutmix"}],
    ],
    ids=["plain", "strong", "crop", "erase", "mixup", "cutmix", "erase_cutmix"],
)
def test_they_are_the_pictures_of_the_processors_way(
    make_run: MakeRun,
    recipe: Recipe,
    monkeypatch: pytest.MonkeyPatch,
    transforms: list[dict[str, Any]],
    method: str,
) -> None:
    run = make_run(recipe=with_transforms(recipe, transforms, method))
    prepared, expected = batches_of(run, False, monkeypatch)
    (run.folder / "plan.json").unlink()
    _, found = batches_of(run, True, monkeypatch)
    std = np.array(prepared.card.preprocess.std).reshape(1, 3, 1, 1)
    assert len(found) == len(expected) == 3
    for one, other in zip(found, expected, strict=True):
        assert isinstance(one.pixels_nchw, Unsampled)
        assert one.rows == other.rows
        assert [view.matrix.tolist() for view in one.views] == [view.matrix.tolist() for view in other.views]
        np.testing.assert_array_equal(one.targets, other.targets)
        batch = feed(one, Placement("cpu"))
        pictures, _ = batch.part(slice(None))
        assert pictures.shape == other.pixels_nchw.shape
        assert pictures.dtype == torch.float32
        assert np.abs((pictures.numpy() - other.pixels_nchw) * std).max() <= CLOSE
        parts = [batch.part(part) for part in (slice(0, 3), slice(3, 6), slice(6, 8))]
        assert torch.equal(torch.cat([pictures for pictures, _ in parts]), pictures)


def test_a_run_learns_from_them_and_goes_on_with_them(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "samples_batches", lambda device: True)
    recipe = with_transforms(recipe, [*STRONG, {"kind": "mixup"}])
    whole, parted = make_run(recipe=recipe), make_run(recipe=recipe)
    events: list[Event] = []
    assert isinstance(train_run(whole, events.append, lambda: False, resume=False), Finished)
    events.clear()

    def should_stop() -> bool:
        return sum(isinstance(event, StepDone) for event in events) >= 2

    assert isinstance(train_run(parted, events.append, should_stop, resume=False, pace=Pace(steps=1)), Stopped)
    monkeypatch.undo()  # the plan knows, whatever the device would be asked now
    assert isinstance(train_run(parted, events.append, lambda: False, resume=True), Finished)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()


def test_a_batch_that_spoils_the_loss_is_kept_as_the_network_saw_it(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(preparation, "samples_batches", lambda device: True)
    run = make_run(recipe=with_transforms(recipe, STRONG))
    prepared = prepare(run, lambda event: None, lambda: False, has_checkpoint=False)
    sitting = Sitting(run, prepared, Checkpoints(run.folder / "checkpoints"), print, lambda: False, Pace())
    monkeypatch.setattr(prepared.task, "loss", lambda outputs, targets: outputs.sum() * float("nan"))
    with pytest.raises(Exception, match=r"nan_batch\.safetensors beside it holds the batch"):
        sitting.learner.fit(1)
    kept = load_file(run.folder / "nan_batch.safetensors")
    pictures, targets = sitting.learner.batch.part(slice(None))
    assert torch.equal(kept["pictures"], pictures)
    assert torch.equal(kept["targets"], targets)
