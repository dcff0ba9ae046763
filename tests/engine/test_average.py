"""Averaged weights: the formula, buffers, and that they are what is validated and published."""

from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from studio.engine.average import AveragedWeights
from studio.engine.checkpoint import Checkpoints
from studio.engine.keeper import Pace
from studio.engine.train import train_run
from studio.jobs.messages import Event, Finished, StepDone, Stopped
from studio.runs.run import Run

MakeRun = Callable[..., Run]


def test_it_follows_the_weights_slowly_and_faster_at_first() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 1.0)
    average, expected = AveragedWeights(layer, 0.9), 1.0
    for step, value in enumerate([2.0, 4.0, 3.0] * 40, start=1):
        nn.init.constant_(layer.weight, value)
        average.follow(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * value
        assert float(average.state()["weight"]) == pytest.approx(expected, rel=1e-5)
    assert decay == 0.9


def test_statistics_are_averaged_and_counters_are_not() -> None:
    norm = nn.BatchNorm1d(2)
    average = AveragedWeights(norm, 0.999)
    norm(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    average.follow(1)
    toward = 1 - 2 / 11
    torch.testing.assert_close(average.state()["running_mean"], toward * norm.running_mean)
    assert int(average.state()["num_batches_tracked"]) == 1


def test_the_network_has_them_only_while_asked_to() -> None:
    layer = nn.Linear(2, 2)
    average = AveragedWeights(layer, 0.5)
    nn.init.constant_(layer.weight, 7.0)
    kept = {name: value.clone() for name, value in average.state().items()}
    with average.in_place():
        assert torch.equal(layer.weight, kept["weight"])
    assert (layer.weight == 7).all()
    assert torch.equal(average.state()["weight"], kept["weight"])


def train(run: Run, stop_at: int | None = None, resume: bool = False) -> Finished | Stopped:
    events: list[Event] = []

    def should_stop() -> bool:
        return stop_at is not None and any(isinstance(e, StepDone) and e.step >= stop_at for e in events)

    return train_run(run, events.append, should_stop, resume=resume, pace=Pace(steps=1))


@pytest.mark.parametrize("stop_at", [2, 3, 4])
def test_the_model_is_the_average_and_a_resumed_run_knows_it(make_run: MakeRun, stop_at: int) -> None:
    whole, parted, plain = make_run(average_decay=0.9), make_run(average_decay=0.9), make_run()
    for run in (whole, plain):
        assert isinstance(train(run), Finished)
    assert isinstance(train(parted, stop_at=stop_at), Stopped)
    assert isinstance(train(parted, resume=True), Finished)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()
    assert whole.weights_file.read_bytes() != plain.weights_file.read_bytes()

    checkpoint, of_plain = (Checkpoints(run.folder / "checkpoints").newest() for run in (whole, plain))
    assert checkpoint is not None
    assert of_plain is not None
    # What it learns is the same; only what becomes the model is not.
    learned = {name: value for name, value in checkpoint.tensors.items() if not name.startswith("average.")}
    assert learned.keys() == of_plain.tensors.keys()
    assert all(torch.equal(value, of_plain.tensors[name]) for name, value in learned.items())
    if checkpoint.standing.best is not None and checkpoint.standing.best.epoch == checkpoint.standing.epoch:
        published = load_file(whole.weights_file)
        assert all(torch.equal(value, checkpoint.tensors[f"average.{name}"]) for name, value in published.items())
