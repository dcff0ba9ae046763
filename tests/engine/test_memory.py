"""Out of memory anywhere: smaller parts, the same gradients, told, remembered, and the same again after a resume."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.engine.checkpoint import Checkpoints
from studio.engine.devices import Placement
from studio.engine.feed import feed
from studio.engine.keeper import Pace
from studio.engine.loader import LoadedBatch
from studio.engine.lr_finder import find_rates
from studio.engine.memory import BeforeTry, Memory, TooLittleMemoryError, cut_evenly, least_at_once, shares
from studio.engine.model import EncoderAndHead
from studio.engine.optimizer import make_optimizer, reserve
from studio.engine.plan import read_plan
from studio.engine.precision import Precision
from studio.engine.train import train_run
from studio.jobs.messages import Event, Finished, MemoryRanOut, RatesSuggested, StepDone, Stopped, Warned
from studio.runs.run import Run

MakeRun = Callable[..., Run]

WORDS: list[Exception] = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError("could not create a primitive"),
    MemoryError("std::bad_alloc"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:116] . DefaultCPUAllocator: can't allocate memory: you tried to "),
]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered here is no other test's."""
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))


@given(count=st.integers(1, 300), at_once=st.integers(1, 300), least=st.integers(1, 2))
def test_parts_are_even_and_hold_everything_in_order(count: int, at_once: int, least: int) -> None:
    at_once = max(at_once, least)
    parts = cut_evenly(count, at_once, least)
    sizes = [part.stop - part.start for part in parts]
    assert [place for part in parts for place in range(count)[part]] == list(range(count))
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= max(at_once, 2 * least - 1)
    assert min(sizes) >= min(least, count)


def test_a_failed_try_is_undone_and_done_again_with_half_as_many() -> None:
    told: list[int] = []
    tried: list[list[int]] = []
    memory = Memory(32, 2, told.append)
    undone: list[int] = []

    def work(parts: list[slice]) -> int:
        tried.append([part.stop - part.start for part in parts])
        if max(tried[-1]) > 8:
            raise WORDS[len(tried) % 2]
        return 7

    assert memory.attempt(32, work, lambda: undone.append(len(tried))) == 7
    assert tried == [[32], [16, 16], [8, 8, 8, 8]]
    assert (told, undone, memory.at_once) == ([16, 8], [1, 2], 8)


@pytest.mark.parametrize("error", WORDS)
def test_where_the_least_does_not_fit_it_says_how_many(error: Exception) -> None:
    def work(parts: object) -> None:
        raise error

    with pytest.raises(TooLittleMemoryError) as raised:
        Memory(8, 2).attempt(8, work, lambda: None)
    assert raised.value.at_once == 2
    with pytest.raises(TooLittleMemoryError) as raised:
        Memory(8).each(5, work)
    assert raised.value.at_once == 1


@pytest.mark.parametrize(
    "words", ["mat1 and mat2 shapes cannot be multiplied", "could not create a primitive descriptor for a convolution"]
)
def test_other_errors_are_not_taken_for_it(words: str) -> None:
    tried = []

    def work(parts: list[slice]) -> None:
        tried.append(parts)
        raise RuntimeError(words)

    with pytest.raises(RuntimeError, match=words):
        Memory(8).attempt(8, work, lambda: None)
    assert len(tried) == 1


def test_parts_that_were_done_are_not_done_twice() -> None:
    done: list[int] = []
    memory = Memory(8)

    def work(part: slice) -> None:
        if part.stop - part.start > 3 and part.start >= 8:
            raise WORDS[0]
        done.extend(range(20)[part])

    memory.each(20, work)
    assert done == list(range(20))
    assert memory.at_once == 2


def test_nothing_of_a_failed_forward_pass_stays() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(0.5)).train()
    before_try = BeforeTry(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    before_try.keep()
    first = model(torch.ones(4, 3, 8, 8))
    first.sum().backward()
    assert not torch.equal(model[1].running_mean, before["1.running_mean"])
    before_try.put_back()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(model(torch.ones(4, 3, 8, 8)), first)


def test_batch_norm_needs_two_pictures() -> None:
    assert least_at_once(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))) == 2
    assert least_at_once(nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4))) == 1


def test_the_optimizer_takes_no_memory_in_its_step() -> None:
    """What is set aside is what it would make itself: the same weights afterwards."""
    ended = []
    for is_reserved in (False, True):
        torch.manual_seed(0)
        layers = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
        optimizer = make_optimizer([list(layers[0].parameters()), list(layers[1].parameters())], 0.01)
        for group in optimizer.param_groups:
            group["lr"] = 0.1
        for _ in range(3):
            layers(torch.ones(2, 3)).square().sum().backward()
            if is_reserved:
                reserve(optimizer)
                assert all(set(state) == {"step", "exp_avg", "exp_avg_sq"} for state in optimizer.state.values())
            optimizer.step()
            optimizer.zero_grad()
        ended.append([parameter.detach().clone() for parameter in layers.parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*ended, strict=True))


class WeighedTask:
    """Counts pictures by their weights, as tasks do whose mean is over pixels or points."""

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return (outputs[:, 0] * targets).sum() / targets.sum().clamp(min=1e-9)

    def weights(self, targets: torch.Tensor, losses: torch.Tensor) -> torch.Tensor:
        return targets.to(losses.dtype)


@pytest.mark.parametrize("weights", [[1.0, 2, 3, 4, 5, 6, 7], [0.0, 0, 0, 0, 5, 0, 1], [0.0] * 7])
@pytest.mark.parametrize("at_once", [1, 2, 3, 7])
def test_the_parts_losses_add_up_to_that_of_the_batch(weights: list[float], at_once: int) -> None:
    targets = np.array(weights, dtype=np.float32)
    outputs = torch.arange(7, dtype=torch.float32)[:, None]
    batch = feed(LoadedBatch(tuple(range(7)), np.zeros((7, 3, 2, 2), np.float32), targets), Placement("cpu"))
    task: Any = WeighedTask()
    parts = cut_evenly(7, at_once)
    losses = [
        task.loss(outputs[part], torch.from_numpy(targets[part])) * (1 if share is None else share)
        for part, share in zip(parts, shares(batch, parts, task), strict=True)
    ]
    assert float(sum(losses)) == pytest.approx(float(task.loss(outputs, torch.from_numpy(targets))), rel=1e-6)


# --- whole runs ---


class Short:
    """Makes a device run out of memory: where more than `most` pictures go through the network at once, at a moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, most: int, moment: str, error: Exception) -> None:
        self.most, self.moment, self.error, self.failures = most, moment, error, 0
        self.steps = self.steps_before = 0  # so many steps go well
        self.seen: list[int] = []
        forward, backward, step = EncoderAndHead.forward, Precision.backward, Precision.step
        latest = [0]

        def limited_forward(model: EncoderAndHead, pictures: torch.Tensor) -> torch.Tensor:
            latest[0] = len(pictures)
            self.seen.append(len(pictures))
            outputs = forward(model, pictures)
            self.fail(latest[0], "forward" if model.training else "validation")
            return outputs

        def limited_backward(precision: Precision, loss: torch.Tensor) -> None:
            backward(precision, loss)
            self.fail(latest[0], "backward")

        def limited_step(precision: Precision, optimizer: torch.optim.Optimizer) -> None:
            self.fail(latest[0] if self.failures == 0 else 0, "step")
            step(precision, optimizer)
            self.steps += 1

        monkeypatch.setattr(EncoderAndHead, "forward", limited_forward)
        monkeypatch.setattr(Precision, "backward", limited_backward)
        monkeypatch.setattr(Precision, "step", limited_step)

    def fail(self, count: int, moment: str) -> None:
        if moment == self.moment and count > self.most and self.steps >= self.steps_before:
            self.failures += 1
            raise self.error


def train(run: Run, resume: bool = False, stop_at: int | None = None) -> tuple[Finished | Stopped, list[Event]]:
    events: list[Event] = []

    def should_stop() -> bool:
        return stop_at is not None and any(isinstance(e, StepDone) and e.step >= stop_at for e in events)

    return train_run(run, events.append, should_stop, resume=resume, pace=Pace(steps=1)), events


def told(events: list[Event]) -> list[MemoryRanOut]:
    return [event for event in events if isinstance(event, MemoryRanOut)]


def without_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    """No probe: the run itself is to meet the limit."""
    monkeypatch.setattr("studio.engine.probe.step_s", lambda subject, way: 0.1)


@pytest.mark.parametrize("error", WORDS[:2])
@pytest.mark.parametrize("moment", ["forward", "backward", "step", "validation"])
def test_a_run_goes_on_in_smaller_parts(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, moment: str, error: Exception
) -> None:
    without_trying(monkeypatch)
    short = Short(monkeypatch, 2, moment, error)
    run = make_run(epochs=1)
    end, events = train(run)
    assert isinstance(end, Finished)
    part = "valid" if moment == "validation" else "train"
    expected = [4] if moment == "step" else [4, 2]
    assert [(event.part, event.at_once, event.batch_size) for event in told(events)] == [(part, n, 8) for n in expected]
    assert all(isinstance(event, Warned) and event.hint for event in told(events))
    assert short.failures == len(expected)
    assert [event.step for event in events if isinstance(event, StepDone)][-1] == 3

    again, events = train(make_run(epochs=1))  # the next run knows
    assert isinstance(again, Finished)
    assert not told(events)
    assert short.failures == len(expected)


@pytest.mark.parametrize("is_tried", [True, False])
def test_where_two_pictures_do_not_fit_the_run_ends_in_words(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, is_tried: bool
) -> None:
    if not is_tried:
        without_trying(monkeypatch)
    Short(monkeypatch, 1, "forward", WORDS[0])
    with pytest.raises(UserError, match="not enough memory for 2 pictures of 32 x 32 px at once") as raised:
        train(make_run())
    assert raised.value.hint


def test_memory_that_is_short_elsewhere_is_said_in_words(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the network: no smaller part would help."""

    def no_room(*given: object) -> None:
        raise MemoryError

    without_trying(monkeypatch)
    monkeypatch.setattr(Checkpoints, "write", no_room)
    with pytest.raises(UserError, match="not enough memory to go on"):
        train(make_run())


def test_the_probe_meets_the_limit_before_the_run_does(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    Short(monkeypatch, 4, "backward", WORDS[0])
    end, events = train(make_run(epochs=1))
    assert isinstance(end, Finished)
    assert not told(events)


@pytest.mark.parametrize("is_parted", [False, True])
def test_a_resumed_run_takes_the_parts_that_the_first_sitting_took(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, is_parted: bool, ended: list[bytes]
) -> None:
    """The device is short from the fifth step on. The second run is stopped after that, goes on from before it, and
    then there is memory enough: still it takes the same parts."""
    without_trying(monkeypatch)
    short = Short(monkeypatch, 99, "forward", WORDS[0])
    short.most, short.steps_before = 4, 4
    run, pace = make_run(epochs=3), Pace(steps=3)

    def hear(event: Event) -> None:
        """Nobody has to."""

    if is_parted:
        assert isinstance(train_run(run, hear, lambda: short.steps >= 5, resume=False, pace=pace), Stopped)
        sorted((run.folder / "checkpoints").glob("step-*"))[-1].unlink()  # as if it had been killed instead
        short.most = 99
        train_run(run, hear, lambda: False, resume=True, pace=pace)
    else:
        train_run(run, hear, lambda: False, resume=False, pace=pace)
    plan = read_plan(run.folder / "plan.json")
    assert plan is not None
    assert [(limit.step, limit.at_once) for limit in plan.limits if limit.part == "train"] == [(0, 8), (4, 4)]
    ended.append(run.weights_file.read_bytes())
    assert ended[0] == ended[-1]


@pytest.fixture(scope="module")
def ended() -> list[bytes]:
    """The weights of runs that must be the same."""
    return []


def test_the_search_for_a_learning_rate_goes_on_too(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    without_trying(monkeypatch)
    Short(monkeypatch, 4, "backward", WORDS[1])
    events: list[Event] = []
    assert find_rates(make_run(epochs=1), events.append, lambda: False) == Finished()
    assert [event.at_once for event in told(events)] == [4]
    assert isinstance(events[-1], RatesSuggested)


def test_batches_to_a_step_are_a_larger_batch_in_parts(
    make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_trying(monkeypatch)
    short = Short(monkeypatch, 99, "none", WORDS[0])
    batch = recipe.batch.model_copy(update={"batches_a_step": 3})
    end, events = train(make_run(recipe=recipe.model_copy(update={"batch": batch})))
    assert isinstance(end, Finished)
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2]  # 30 pictures, 24 a step
    assert short.seen.count(8) >= 6
    assert max(short.seen) == 8
