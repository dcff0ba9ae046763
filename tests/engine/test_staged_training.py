"""A training in stages: small pictures first, then larger ones, with the same weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.engine.checkpoint import Checkpoints
from studio.engine.export import export_run
from studio.engine.keeper import Pace
from studio.engine.networks import build_model
from studio.engine.train import train_run
from studio.jobs.messages import (
    CheckpointWritten,
    EpochEnded,
    Event,
    Finished,
    Progressed,
    RunStarted,
    StageStarted,
    StepDone,
    Stopped,
    Warned,
)
from studio.runs.labels import read_labels
from studio.runs.run import Run
from studio.runtime.card import read_card
from studio.runtime.predictor import OnnxPredictor

MakeRun = Callable[..., Run]

SMALL = {"name": "Small, head", "side_px": 32, "epochs": 1, "learns": "head", "learning_rate": 1e-2}
LARGE = {"name": "Large: all/of it", "side_px": 48, "epochs": 2, "learning_rate": 2e-3, "first_layers_factor": 0.05}


def is_told(events: list[Event], kind: type[Event], **facts: Any) -> bool:
    return any(isinstance(e, kind) and all(getattr(e, name) == fact for name, fact in facts.items()) for e in events)


def train(
    run: Run, resume: bool = False, until: Callable[[list[Event]], bool] = lambda events: False
) -> tuple[Finished | Stopped, list[Event]]:
    """The run's end and its events; stopped as soon as `until` holds of them."""
    events: list[Event] = []
    end = train_run(run, events.append, lambda: until(events), resume=resume, pace=Pace(steps=1))
    return end, events


def test_a_run_goes_through_its_stages(make_run: MakeRun) -> None:
    run = make_run(stages=(SMALL, LARGE))
    end, events = train(run)
    assert isinstance(end, Finished)
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert (started.epochs, started.steps_per_epoch) == (3, 3)
    assert [(s.name, s.first_epoch, s.epochs, s.width_px, s.height_px) for s in started.stages] == [
        ("Small, head", 0, 1, 32, 32),
        ("Large: all/of it", 1, 2, 48, 48),
    ]
    told = [(e.number, e.name, e.step) for e in events if isinstance(e, StageStarted)]
    assert told == [(1, "Small, head", 0), (2, "Large: all/of it", 3)]
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert [(e.epoch, e.step, e.stage) for e in epochs] == [(1, 3, 1), (2, 6, 2), (3, 9, 2)]
    assert [event.step for event in events if isinstance(event, StepDone)][-1] == 9
    assert sum(isinstance(e, Progressed) and e.done == e.total == 40 for e in events) == 2  # once a size

    card = read_card(run.card_file)
    best = [epoch for epoch in epochs if epoch.is_best][-1]
    assert best.stage == 2  # the model is the last stage's, however good the first one was
    assert epochs[1].is_best
    assert (card.train.epoch, card.train.epochs, card.train.stage) == (best.epoch, 3, "Large: all/of it")
    assert (card.preprocess.size_wh, card.layout_wh) == ((48, 48), None)
    assert end.metrics == card.metrics == {**best.metrics, "valid_loss": best.valid_loss}


def test_what_each_stage_left_can_be_predicted_with(make_run: MakeRun) -> None:
    run = make_run(stages=(SMALL, LARGE))
    _, events = train(run)
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    kept = [run.after_stage(1, "Small, head"), run.after_stage(2, "Large: all/of it")]
    assert [stage.folder.name for stage in kept] == ["1-small-head", "2-large-all-of-it"]
    for stage, epoch, side_px in zip(kept, (epochs[0], epochs[2]), (32, 48), strict=True):
        card = read_card(stage.card_file)
        assert (card.preprocess.size_wh, card.train.epoch) == ((side_px, side_px), epoch.epoch)
        assert card.metrics == {**epoch.metrics, "valid_loss": epoch.valid_loss}
        build_model(card).load_state_dict(load_file(stage.weights_file))
        assert stage.recipe().task == run.recipe().task
    newest = Checkpoints(run.folder / "checkpoints").newest()
    assert newest is not None
    weights = load_file(kept[1].weights_file)
    assert all(torch.equal(newest.tensors[f"model.{name}"], tensor) for name, tensor in weights.items())

    export_run(kept[0], events.append)
    picture = Path(run.facts().image_root) / read_labels(run.labels_file)[0].image
    (seen,) = OnnxPredictor(kept[0].folder).predict_paths([picture])
    assert seen.label in ("disc", "square")


def test_the_second_stage_begins_with_the_weights_of_the_first(make_run: MakeRun) -> None:
    """The encoder is frozen in the first, so that its convolutions are those that the run started with."""
    run = make_run(stages=(SMALL, LARGE))
    train(run, until=lambda events: is_told(events, StageStarted, number=2))
    begun = Checkpoints(run.folder / "checkpoints").newest()
    assert begun is not None
    assert begun.standing.epoch == 1
    first = load_file(run.after_stage(1, "Small, head").weights_file)
    other = make_run(stages=(LARGE,))
    train(other, until=lambda events: is_told(events, RunStarted))
    fresh = Checkpoints(other.folder / "checkpoints").newest()
    assert fresh is not None
    convolutions = [name for name, tensor in first.items() if name.startswith("encoder") and tensor.ndim == 4]
    assert convolutions
    train(run, resume=True)
    last = load_file(run.after_stage(2, "Large: all/of it").weights_file)
    assert not any(torch.equal(first[name], last[name]) for name in convolutions)
    # One step of the fresh run has moved its weights by no more than a warming-up rate can.
    assert all(torch.allclose(first[name], fresh.tensors[f"model.{name}"], atol=1e-2) for name in convolutions)


@pytest.mark.parametrize(
    "until",
    [
        lambda events: is_told(events, StepDone, step=2),
        lambda events: is_told(events, StepDone, step=3),
        lambda events: is_told(events, EpochEnded, epoch=1),
        lambda events: is_told(events, CheckpointWritten, step=3) and is_told(events, StageStarted, number=2),
        lambda events: is_told(events, StepDone, step=5),
        lambda events: is_told(events, EpochEnded, epoch=2),
    ],
    ids=["in the first", "before its last check", "at the boundary", "after it", "in the second", "between epochs"],
)
def test_interrupted_anywhere_it_goes_on_as_if_it_had_not_been(
    make_run: MakeRun, until: Callable[[list[Event]], bool]
) -> None:
    whole, parted = make_run(stages=(SMALL, LARGE)), make_run(stages=(SMALL, LARGE))
    whole_end, whole_events = train(whole)
    end, events = train(parted, until=until)
    assert isinstance(end, Stopped)
    if is_told(events, EpochEnded, epoch=1):  # the model is of the last stage that has an epoch
        stage = 2 if is_told(events, EpochEnded, epoch=2) else 1
        assert read_card(parted.card_file).preprocess.side_px == (32, 48)[stage - 1]
    end, more = train(parted, resume=True)
    assert isinstance(end, Finished)
    assert isinstance(whole_end, Finished)
    assert end.metrics == whole_end.metrics
    assert files(parted) == files(whole)
    told = [(e.epoch, e.train_loss, e.valid_loss) for e in events + more if isinstance(e, EpochEnded)]
    assert told == [(e.epoch, e.train_loss, e.valid_loss) for e in whole_events if isinstance(e, EpochEnded)]


def files(run: Run) -> dict[str, bytes]:
    """All weights, the newest checkpoint and the predictions, by name."""
    found = [*run.folder.rglob("*.safetensors"), run.predictions_file]
    return {path.relative_to(run.folder).as_posix(): path.read_bytes() for path in found}


def test_going_on_with_a_finished_run_changes_nothing(make_run: MakeRun) -> None:
    run = make_run(stages=(SMALL, LARGE))
    end, _ = train(run)
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    again, events = train(run, resume=True)
    assert again == end
    assert not is_told(events, StageStarted)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


def test_training_anew_forgets_the_stages(make_run: MakeRun) -> None:
    run = make_run(stages=(SMALL,))
    train(run)
    (run.folder / "stages" / "9-left").mkdir()
    train(run, until=lambda events: True)
    assert not (run.folder / "stages").exists()


def test_only_the_last_stage_ends_early(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.reporting.Scores._rank", lambda scores, epoch: (0.0, 0.0))  # never better
    long = {"epochs": 4, "side_px": 32}
    _, events = train(make_run(stages=(long, long), patience_epochs=1))
    assert [event.epoch for event in events if isinstance(event, EpochEnded)] == [1, 2, 3, 4, 5, 6]
    assert is_told(events, Warned)


def with_encoder(recipe: Recipe, encoder: str) -> Recipe:
    model = recipe.model.model_copy(update={"encoder": encoder})
    training = type(recipe.training).model_validate({**recipe.training.model_dump(), "stages": (SMALL, LARGE)})
    return recipe.model_copy(update={"model": model, "training": training})


def test_a_transformer_stretches_what_it_knows_of_places(make_run: MakeRun, recipe: Recipe) -> None:
    run = make_run(recipe=with_encoder(recipe, "test_vit"))
    end, _ = train(run)
    assert isinstance(end, Finished)
    kept = run.after_stage(1, "Small, head")
    card = read_card(kept.card_file)
    assert card.layout_wh == (48, 48)
    model = build_model(card)
    model.load_state_dict(load_file(kept.weights_file))
    assert model.eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 2)


def test_an_encoder_of_one_size_is_refused_before_it_learns(make_run: MakeRun, recipe: Recipe) -> None:
    events: list[Event] = []
    run = make_run(recipe=with_encoder(recipe, "levit_128s"))
    with pytest.raises(UserError, match="levit_128s cannot go on with pictures of 32 x 32 px in the stage 'Small, he"):
        train_run(run, events.append, lambda: False, resume=False)
    assert not is_told(events, RunStarted)
