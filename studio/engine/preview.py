"""A batch as the model will see it, to be looked at. No torch: it must be there while a slider moves."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable
from studio.engine.augment import Augment
from studio.engine.chance import epoch_order
from studio.engine.recipe_steps import first_transforms, preprocess_of
from studio.imaging.identity import cache_key
from studio.runtime.preprocess import Preprocess

_REMEMBERED = 512  # decoded pictures: moving a slider reads none again

_decoded: OrderedDict[tuple[str, Preprocess], NDArray[np.uint8]] = OrderedDict()


def preview_batch(
    recipe: Recipe, table: DataTable, part: Literal["train", "valid"], draw: int = 0, upto: int | None = None
) -> tuple[NDArray[np.uint8], Sequence[str], Sequence[str]]:
    """The pictures (N, side, side, 3), their classes and their paths, at most a batch of them.

    Training pictures come as chance has them in epoch `draw`, changed by the first `upto` transforms (None: all);
    validation pictures come as they are, the next ones at each draw. Values are shown before they are normalised,
    which would leave nothing to look at. Pictures that cannot be read are passed over.
    Raises UserError when the part has no picture that can be read.
    """
    preprocess = preprocess_of(recipe)
    augment = Augment(preprocess, first_transforms(recipe, upto), recipe.training.seed)
    squares, labels, paths = [], [], []
    for number in _order(recipe, table, part, draw):
        row = table.rows[number]
        path = Path(table.root) / row.image
        try:
            image_hwc = _read(preprocess, path)
        except UserError:
            continue
        squares.append(augment(image_hwc, draw, number) if part == "train" else preprocess.place(image_hwc))
        labels.append(row.target or "")
        paths.append(str(path))
        if len(squares) == recipe.batch.size:
            break
    if not squares:
        where = "train on" if part == "train" else "check the model on"
        raise UserError(
            f"There is no labeled picture to {where} that can be read.", "Look at the Labels and the Split block."
        )
    return np.stack(squares), labels, paths


def _order(recipe: Recipe, table: DataTable, part: str, draw: int) -> list[int]:
    """Row numbers, in the order in which the part is seen."""
    rows = [number for number, row in enumerate(table.rows) if row.part == part and row.target is not None]
    if part == "train":
        return epoch_order(rows, recipe.training.seed, draw)
    start = draw * recipe.batch.size % max(len(rows), 1)
    return rows[start:] + rows[:start]


def _read(preprocess: Preprocess, path: Path) -> NDArray[np.uint8]:
    key = cache_key(path), preprocess
    image_hwc = _decoded.pop(key, None)
    if image_hwc is None:
        image_hwc = preprocess.read(path)
    _decoded[key] = image_hwc
    while len(_decoded) > _REMEMBERED:
        _decoded.popitem(last=False)
    return image_hwc
