"""Fewer bits: losses in float32, scaling that skips a step that overflows, and its state in checkpoints."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.engine.checkpoint import Checkpoints
from studio.engine.keeper import Pace
from studio.engine.optimizer import make_optimizer
from studio.engine.plan import read_plan
from studio.engine.precision import Precision, PrecisionName, supported
from studio.engine.train import train_run
from studio.jobs.messages import Event, Finished, RunStarted, StepDone, Stopped
from studio.runs.run import Run

MakeRun = Callable[..., Run]


def make() -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Linear(8, 4)
    optimizer = make_optimizer([list(model.parameters())], 0.0)
    for group in optimizer.param_groups:
        group["lr"] = 0.1
    return model, optimizer


def step(precision: Precision, model: nn.Module, optimizer: torch.optim.Optimizer, factor: float = 1.0) -> None:
    precision.backward(precision.forward(model, torch.ones(2, 8)).square().mean() * factor)
    precision.unscale(optimizer)
    precision.step(optimizer)
    optimizer.zero_grad()


@pytest.mark.parametrize(
    ("name", "inside"), [("float32", torch.float32), ("float16", torch.float16), ("bfloat16", torch.bfloat16)]
)
def test_the_network_computes_in_it_and_the_loss_does_not(name: PrecisionName, inside: torch.dtype) -> None:
    model, _ = make()
    seen: list[torch.dtype] = []
    model.register_forward_hook(lambda layer, given, output: seen.append(output.dtype))
    outputs = Precision(name, "cpu").forward(model, torch.ones(2, 8))
    assert seen == [inside]
    assert outputs.dtype == torch.float32
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


def test_gradients_have_their_own_size_when_somebody_looks_at_them() -> None:
    gradients = []
    for name in ("float32", "float16"):
        model, optimizer = make()
        precision = Precision(name, "cpu")  # type: ignore[arg-type]
        precision.backward(precision.forward(model, torch.ones(2, 8)).square().mean())
        precision.unscale(optimizer)
        gradients.append([parameter.grad for parameter in model.parameters()])
    for exact, scaled in zip(*gradients, strict=True):
        torch.testing.assert_close(scaled, exact, rtol=5e-3, atol=1e-4)


def test_a_step_that_overflows_is_left_out_and_the_next_one_is_enlarged_less() -> None:
    model, optimizer = make()
    precision = Precision("float16", "cpu")
    step(precision, model, optimizer)
    before, scale = [parameter.detach().clone() for parameter in model.parameters()], precision.state()["scale"]
    step(precision, model, optimizer, factor=1e9)
    assert all(torch.equal(one, other) for one, other in zip(model.parameters(), before, strict=True))
    assert precision.state()["scale"] == scale / 2
    step(precision, model, optimizer)
    assert not any(torch.equal(one, other) for one, other in zip(model.parameters(), before, strict=True))


def test_gradients_that_never_fit_end_the_run() -> None:
    model, optimizer = make()
    precision = Precision("float16", "cpu")
    for _ in range(18):
        step(precision, model, optimizer, factor=1e30)
    with pytest.raises(UserError, match="do not fit into float16"):
        precision.check()
    Precision("float32", "cpu").check()


def test_its_state_can_be_put_back() -> None:
    model, optimizer = make()
    precision, other = Precision("float16", "cpu"), Precision("float16", "cpu")
    for factor in (1.0, 1e9, 1.0):
        step(precision, model, optimizer, factor)
    other.restore(precision.state())
    assert other.state() == precision.state()
    assert Precision("bfloat16", "cpu").state() == {}


def test_every_device_offers_float32_first() -> None:
    assert supported("cpu")[0] == supported("mps")[0] == "float32"


def train(run: Run, stop_at: int | None = None, resume: bool = False) -> list[Event]:
    events: list[Event] = []

    def should_stop() -> bool:
        return stop_at is not None and any(isinstance(e, StepDone) and e.step >= stop_at for e in events)

    end = train_run(run, events.append, should_stop, resume=resume, pace=Pace(steps=1))
    assert isinstance(end, Finished if stop_at is None else Stopped)
    return events


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_a_run_learns_in_it_and_goes_on_as_if_it_had_not_been_stopped(make_run: MakeRun, name: str) -> None:
    whole, parted = (make_run(precision=name, gradient_norm=1.0) for _ in range(2))
    events = train(whole)
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert started.precision == name
    assert all(event.loss is not None and math.isfinite(event.loss) for event in events if isinstance(event, StepDone))
    train(parted, stop_at=2)
    checkpoint = Checkpoints(parted.folder / "checkpoints").newest()
    assert checkpoint is not None
    assert bool(checkpoint.standing.scaling) is (name == "float16")
    train(parted, resume=True)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    plan = read_plan(parted.folder / "plan.json")
    assert plan is not None
    assert plan.precision == name


def test_float32_can_be_asked_for(make_run: MakeRun, recipe: Recipe) -> None:
    (started,) = [event for event in train(make_run(precision="float32")) if isinstance(event, RunStarted)]
    assert started.precision == "float32"
