"""What is decided for a run (the size of batches, the numbers, whether it is compiled), and that the plan keeps it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio.blocks.recipe import Recipe
from studio.engine import computing, probe
from studio.engine.computing import Computing, decide_computing
from studio.engine.encoders import create_encoder
from studio.engine.model import add_head
from studio.engine.plan import read_plan
from studio.engine.probe import Subject, Way, remember_fit
from studio.engine.train import train_run
from studio.jobs.messages import Event, Finished, RunStarted
from studio.runs.run import Run
from studio.runtime.card import HeadCard

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(probe, "step_s", lambda subject, way: 0.1)


@pytest.fixture
def subject() -> Subject:
    model = add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=2))
    return Subject(model, "test_resnet classification", (3, 224, 224), 1, "cpu", 1)


def decided(subject: Subject, recipe: Recipe, rows: int = 10_000, **batch: Any) -> Computing:
    batch = {**recipe.batch.model_dump(), **batch}
    return decide_computing(subject, Recipe.model_validate({**recipe.model_dump(), "batch": batch}), rows)


def test_a_size_that_was_given_is_taken(subject: Subject, recipe: Recipe) -> None:
    assert decided(subject, recipe) == Computing(8, 8, "float32", False, False)
    assert decided(subject, recipe, size=24, batches_a_step=4) == Computing(96, 24, "float32", False, False)


def test_one_look_at_each_picture_needs_no_trying(
    subject: Subject, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "is_worth_compiling", lambda *given: True)
    tried: list[Way] = []
    monkeypatch.setattr(probe, "step_s", lambda subject, way: tried.append(way) or 0.1)
    kept = [block for block in recipe.transforms if block.kind in ("resize", "normalise")]
    head = recipe.training.model_copy(update={"learns": "head"})
    still = recipe.model_copy(update={"transforms": tuple(kept), "training": head})
    assert decided(subject, still) == Computing(8, 8, "float32", False, False)
    assert not tried
    assert decided(subject, recipe.model_copy(update={"training": head})).is_compiled  # chance changes the pictures
    assert tried


def test_what_did_not_fit_before_goes_in_parts_from_the_start(subject: Subject, recipe: Recipe) -> None:
    remember_fit(replace(subject, at_once=8), "float32", 2)
    found = decided(subject, recipe)
    assert (found.batch_size, found.at_once) == (8, 2)


@pytest.mark.parametrize(
    ("side_px", "rows", "size"), [(64, 10_000, 32), (224, 10_000, 32), (448, 10_000, 8), (2000, 10_000, 4), (64, 70, 8)]
)
def test_on_a_processor_the_pictures_size_says_how_many(
    subject: Subject, recipe: Recipe, side_px: int, rows: int, size: int
) -> None:
    subject = replace(subject, shape_chw=(3, side_px, side_px))
    assert decided(subject, recipe, rows, choice="fits").batch_size == size


@pytest.mark.parametrize(
    ("fitting", "rows", "size"), [(500, 10_000, 128), (100, 10_000, 64), (500, 300, 32), (3, 64, 2)]
)
def test_on_a_card_it_is_tried_how_many_fit(
    subject: Subject, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, fitting: int, rows: int, size: int
) -> None:
    monkeypatch.setattr(computing, "how_many_fit", lambda subject, way: min(subject.at_once, fitting))
    monkeypatch.setattr(probe, "machine", lambda device, threads: "a card")
    monkeypatch.setattr(computing, "supported", lambda device: ("float32",))
    assert decided(replace(subject, device="cuda"), recipe, rows, choice="fits").batch_size == size


def test_the_plan_keeps_what_was_decided(make_run: MakeRun, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = recipe.batch.model_copy(update={"choice": "fits"})
    run, events = make_run(recipe=recipe.model_copy(update={"batch": batch})), list[Event]()
    assert isinstance(train_run(run, events.append, lambda: False, resume=False), Finished)
    plan = read_plan(run.folder / "plan.json")
    assert plan is not None
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert plan.batch_size == plan.at_once == started.batch_size == 2  # 30 pictures, at least 8 steps an epoch
    assert started.steps_per_epoch == 15

    def again(*arguments: object) -> None:
        raise AssertionError("decided again")

    monkeypatch.setattr("studio.engine.preparation.decide_computing", again)
    assert isinstance(train_run(run, events.append, lambda: False, resume=True), Finished)


def test_a_compiled_network_learns_the_same_under_the_same_names(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_it, compiled = torch.compile, list[object]()

    def without_a_compiler(model: torch.nn.Module, dynamic: bool) -> object:
        """Its first half, which looks through the network; the second half would take half a minute here."""
        compiled.append(model)
        return compile_it(model, dynamic=dynamic, backend="eager")

    plain = make_run(epochs=1)
    train_run(plain, lambda event: None, lambda: False, resume=False)
    monkeypatch.setattr(torch, "compile", without_a_compiler)
    monkeypatch.setattr(computing, "is_worth_compiling", lambda *arguments: True)
    run = make_run(epochs=1)
    assert isinstance(train_run(run, lambda event: None, lambda: False, resume=False), Finished)
    assert len(compiled) == 1
    found, expected = load_file(run.weights_file), load_file(plain.weights_file)
    assert found.keys() == expected.keys()
    for name, value in found.items():
        torch.testing.assert_close(value, expected[name], rtol=1e-4, atol=1e-5)
    off = make_run(epochs=1, compile="off")
    train_run(off, lambda event: None, lambda: False, resume=False)
    assert len(compiled) == 1


def test_ways_are_told_apart_in_words() -> None:
    assert {str(Way()), str(Way(channels_last=True)), str(Way("bfloat16"))} == {
        "float32",
        "float32, channels last",
        "bfloat16",
    }
