"""Trying out what the machine is fast at, with a few steps, instead of assuming it."""

import copy
import logging
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from studio.engine.devices import Placement
from studio.engine.memory import BeforeTry, Memory, least_at_once
from studio.engine.optimizer import make_optimizer, reserve
from studio.engine.precision import Precision, PrecisionName
from studio.engine.remembered import machine, recall, remember

log = logging.getLogger(__name__)

_TIMED_STEPS = 2
_GAIN = 0.9  # fewer bits must save a tenth of the time: less is not worth them, nor surely there
COMPILE_S = 30.0  # what compiling takes until it has been measured: 12 to 32 s were seen
_TRYING_SHARE = 50  # trying it out may take one part in so many of the run


@dataclass(frozen=True)
class Way:
    """How a network is computed: in which numbers, and in which order its pictures lie in memory."""

    precision: PrecisionName = "float32"
    channels_last: bool = False

    def __str__(self) -> str:
        return f"{self.precision}{', channels last' if self.channels_last else ''}"


@dataclass(frozen=True)
class Subject:
    """What is tried out. name: tells networks apart. shape_chw: of a picture. at_once: how many, where they fit."""

    model: nn.Module
    name: str
    shape_chw: tuple[int, int, int]
    at_once: int
    device: str
    threads: int

    @property
    def key(self) -> str:
        """What results are remembered under."""
        return f"{self.at_once} times {self.model_key}"

    @property
    def model_key(self) -> str:
        return f"{self.name} {self.shape_chw} {machine(self.device, self.threads)}"


def fastest(subject: Subject, precisions: Sequence[PrecisionName]) -> tuple[Way, float]:
    """The fastest way with one of these numbers, and how long a step takes, in seconds.

    Measured once, then remembered. The model itself and torch's generators are left as they were.
    """
    ways = [Way(precision, channels_last) for precision in precisions for channels_last in (False, True)]
    key = f"ways: {subject.key}"
    known = recall(key) or {}
    if not all(str(way) in known for way in ways):
        known = {**known, **{str(way): step_s(subject, way) for way in ways if str(way) not in known}}
        remember(key, known)
        log.info("Seconds a step takes: %s", known)
    return _chosen({way: known[str(way)] for way in ways})


def _chosen(seconds: dict[Way, float]) -> tuple[Way, float]:
    plain = [way for way in seconds if way.precision == "float32"] or list(seconds)
    best, best_plain = min(seconds, key=seconds.__getitem__), min(plain, key=seconds.__getitem__)
    chosen = best if seconds[best] < _GAIN * seconds[best_plain] else best_plain
    return chosen, seconds[chosen]


def is_worth_compiling(subject: Subject, way: Way, step_s: float, steps: int, compilations: int) -> bool:
    """Whether a compiled network saves more time over so many steps than compiling it so many times takes.

    To know that it must be compiled: that is done only in a run so long that it does not matter, and remembered.
    """
    key = f"compiled: {way}: {subject.key}"
    known = recall(key)
    if known is None:
        if steps * step_s < _TRYING_SHARE * COMPILE_S:
            return False
        compile_s, compiled_step_s = compiled_s(subject, way)
        known = {"compile_s": compile_s, "step_s": compiled_step_s, "plain_step_s": step_s}
        remember(key, known)
        log.info("Compiled: %s", known)
    return steps * (known["plain_step_s"] - known["step_s"]) > compilations * known["compile_s"]


def how_many_fit(subject: Subject, way: Way) -> int:
    """How many pictures go through the network at once, `at_once` of the subject at most, each time half as many as
    were tried before. Raises what the device raises when not even the least do."""
    with kept_generators(subject.device):
        trial = Trial(subject, way)
        trial.step()
        return trial.memory.at_once


def known_to_fit(subject: Subject, precision: PrecisionName, is_training: bool = True) -> int:
    """How many pictures have turned out to fit at once; any number, where nothing did not fit yet."""
    known = recall(_fit_key(subject, precision)) or {}
    return int(known.get(_part(is_training), sys.maxsize))


def remember_fit(subject: Subject, precision: PrecisionName, at_once: int, is_training: bool = True) -> None:
    """For the next run with this network, this size and this device."""
    known = recall(_fit_key(subject, precision)) or {}
    remember(_fit_key(subject, precision), {**known, _part(is_training): at_once})


def _fit_key(subject: Subject, precision: PrecisionName) -> str:
    return f"fits: {precision}: {subject.model_key}"


def _part(is_training: bool) -> str:
    return "train" if is_training else "valid"


def step_s(subject: Subject, way: Way) -> float:
    """How long a step takes: the shortest of a few, after one that warms up; infinite where it cannot be done so."""
    with kept_generators(subject.device):
        try:
            trial = Trial(subject, way)
            trial.step()
            return min(trial.step() for _ in range(_TIMED_STEPS))
        except (RuntimeError, NotImplementedError) as error:
            if way == Way():
                raise
            log.info("%s cannot be used here: %s", way, error)
            return math.inf


def compiled_s(subject: Subject, way: Way) -> tuple[float, float]:
    """How long compiling takes, and a step afterwards; infinite where it fails, as without a compiler."""
    with kept_generators(subject.device):
        try:
            trial = Trial(subject, way)
            trial.network = torch.compile(trial.model, dynamic=False)
            compile_s = trial.step() + trial.step()
            return compile_s, min(trial.step() for _ in range(_TIMED_STEPS))
        except Exception as error:  # compilers fail in many ways
            log.info("The network cannot be compiled here: %s", error)
            return math.inf, math.inf


class Trial:
    """A copy of a network on its device, that can take steps; pictures are random and nothing is learned.

    memory: says afterwards how many of them fit at once. Raises what the device raises when not even the least do.
    """

    def __init__(self, subject: Subject, way: Way) -> None:
        self.model = copy.deepcopy(subject.model).train()
        self.network: Callable[[torch.Tensor], torch.Tensor] = self.model
        self.placement = Placement(subject.device, way.channels_last)
        self.placement.put(self.model)
        self.memory = Memory(
            min(subject.at_once, known_to_fit(subject, way.precision)),
            least_at_once(self.model),
            lambda at_once: remember_fit(subject, way.precision, at_once),
        )
        self._precision = Precision(way.precision, subject.device)
        self._optimizer = make_optimizer([list(self.model.parameters())], 0.0)
        self._before_try = BeforeTry(self.model)
        self._subject = subject

    def step(self) -> float:
        """How long it took, in seconds, without what did not fit."""
        self._before_try.keep()
        return self.memory.attempt(self._subject.at_once, self._step, self._before_try.put_back)

    def _step(self, parts: list[slice]) -> float:
        began = time.perf_counter()
        for part in parts:
            pictures = torch.rand((part.stop - part.start, *self._subject.shape_chw)).to(
                self.placement.device, memory_format=self.placement.memory_format
            )
            self._precision.backward(self._precision.forward(self.network, pictures).mean())
        reserve(self._optimizer)
        self._precision.step(self._optimizer)
        # A number read back waits for a graphics card to be done.
        float(next(self.model.parameters()).detach().flatten()[0])
        self._optimizer.zero_grad()
        return time.perf_counter() - began


@contextmanager
def kept_generators(device: str) -> Iterator[None]:
    """Torch's generators are afterwards as they were."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if device.startswith("cuda") else []):
        yield
