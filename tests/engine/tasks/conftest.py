"""Pictures for each task, drawn so that a tiny network learns them in seconds, and runs of them."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from studio.base.targets import Numbers, Place, Points, Skeleton, Tags, Target
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.engine.feed import feed
from studio.engine.memory import cut_evenly, shares
from studio.engine.preparation import prepare
from studio.engine.rows import RunRows
from studio.engine.stage_batches import StageBatches
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run

PICTURES = 80
SKELETON = Skeleton(("green", "red"), edges=((0, 1),))
FACTS: dict[str, dict[str, Any]] = {
    "tagging": {"classes": ("green", "red")},
    "regression": {"number_names": ("left", "shade")},
    "keypoints": {"skeleton": SKELETON},
}
TARGETS: dict[str, Callable[[tuple[int, int] | None, tuple[int, int] | None], Target]] = {
    "tagging": lambda green, red: Tags(tuple(n for n, spot in (("green", green), ("red", red)) if spot)),
    "keypoints": lambda green, red: Points(tuple(Place(*spot) if spot else None for spot in (green, red))),
}


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[Row]]]:
    """A folder and its rows for each task."""
    made = {}
    for task in FACTS:
        root = tmp_path_factory.mktemp(task)
        random = np.random.default_rng(1)
        made[task] = root, [_draw(root, number, task, random) for number in range(PICTURES)]
    return made


def _draw(root: Path, number: int, task: str, random: np.random.Generator) -> Row:
    """Green and red on grey, in pictures of 80 x 64 px: discs, or for points rectangles from two corners up to the
    points; either of them may be absent."""
    shade = int(random.integers(20, 120))
    image = Image.new("RGB", (80, 64), (shade, shade, shade))
    draw = ImageDraw.Draw(image)
    spots: list[tuple[int, int] | None] = []
    for corner, colour in (((0, 0), (30, 230, 30)), ((80, 64), (230, 30, 30))):
        x, y = (int(value) for value in random.integers((20, 14), (60, 50)))
        is_there = task == "regression" or random.random() < 0.7
        if is_there and task == "keypoints":
            draw.rectangle((min(x, corner[0]), min(y, corner[1]), max(x, corner[0]), max(y, corner[1])), fill=colour)
        elif is_there:
            draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=colour)
        spots.append((x, y) if is_there else None)
    name = f"{number:03d}.png"
    image.save(root / name)
    if task == "regression":
        assert spots[1] is not None
        target: Target = Numbers((1000.0 + spots[1][0], shade / 255))
    else:
        target = TARGETS[task](spots[0], spots[1])
    return Row(name, target, "file", "valid" if number % 4 == 0 else "train")


def recipe_of(
    task: str,
    root: Path,
    transforms: list[dict[str, Any]] | None = None,
    settings: dict[str, Any] | None = None,
    **training: Any,
) -> Recipe:
    """`transforms`: besides the resize. settings: of the task."""
    return Recipe.model_validate(
        {
            "task": {"kind": task, **(settings or {})},
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [{"kind": "resize", "side_px": 32, "method": "squish"}, *(transforms or [])],
            "batch": {"size": 10},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 10, "learning_rate": 3e-3, "device": "cpu", **training},
        }
    )


@pytest.fixture
def task_run(tmp_path: Path, drawn: dict[str, tuple[Path, list[Row]]]) -> Callable[..., Run]:
    """Makes a run of a task that is ready to be trained."""

    def make(
        task: str,
        transforms: list[dict[str, Any]] | None = None,
        settings: dict[str, Any] | None = None,
        **training: Any,
    ) -> Run:
        root, rows = drawn[task]
        run = create_run(tmp_path / "runs", recipe_of(task, root, transforms, settings, **training), None)
        run.write_facts(run.facts().model_copy(update={"image_root": str(root), **FACTS[task]}))
        write_labels(run.labels_file, rows)
        return run

    return make


@pytest.fixture
def rows_with() -> Callable[..., RunRows]:
    """Rows with these labels, the first ones to train on and the last one to check on."""

    def make(*targets: Target, **facts: Any) -> RunRows:
        rows = [Row(f"{number}.png", target) for number, target in enumerate(targets)]
        known = {"classes": (), **facts}
        return RunRows(Path("/pictures"), rows, train=list(range(len(rows) - 1)), valid=[len(rows) - 1], **known)

    return make


@pytest.fixture
def in_parts() -> Callable[[Run], None]:
    """Checks that a batch in parts has the loss and the gradients of the whole one. In evaluation mode: batch norm and
    drop-out look at other pictures, or draw again, where there are parts."""

    def check(run: Run) -> None:
        prepared = prepare(run, lambda event: None, lambda: False, has_checkpoint=False)
        batches = StageBatches(prepared, lambda row, error: None)
        model, task = prepared.model.eval(), prepared.task
        with closing(batches.training(0, 0)) as loaded:
            batch = feed(next(loaded), prepared.placement)
        found = []
        for at_once in (len(batch), 3, 1):
            model.zero_grad()
            total, parts = 0.0, cut_evenly(len(batch), at_once)
            for part, share in zip(parts, shares(batch, parts, task), strict=True):
                pictures, targets = batch.part(part)
                loss = task.loss(model(pictures), targets)
                loss = loss if share is None else share * loss
                loss.backward()
                total += float(loss.detach())
            gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
            found.append((total, torch.cat(gradients)))
        (whole, expected), *others = found
        for total, gradient in others:
            assert total == pytest.approx(whole, rel=1e-4)
            assert (gradient - expected).norm() < 1e-3 * expected.norm()

    return check
