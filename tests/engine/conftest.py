"""Small runs: drawn pictures that a tiny network can tell apart in a second."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.blocks.recipe import Recipe
from studio.blocks.table import Part, Row
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run

# Before torch is imported, as the training child has it.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

MakeRun = Callable[..., Run]


@pytest.fixture(autouse=True)
def every_step_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests stop a training at a step: none may be left out because it came soon after the one before."""
    monkeypatch.setattr("studio.engine.reporting._STEP_EVENT_S", 0.0)


def draw_picture(path: Path, shape: str, random: np.random.Generator, size_wh: tuple[int, int] = (64, 64)) -> None:
    """A bright disc, square or bar on dark noise."""
    noise = random.integers(0, 90, (size_wh[1], size_wh[0], 3)).astype(np.uint8)
    image = Image.fromarray(noise)
    x, y = random.integers(18, 46, 2)
    box = {"disc": (12, 12), "square": (12, 12), "bar": (18, 5)}[shape]
    place = (int(x) - box[0], int(y) - box[1], int(x) + box[0], int(y) + box[1])
    draw = ImageDraw.Draw(image)
    colour = tuple(int(value) for value in random.integers(150, 255, 3))
    (draw.ellipse if shape == "disc" else draw.rectangle)(place, fill=colour)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty discs and twenty squares, some of them wider than high."""
    root = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(3)
    for number in range(40):
        shape = ("disc", "square")[number % 2]
        size_wh = (96, 64) if number % 5 == 0 else (64, 64)
        draw_picture(root / shape / f"{number:02d}.png", shape, random, size_wh)
    return root


def rows_of(root: Path, valid_share: int = 4) -> list[Row]:
    """A row a picture, its folder being the class; every `valid_share`-th is for validation."""
    rows = []
    for number, path in enumerate(sorted(root.rglob("*.png"))):
        part: Part = "valid" if number % valid_share == 0 else "train"
        rows.append(Row(path.relative_to(root).as_posix(), path.parent.name, "folder", part))
    return rows


def tiny_recipe(root: Path, **training: Any) -> Recipe:
    """A network of a moment at 32 px."""
    return Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [
                {"kind": "resize", "side_px": 32},
                {"kind": "flip"},
                {"kind": "rotate"},
                {"kind": "zoom"},
                {"kind": "lighting"},
                {"kind": "normalise"},
            ],
            "batch": {"size": 8},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 2, "learning_rate": 3e-3, "device": "cpu", **training},
        }
    )


@pytest.fixture
def picture_rows(pictures: Path) -> list[Row]:
    return rows_of(pictures)


@pytest.fixture
def recipe(pictures: Path) -> Recipe:
    return tiny_recipe(pictures)


@pytest.fixture
def make_run(tmp_path: Path, pictures: Path) -> MakeRun:
    """Makes the folder of a run that is ready to be trained."""

    def make(
        rows: list[Row] | None = None,
        recipe: Recipe | None = None,
        root: Path = pictures,
        classes: tuple[str, ...] = ("disc", "square"),
        **training: Any,
    ) -> Run:
        run = create_run(tmp_path / "runs", recipe or tiny_recipe(root, **training), None)
        run.write_facts(run.facts().model_copy(update={"image_root": str(root), "classes": classes}))
        write_labels(run.labels_file, rows_of(root) if rows is None else rows)
        return run

    return make
