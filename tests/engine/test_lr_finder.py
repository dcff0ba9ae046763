"""The search for a learning rate: what it tries, when it ends, and that it leaves no trace."""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from studio.base.errors import UserError
from studio.engine.checkpoint import Checkpoints
from studio.engine.keeper import Pace
from studio.engine.lr_finder import STEPS, find_rates, suggestions, sweep
from studio.engine.preparation import prepare
from studio.engine.sitting import Sitting
from studio.jobs.messages import Event, Finished, RatesSuggested, RateTried, Stopped
from studio.runs.run import Run

MakeRun = Callable[..., Run]


def sit(run: Run) -> Sitting:
    prepared = prepare(run, lambda event: None, lambda: False, has_checkpoint=False)
    return Sitting(run, prepared, Checkpoints(run.folder / "checkpoints"), lambda event: None, lambda: False, Pace())


def try_rates(sitting: Sitting, **how: Any) -> list[RateTried]:
    return sweep(sitting.learner, sitting.prepared.model, sitting.stages[0], sitting.seed, **how)


def everything(sitting: Sitting) -> dict[str, Any]:
    """All that a search could leave changed, as bytes and plain values."""
    learner = sitting.learner
    parameters = [parameter for group in learner.optimizer.param_groups for parameter in group["params"]]
    return {
        "weights": {name: tensor.numpy().tobytes() for name, tensor in learner.model.state_dict().items()},
        "gradients": [parameter.grad for parameter in parameters],
        "learns": [parameter.requires_grad for parameter in parameters],
        "modes": [module.training for module in learner.model.modules()],
        "memory": [
            {name: value.numpy().tobytes() for name, value in learner.optimizer.state.get(parameter, {}).items()}
            for parameter in parameters
        ],
        "layout": [
            [value.stride() for value in learner.optimizer.state.get(parameter, {}).values()]
            for parameter in parameters
        ],
        "settings": [
            {name: value for name, value in group.items() if name != "params"}
            for group in learner.optimizer.param_groups
        ],
        "chance": (torch.get_rng_state().numpy().tobytes(), repr(np.random.get_state()), random.getstate()),
        "place": (learner.step, learner.epoch, learner.callbacks),
        "losses": (sitting.losses.epoch_loss, sitting.losses.smoothed),
    }


@pytest.mark.parametrize("freeze_epochs", [0, 2])
@pytest.mark.parametrize("epochs_before", [0, 1])
def test_everything_is_afterwards_as_it_was(make_run: MakeRun, freeze_epochs: int, epochs_before: int) -> None:
    sitting = sit(make_run(epochs=2, freeze_epochs=freeze_epochs))
    sitting.learner.fit(epochs_before)
    before = everything(sitting)
    assert len(try_rates(sitting)) > 20
    assert everything(sitting) == before


def test_a_training_after_the_search_is_as_without_it(make_run: MakeRun) -> None:
    searched, plain = sit(make_run(epochs=1)), sit(make_run(epochs=1))
    try_rates(searched)
    for sitting in (searched, plain):
        assert sitting.learner.fit(1)
    found, wanted = (sitting.learner.model.state_dict() for sitting in (searched, plain))
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_rates_grow_in_equal_ratios_until_the_smoothed_loss_has_run_away(make_run: MakeRun) -> None:
    tried = try_rates(sit(make_run(epochs=1)))
    assert [one.step for one in tried] == list(range(1, len(tried) + 1))
    assert tried[0].learning_rate == pytest.approx(1e-7)
    for one in tried:
        assert one.learning_rate == pytest.approx(1e-7 * 1e8 ** ((one.step - 1) / 100))
    smoothed = [one.smoothed_loss for one in tried if one.smoothed_loss is not None]
    *earlier, last = smoothed
    ran_away = len(smoothed) < len(tried) or last > 4 * min(earlier)
    assert ran_away or len(tried) == STEPS
    assert all(value <= 4 * min(smoothed[: place + 1]) for place, value in enumerate(earlier))
    losses = [one.loss for one in tried if one.loss is not None]
    for count in range(1, len(smoothed) + 1):
        weights = 0.98 ** np.arange(count)[::-1]  # the newest counts most
        assert smoothed[count - 1] == pytest.approx(np.dot(weights, losses[:count]) / weights.sum())


def test_a_loss_that_is_no_number_ends_it_and_suggests_nothing(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = sit(make_run(epochs=1))
    plain = sitting.learner.task.loss
    steps = iter(range(1000))
    monkeypatch.setattr(
        sitting.learner.task,
        "loss",
        lambda outputs, targets: plain(outputs, targets) * (math.nan if next(steps) == 12 else 1.0),
    )
    before = everything(sitting)
    tried = try_rates(sitting)
    assert len(tried) == 13
    assert (tried[-1].loss, tried[-1].smoothed_loss) == (None, None)
    assert suggestions(tried).chosen is None
    assert everything(sitting) == before


def test_a_frozen_encoder_stays_frozen_and_layers_keep_their_shares(make_run: MakeRun) -> None:
    sitting = sit(make_run(epochs=2, freeze_epochs=1))
    model, optimizer = sitting.prepared.model, sitting.learner.optimizer
    before = {name: tensor.clone() for name, tensor in model.named_parameters()}
    moved: set[str] = set()
    shares: set[tuple[float, ...]] = set()

    def look(tried: RateTried) -> None:
        moved.update(name for name, tensor in model.named_parameters() if not torch.equal(tensor, before[name]))
        rates = {group["layer_group"]: group["lr"] / tried.learning_rate for group in optimizer.param_groups}
        shares.add(tuple(round(rates[group], 9) for group in sorted(rates)))

    try_rates(sitting, on_tried=look)
    assert {name.split(".")[0] for name in moved} == {"encoder", "head"}
    assert {before[name].ndim for name in moved if name.startswith("encoder")} == {1}  # the norm layers
    assert shares == {(0.1, 0.1, 1.0)}


def test_it_ends_within_a_step_when_somebody_asks(make_run: MakeRun) -> None:
    tried: list[RateTried] = []
    try_rates(sit(make_run(epochs=1)), on_tried=tried.append, should_stop=lambda: len(tried) >= 7)
    assert len(tried) == 7


def test_what_the_run_would_train_gets_suggestions(make_run: MakeRun) -> None:
    events: list[Event] = []
    run = make_run(epochs=1)
    assert find_rates(run, events.append, lambda: False) == Finished()
    (found,) = [event for event in events if isinstance(event, RatesSuggested)]
    assert isinstance(events[-1], RatesSuggested)
    assert found.chosen in (found.valley, found.minimum, found.steep, found.slide)
    assert 1e-6 < found.chosen < 1
    assert not run.weights_file.exists()


def test_a_search_that_is_stopped_suggests_nothing(make_run: MakeRun) -> None:
    events: list[Event] = []

    def is_enough() -> bool:
        return sum(isinstance(event, RateTried) for event in events) >= 30

    assert find_rates(make_run(epochs=1), events.append, is_enough) == Stopped()
    assert not any(isinstance(event, RatesSuggested) for event in events)


def test_a_loss_that_never_falls_is_told(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "studio.engine.tasks.classification.ClassificationTask.loss",
        lambda self, outputs, targets: outputs.sum() * 0 + 1,
    )
    with pytest.raises(UserError, match="the loss did not fall"):
        find_rates(make_run(epochs=1), lambda event: None, lambda: False)


def test_rates_are_tried_on_the_first_stage(make_run: MakeRun) -> None:
    last = {"side_px": 32, "learning_rate": 1e-4}
    sitting = sit(make_run(stages=({"side_px": 48, "learns": "last", "first_layers_factor": 0.01}, last)))
    pictures = []
    sitting.learner.model.register_forward_hook(lambda model, inputs, outputs: pictures.append(inputs[0].shape[-1]))
    rates: list[dict[int, float]] = []

    def look(tried: RateTried) -> None:
        groups = sitting.learner.optimizer.param_groups
        rates.append({group["layer_group"]: group["lr"] / tried.learning_rate for group in groups})

    try_rates(sitting, on_tried=look)
    assert set(pictures) == {48}
    assert list(rates[0].values()) == pytest.approx([0.01, 0.1, 1.0])
