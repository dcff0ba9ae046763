"""Trainings that are killed again and again at random steps, and what then differs from unbroken ones: nothing may.

`kills`: how many times a training process got SIGKILL. `differences`: how many tensors of the final weights and of the
last checkpoint (optimizer and averaged weights with it) are not the same to the last bit, and how many predictions.
STUDIO_BENCH_KILLS: how many.
"""

import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file

from studio.blocks.recipe import Recipe
from studio.jobs.messages import Resumed
from studio.runs.labels import write_labels
from studio.runs.predictions import read_predictions
from studio.runs.run import Run, create_run
from tests.engine.conftest import draw_picture, rows_of, tiny_recipe
from tests.engine.test_resume import last_checkpoint, train_until

KILLS = int(os.environ.get("STUDIO_BENCH_KILLS", "50"))
EPOCHS, PICTURES = 6, 64
NO_CHANCE = {"transforms": [{"kind": "resize", "side_px": 32}, {"kind": "normalise"}]}
MIXED = {"transforms": [{"kind": "resize", "side_px": 32}, {"kind": "flip"}, {"kind": "mixup"}, {"kind": "normalise"}]}

# Each kind of state that a run can have: settings of the training, and of the rest of the recipe.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "everything learns": ({}, {}),
    "frozen, then all; averaged; clipped": ({"freeze_epochs": 2, "average_decay": 0.9, "gradient_norm": 0.5}, {}),
    "mixed, balanced": ({}, {**MIXED, "batch": {"size": 8, "sampler": "balanced"}}),
    "in stages": ({"stages": ({"side_px": 32, "learns": "head", "epochs": 3}, {"side_px": 48, "epochs": 3})}, {}),
    "the head on kept features": ({"learns": "head"}, NO_CHANCE),
}


def measure() -> tuple[dict[str, float], str | None]:
    if not hasattr(os, "fork"):
        return {}, "this system has no SIGKILL"
    figures = {"kills": 0.0, "differences": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        _draw(Path(folder) / "pictures")
        for place, (name, (training, rest)) in enumerate(CASES.items()):
            kills = KILLS // len(CASES) + (place < KILLS % len(CASES))
            found = _compare(Path(folder), training, rest, kills, random.Random(place))
            print(f"{name}: {kills} kills, {found} differences", file=sys.stderr, flush=True)
            figures["kills"] += kills
            figures["differences"] += found
    return figures, None


def _compare(top: Path, training: dict[str, Any], rest: dict[str, Any], kills: int, chance: random.Random) -> int:
    """How much is different after so many kills."""
    root = top / "pictures"
    whole, broken = (_make_run(top / "runs", root, training, rest) for _ in range(2))
    train_until(whole, None, every=1000, resume=False)
    steps_per_epoch = max(1, sum(row.part == "train" for row in rows_of(root)) // 8)
    # Not in the last epoch: the run could end before the signal arrives.
    steps = sorted(chance.randrange(1, steps_per_epoch * (EPOCHS - 1)) for _ in range(kills))
    resumed = 0
    for number, kill_at in enumerate([*steps, None]):
        events = train_until(broken, kill_at, every=chance.randrange(1, 5), resume=number > 0)
        resumed += any(isinstance(event, Resumed) for event in events)
    assert resumed == kills, f"{resumed} of {kills} trainings went on"
    return (
        _different(whole.weights_file, broken.weights_file)
        + _different(last_checkpoint(whole), last_checkpoint(broken))
        + sum(one != other for one, other in zip(*map(_said, (whole, broken)), strict=True))
    )


def _different(one: Path, other: Path) -> int:
    """How many tensors are not in both files with the same bits."""
    first, second = load_file(one), load_file(other)
    same = [name for name in first if name in second and _bytes(first[name]) == _bytes(second[name])]
    return len({*first, *second}) - len(same)


def _bytes(tensor: Any) -> bytes:
    return bytes(tensor.contiguous().numpy().tobytes())


def _said(run: Run) -> list[Any]:
    return list(read_predictions(run.predictions_file))


def _make_run(runs: Path, root: Path, training: dict[str, Any], rest: dict[str, Any]) -> Run:
    recipe = Recipe.model_validate({**tiny_recipe(root, epochs=EPOCHS, **training).model_dump(), **rest})
    run = create_run(runs, recipe, None)
    run.write_facts(run.facts().model_copy(update={"image_root": str(root), "classes": ("disc", "square")}))
    write_labels(run.labels_file, rows_of(root))
    return run


def _draw(folder: Path) -> None:
    random_numbers = np.random.default_rng(1)
    for number in range(PICTURES):
        shape = ("disc", "square")[number % 2]
        draw_picture(folder / shape / f"{number:02d}.png", shape, random_numbers)
