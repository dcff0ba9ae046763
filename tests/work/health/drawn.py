"""Small drawn pictures, and tables of them as the checks see them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from studio.base.targets import Skeleton, Target
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Part, Row
from studio.work.health.data import Data
from studio.work.survey.looks import survey_pictures
from studio.work.survey.masks import survey_masks


def draw_scene(seed: int, size_wh: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture like no other: soft light, and forty discs and sticks in it."""
    draw = np.random.default_rng(seed)
    light = draw.integers(40, 216, (4, 5, 3), dtype=np.uint8)
    image = Image.fromarray(light).resize(size_wh, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = int(draw.integers(0, size_wh[0])), int(draw.integers(0, size_wh[1]))
        width, height = (int(side) for side in draw.integers(4, max(6, size_wh[1] // 3), 2))
        colour = tuple(int(value) for value in draw.integers(0, 256, 3))
        shape = pen.ellipse if draw.random() < 0.5 else pen.rectangle
        shape((x, y, x + width, y + height), fill=colour)
    return image


def draw_video(seed: int, frames: int, step_px: int = 24, size_wh: tuple[int, int] = (160, 120)) -> list[Image.Image]:
    """Frames of a camera that moves over a long scene."""
    long = draw_scene(seed, (size_wh[0] + step_px * frames, size_wh[1]))
    pen = ImageDraw.Draw(long)
    draw = np.random.default_rng(seed)
    for x in range(0, long.width, 8):  # as many things everywhere, however long it is
        y, side = int(draw.integers(0, size_wh[1])), int(draw.integers(6, 40))
        pen.rectangle((x, y, x + side, y + side), fill=tuple(int(value) for value in draw.integers(0, 256, 3)))
    return [long.crop((number * step_px, 0, number * step_px + size_wh[0], size_wh[1])) for number in range(frames)]


def save(image: Image.Image, path: Path, **options: Any) -> Path:
    """Write a picture, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def looked_at(
    folder: Path,
    targets: Mapping[str, Target | None] | Iterable[str],
    parts: Mapping[str, Part] | None = None,
    *,
    classes: Iterable[str] = (),
    skeleton: Skeleton | None = None,
    recipe: Recipe | None = None,
    groups: Mapping[str, str] | None = None,
) -> Data:
    """The data of the pictures below a folder: their names with labels, and the parts that they are in."""
    labels = targets if isinstance(targets, Mapping) else dict.fromkeys(targets, "thing")
    rows = [
        Row(name, target, part=(parts or {}).get(name, "train"), group=(groups or {}).get(name, ""))
        for name, target in labels.items()
    ]
    names = list(classes) or sorted({target for target in labels.values() if isinstance(target, str)})
    table = DataTable(str(folder), rows, classes=names, skeleton=skeleton)
    looks, reasons = survey_pictures(folder, list(labels), lambda done, total: None, lambda: False)
    masked, masks, mask_reasons = survey_masks(table, lambda done, total: None, lambda: False)
    return Data(recipe or Recipe(source=Folder(path=str(folder))), table, looks, masked, masks, reasons, mask_reasons)
