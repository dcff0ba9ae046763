"""The probe looks, and touches nothing; what it finds is remembered and decides."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.engine import probe
from studio.engine.encoders import create_encoder
from studio.engine.model import add_head
from studio.engine.probe import (
    COMPILE_S,
    Subject,
    Way,
    fastest,
    how_many_fit,
    is_worth_compiling,
    known_to_fit,
    remember_fit,
)
from studio.runtime.card import HeadCard


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def subject() -> Subject:
    torch.manual_seed(1)
    model = add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=2))
    return Subject(model, "test_resnet classification", (3, 32, 32), 4, "cpu", 1)


def with_steps(monkeypatch: pytest.MonkeyPatch, seconds: dict[Way, float]) -> list[Way]:
    """The machine takes so long, by the way; gives the ways that were asked for."""
    asked: list[Way] = []

    def step_s(subject: Subject, way: Way) -> float:
        asked.append(way)
        return seconds[way]

    monkeypatch.setattr(probe, "step_s", step_s)
    return asked


def test_weights_and_generators_stay(subject: Subject) -> None:
    weights = {name: value.clone() for name, value in subject.model.state_dict().items()}
    state = torch.get_rng_state()
    way, step_s = fastest(subject, ("float32", "bfloat16"))
    assert way.precision in ("float32", "bfloat16")
    assert 0 < step_s < 60
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, weights[name]) for name, value in subject.model.state_dict().items())
    assert all(parameter.grad is None for parameter in subject.model.parameters())


def test_it_is_measured_once_for_a_network_a_size_and_a_device(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {Way(): 2.0, Way(channels_last=True): 1.0}
    asked = with_steps(monkeypatch, seconds)
    assert fastest(subject, ("float32",)) == (Way(channels_last=True), 1.0)
    assert fastest(subject, ("float32",)) == (Way(channels_last=True), 1.0)
    assert asked == [Way(), Way(channels_last=True)]
    for other in (replace(subject, shape_chw=(3, 64, 64)), replace(subject, name="other"), replace(subject, threads=2)):
        asked.clear()
        fastest(other, ("float32",))
        assert len(asked) == 2


@pytest.mark.parametrize(
    ("half", "chosen"),
    [(0.5, Way("bfloat16")), (0.95, Way(channels_last=True)), (math.inf, Way(channels_last=True))],
)
def test_fewer_bits_are_taken_only_for_a_gain(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, half: float, chosen: Way
) -> None:
    with_steps(
        monkeypatch,
        {Way(): 1.2, Way(channels_last=True): 1.0, Way("bfloat16"): half, Way("bfloat16", True): math.inf},
    )
    assert fastest(subject, ("float32", "bfloat16"))[0] == chosen


def test_what_the_device_cannot_do_is_never_chosen(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(probe.Trial):
        def step(self) -> float:
            if self.placement.channels_last:
                raise NotImplementedError("no such operation on this device")
            return super().step()

    monkeypatch.setattr(probe, "Trial", Refusing)
    assert fastest(subject, ("float32",))[0] == Way()


def test_a_damaged_memory_is_no_harm(subject: Subject, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_home / "cache").mkdir()
    asked = with_steps(monkeypatch, {Way(): 1.0, Way(channels_last=True): 2.0})
    for content in ("[half of", '{"a": true}', "7", '{"a": {"b": "c"}}'):
        (own_home / "cache" / "probes.json").write_text(content)
        asked.clear()
        assert fastest(subject, ("float32",))[0] == Way()
        assert len(asked) == 2


def test_how_many_fit_is_found_by_halving_and_remembered(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    step = probe.Trial._step

    def limited(trial: probe.Trial, parts: list[slice]) -> float:
        if max(part.stop - part.start for part in parts) > 9:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(trial, parts)

    monkeypatch.setattr(probe.Trial, "_step", limited)
    assert how_many_fit(replace(subject, at_once=32), Way()) == 8
    assert known_to_fit(subject, "float32") == 8
    assert known_to_fit(subject, "bfloat16") > 1000
    assert known_to_fit(subject, "float32", is_training=False) > 1000
    remember_fit(subject, "float32", 3, is_training=False)
    assert (known_to_fit(subject, "float32"), known_to_fit(subject, "float32", is_training=False)) == (8, 3)


class TestCompiling:
    """A step takes 1 s, compiled 0.9 s; compiling takes 30 s."""

    @pytest.fixture(autouse=True)
    def tried(self, monkeypatch: pytest.MonkeyPatch) -> list[Way]:
        tried: list[Way] = []

        def compiled_s(subject: Subject, way: Way) -> tuple[float, float]:
            tried.append(way)
            return 30.0, 0.9

        monkeypatch.setattr(probe, "compiled_s", compiled_s)
        return tried

    def test_a_short_run_does_not_even_try(self, subject: Subject, tried: list[Way]) -> None:
        assert not is_worth_compiling(subject, Way(), 1.0, int(50 * COMPILE_S) - 1, 1)
        assert not tried

    def test_a_long_run_compiles_where_it_gains(self, subject: Subject, tried: list[Way]) -> None:
        assert is_worth_compiling(subject, Way(), 1.0, 2000, 1)
        assert tried == [Way()]

    def test_what_was_found_out_decides_shorter_runs_too(self, subject: Subject, tried: list[Way]) -> None:
        is_worth_compiling(subject, Way(), 1.0, 2000, 1)
        assert is_worth_compiling(subject, Way(), 1.0, 301, 1)
        assert not is_worth_compiling(subject, Way(), 1.0, 299, 1)
        assert not is_worth_compiling(subject, Way(), 1.0, 599, 2)
        assert len(tried) == 1

    def test_where_it_fails_it_is_never_chosen(self, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(probe, "compiled_s", lambda subject, way: (math.inf, math.inf))
        for _ in range(2):
            assert not is_worth_compiling(subject, Way(), 1.0, 10**6, 1)


def test_compiling_that_fails_takes_for_ever(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_compiler(model: torch.nn.Module, dynamic: bool) -> None:
        raise RuntimeError("no compiler found")

    monkeypatch.setattr(torch, "compile", no_compiler)
    assert probe.compiled_s(subject, Way()) == (math.inf, math.inf)
