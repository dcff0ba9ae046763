"""A head that learns alone, from what the encoder saw once in each picture: the same as when it looks each time."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from studio.base.errors import UserError
from studio.base.targets import Numbers, Place, Points, Skeleton, Tags
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.engine import kept_features, look_once
from studio.engine.cache import PictureCache
from studio.engine.encoders import create_encoder
from studio.engine.feature_batches import FEATURES
from studio.engine.keeper import Pace
from studio.engine.model import EncoderAndHead, add_head
from studio.engine.train import train_run
from studio.jobs.messages import EpochEnded, Event, FeaturesKept, Finished, StageStarted, StepDone, Stopped, Warned
from studio.runs.predictions import read_predictions
from studio.runs.run import Run
from studio.runtime.card import HeadCard

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def plain(recipe: Recipe, **training: Any) -> Recipe:
    """Without changes by chance; only the head learns unless `training` says otherwise."""
    kept = [block for block in recipe.transforms if block.kind in ("resize", "normalise")]
    settings = {**recipe.training.model_dump(), "learns": "head", "epochs": 3, **training}
    return Recipe.model_validate({**recipe.model_dump(), "transforms": kept, "training": settings})


def train(
    run: Run, resume: bool = False, stop: Callable[[list[Event]], bool] = lambda events: False
) -> tuple[Finished | Stopped, list[Event]]:
    events: list[Event] = []
    end = train_run(run, events.append, lambda: stop(events), resume=resume, pace=Pace(steps=1))
    return end, events


def of_kind(events: list[Event], kind: type[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def told(events: list[Event]) -> list[tuple[float, ...]]:
    return [(e.train_loss, e.valid_loss, *e.metrics.values()) for e in of_kind(events, EpochEnded)]


def without_cache(monkeypatch: pytest.MonkeyPatch, run: Run) -> tuple[Finished | Stopped, list[Event]]:
    with monkeypatch.context() as patched:
        patched.setattr(kept_features, "LIMIT_BYTES", 0)
        return train(run)


def test_the_head_learns_the_same_from_kept_features(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, looked = make_run(recipe=plain(recipe)), make_run(recipe=plain(recipe))
    kept_end, kept_events = train(kept)
    looked_end, looked_events = without_cache(monkeypatch, looked)
    (event,) = of_kind(kept_events, FeaturesKept)
    assert event.pictures == 40
    assert not of_kind(looked_events, FeaturesKept)
    assert "no room" in of_kind(looked_events, Warned)[-1].message
    np.testing.assert_allclose(told(kept_events), told(looked_events), rtol=1e-4, atol=1e-6)
    assert isinstance(kept_end, Finished)
    assert isinstance(looked_end, Finished)
    one, other = load_file(kept.weights_file), load_file(looked.weights_file)
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-3, atol=1e-4, msg=name)
    assert not (kept.folder / FEATURES).exists()  # nobody needs them any more


def tag(row: Row, number: int) -> Tags:
    return Tags((str(row.target), "third") if number % 3 == 0 else (str(row.target),))


def place(row: Row, number: int) -> Points:
    return Points((Place(10.0 + number, 20.0), None if number % 4 == 1 else Place(30.0, 12.0 + number)))


@pytest.mark.parametrize(
    ("task", "label", "facts"),
    [
        ("tagging", tag, {"classes": ("disc", "square", "third")}),
        ("regression", lambda row, number: Numbers((float(number),)), {"classes": ()}),
        ("keypoints", place, {"classes": (), "skeleton": Skeleton(("nose", "tail"))}),
    ],
)
def test_other_tasks_learn_from_features_too(
    make_run: MakeRun,
    recipe: Recipe,
    picture_rows: list[Row],
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    label: Callable[[Row, int], Any],
    facts: dict[str, Any],
) -> None:
    rows = [replace(row, target=label(row, number)) for number, row in enumerate(picture_rows)]
    settings = Recipe.model_validate({**plain(recipe, epochs=2).model_dump(), "task": {"kind": task}})
    found = []
    for is_kept in (True, False):
        run = make_run(recipe=settings, rows=rows)
        run.write_facts(run.facts().model_copy(update=facts))
        end, events = train(run) if is_kept else without_cache(monkeypatch, run)
        assert isinstance(end, Finished)
        assert bool(of_kind(events, FeaturesKept)) is is_kept
        found.append((told(events), read_predictions(run.predictions_file)))
    (kept, kept_said), (looked, looked_said) = found
    np.testing.assert_allclose(kept, looked, rtol=1e-3, atol=1e-5)
    assert [item.image for item in kept_said] == [item.image for item in looked_said]
    np.testing.assert_allclose(
        [item.loss for item in kept_said], [item.loss for item in looked_said], rtol=1e-3, atol=1e-5
    )


def test_averaged_weights_and_balanced_classes_go_together_with_it(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = plain(recipe, average_decay=0.9)
    settings = settings.model_copy(update={"batch": settings.batch.model_copy(update={"sampler": "balanced"})})
    _, kept_events = train(make_run(recipe=settings))
    _, looked_events = without_cache(monkeypatch, make_run(recipe=settings))
    assert of_kind(kept_events, FeaturesKept)
    np.testing.assert_allclose(told(kept_events), told(looked_events), rtol=1e-3, atol=1e-5)


def test_a_stage_of_the_head_alone_keeps_the_features_of_its_size(make_run: MakeRun, recipe: Recipe) -> None:
    """In a later stage the encoder has learned: averaged weights would see other features, and pictures are shown."""
    stages = (
        {"name": "all", "epochs": 1},
        {"name": "head", "epochs": 1, "learns": "head", "side_px": 48},
    )
    run = make_run(recipe=plain(recipe, learns="all", stages=stages))
    end, events = train(run)
    assert isinstance(end, Finished)
    (kept,) = [place for place, event in enumerate(events) if isinstance(event, FeaturesKept)]
    (first, second) = [place for place, event in enumerate(events) if isinstance(event, StageStarted)]
    assert first < second < kept
    encoders = [
        {name: tensor for name, tensor in load_file(run.after_stage(*stage).weights_file).items() if "encoder" in name}
        for stage in ((1, "all"), (2, "head"))
    ]
    assert all(tensor.equal(encoders[1][name]) for name, tensor in encoders[0].items())
    _, events = train(make_run(recipe=plain(recipe, learns="all", stages=stages, average_decay=0.9)))
    assert not of_kind(events, FeaturesKept)


def test_nothing_of_the_encoder_changes(make_run: MakeRun, recipe: Recipe) -> None:
    run = make_run(recipe=plain(recipe))
    train(run, stop=lambda events: bool(of_kind(events, StepDone)))
    early = checkpoint(run)
    train(run, resume=True)
    late = checkpoint(run)
    changed = {name for name, tensor in early.items() if name.startswith("model.") and not tensor.equal(late[name])}
    assert changed
    assert all(name.startswith("model.head.") for name in changed)


def checkpoint(run: Run) -> dict[str, torch.Tensor]:
    return load_file(max((run.folder / "checkpoints").glob("step-*")))


@pytest.mark.parametrize("stop_at", [1, 3, 5])
def test_a_stopped_run_goes_on_with_the_features_that_it_has(make_run: MakeRun, recipe: Recipe, stop_at: int) -> None:
    whole, parted = make_run(recipe=plain(recipe)), make_run(recipe=plain(recipe))
    _, whole_events = train(whole)
    end, events = train(parted, stop=lambda found: any(e.step >= stop_at for e in of_kind(found, StepDone)))
    assert isinstance(end, Stopped)
    end, more = train(parted, resume=True)
    assert isinstance(end, Finished)
    assert not of_kind(more, FeaturesKept)
    assert told(events + more) == told(whole_events)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()


def test_features_that_were_damaged_are_made_again(make_run: MakeRun, recipe: Recipe) -> None:
    whole, parted = make_run(recipe=plain(recipe)), make_run(recipe=plain(recipe))
    train(whole)
    train(parted, stop=lambda found: any(e.step >= 2 for e in of_kind(found, StepDone)))
    (numbers,) = (parted.folder / FEATURES).glob("*.float32")
    os.truncate(numbers, 100)
    _, events = train(parted, resume=True)
    assert of_kind(events, FeaturesKept)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()


def test_stopping_while_the_encoder_looks(make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_once, "_PROGRESS_S", 0.0)
    whole, parted = make_run(recipe=plain(recipe)), make_run(recipe=plain(recipe))
    train(whole)
    end, _ = train(parted, stop=lambda found: any(getattr(e, "what", "").endswith("encoder") for e in found))
    assert end == Stopped(run=parted.name, step=0)
    train(parted, resume=True)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()


def test_what_is_frozen_only_at_first_is_kept_for_so_long(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = plain(recipe, learns="all", freeze_epochs=2, epochs=3)
    kept, looked = make_run(recipe=settings), make_run(recipe=settings)
    _, kept_events = train(kept)
    _, looked_events = without_cache(monkeypatch, looked)
    assert len(of_kind(kept_events, FeaturesKept)) == 1
    np.testing.assert_allclose(told(kept_events), told(looked_events), rtol=1e-3, atol=1e-4)
    one, other = load_file(kept.weights_file), load_file(looked.weights_file)
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=1e-2, atol=1e-3, msg=name)


def test_an_encoder_that_knows_nothing_and_never_learns_is_warned_of(make_run: MakeRun, recipe: Recipe) -> None:
    _, events = train(make_run(recipe=plain(recipe, epochs=1)))
    assert "random weights" in of_kind(events, Warned)[0].message
    _, events = train(make_run(recipe=plain(recipe, learns="all", freeze_epochs=1, epochs=2)))
    assert not of_kind(events, Warned)


def test_pictures_that_chance_changes_are_looked_at_each_time(make_run: MakeRun, recipe: Recipe) -> None:
    settings = recipe.training.model_copy(update={"learns": "head", "epochs": 1})
    _, events = train(make_run(recipe=recipe.model_copy(update={"training": settings})))
    assert not of_kind(events, FeaturesKept)


def test_a_picture_that_is_gone_is_left_out_of_its_batch(
    make_run: MakeRun, recipe: Recipe, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gone picture costs its features, and nobody else theirs."""
    read = PictureCache.read_sized
    run = make_run(recipe=plain(recipe))

    def lost(cache: PictureCache, image: str) -> Any:
        if image == "disc/02.png":
            raise UserError("disc/02.png is gone.")
        return read(cache, image)

    monkeypatch.setattr(PictureCache, "read_sized", lost)
    end, events = train(run)
    assert isinstance(end, Finished)
    (event,) = of_kind(events, FeaturesKept)
    assert event.pictures == 39


def test_a_body_that_stands_still_stays_so_in_training(recipe: Recipe) -> None:
    model: EncoderAndHead = add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=3))
    model.hold_still(0)
    model.train()
    assert model.head.training
    assert not model.encoder.training
    pictures = torch.rand(4, 3, 32, 32)
    model.eval()
    seen = model(pictures)
    features = model.features(pictures)
    model.sees_features = True
    assert model(features).equal(seen)
    assert features.shape == (4, 2 * model.encoder.features)
    model.sees_features = False
    model.hold_still(None)
    model.train()
    assert model.encoder.training
