"""One picture on its way through the steps, in words: what is read, what chance does, what the model gets."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from studio.base.errors import UserError
from studio.base.targets import MaskFile, Objects, Points, Target, target_words
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.engine.augment import Augment, Placed
from studio.engine.chance import generator
from studio.engine.change import Change, draw
from studio.engine.moving import NO_SKELETON
from studio.engine.recipe_steps import preprocess_of
from studio.engine.seeing import see
from studio.imaging.class_places import UNDECIDED
from studio.imaging.decode import read_header

PART_WORDS = {"train": "trained on", "valid": "checked on", "test": "tested on", "unused": "not used", "": "no label"}
T = TypeVar("T")
MOST_SAID = 12  # points or things that are told one by one


def walk(recipe: Recipe, table: DataTable, image: str) -> Iterator[tuple[Block, list[str]]]:
    """Each step of the recipe with what it makes of the picture, as epoch 0 has it.

    Raises UserError that names the block, the file and, for a table, its line.
    """
    number = next((place for place, row in enumerate(table.rows) if row.image == image), None)
    if number is None:
        left_out = next((item for item in table.left_out if item.image == image), None)
        reason = f" It is left out: {left_out.reason}" if left_out else ""
        raise UserError(f"Source: {image} is not among the pictures.{reason}", "Name it as its path below the source.")
    row = table.rows[number]
    yield recipe.source, _source_words(recipe.source, table, row)
    yield recipe.labels, _label_words(table, row)
    yield recipe.split, [PART_WORDS[row.part]]
    augment = Augment(preprocess_of(recipe), recipe.transforms, recipe.training.seed, table.skeleton or NO_SKELETON)
    seen = _tried(recipe.transforms[0], table, row, lambda: see(augment.preprocess, table, row))
    height_px, width_px = seen.image_hwc.shape[:2]
    random = generator(recipe.training.seed, 0, number)
    for block in recipe.transforms:
        change = draw(block, random, augment.preprocess.size_wh)
        words = _change_words(change)
        if block is recipe.transforms[0]:
            words = [f"read and shrunk to {width_px} x {height_px} px, kept so for every epoch"]
        yield block, words if row.part == "train" or block is recipe.transforms[0] else ["nothing: not trained on"]
    placed = augment.place(seen, 0, number) if row.part == "train" else Augment(
        augment.preprocess, (), 0, augment.skeleton
    ).place(seen, 0, number)  # fmt: skip
    yield recipe.batch, _batch_words(augment, placed, table)


def _source_words(block: Block, table: DataTable, row: Row) -> list[str]:
    path = Path(table.root) / row.image
    header = _tried(block, table, row, lambda: read_header(path))
    words = [f"{path}", f"{header.width_px} x {header.height_px} px, {header.channels} channels of {header.depth_bits} "
             f"bits ({header.format}, {header.mode}), {path.stat().st_size} bytes"]  # fmt: skip
    if row.line:
        cells = ", ".join(f"{name}={cell!r}" for name, cell in zip(table.columns, row.cells, strict=False))
        words.append(f"line {row.line} of {Path(table.file).name}: {cells}")
    return words


def _label_words(table: DataTable, row: Row) -> list[str]:
    if row.target is None:
        return ["not labeled"]
    words = [f"{target_words(row.target)} (from: {row.labeled_by or 'nobody'})"]
    if row.by_rule is not None and row.by_rule != row.target:
        words.append(f"the rule alone says: {target_words(row.by_rule)}")
    return words + _places(row.target, table)


def _places(target: Target, table: DataTable) -> list[str]:
    if isinstance(target, Points):
        names = table.skeleton.names if table.skeleton else tuple(str(n) for n in range(len(target.places)))
        told = [
            f"{name}: absent" if place is None else f"{name}: x {place.x_px:.1f}, y {place.y_px:.1f} px"
            for name, place in zip(names, target.places, strict=True)
        ]
    elif isinstance(target, Objects):
        told = [
            f"{thing.class_name}: x {thing.left_px:.1f} to {thing.right_px:.1f}, y {thing.top_px:.1f} to "
            f"{thing.bottom_px:.1f} px"
            for thing in target.things
        ]
    elif isinstance(target, MaskFile):
        told = [str(Path(table.root) / target.path)]
    else:
        return []
    return told[:MOST_SAID] + ([f"and {len(told) - MOST_SAID} more"] if len(told) > MOST_SAID else [])


def _change_words(change: Change) -> list[str]:
    """What a drawn change does, by its numbers."""
    words: list[str] = []
    matrix = change.matrix / change.matrix[2, 2]
    if not np.allclose(matrix, np.eye(3), atol=1e-9):
        linear = matrix[:2, :2]
        determinant = float(np.linalg.det(linear))
        mirrored = linear @ np.diag([-1.0, 1.0]) if determinant < 0 else linear
        degrees = math.degrees(math.atan2(mirrored[1, 0], mirrored[0, 0]))
        parts = ["mirrored"] if determinant < 0 else []
        if abs(degrees) > 0.05:
            parts.append(f"turned by {degrees:.1f} degrees")
        if abs(math.sqrt(abs(determinant)) - 1) > 1e-3:
            parts.append(f"{math.sqrt(abs(determinant)):.3f} times as large")
        if np.abs(matrix[2, :2]).max() > 1e-9:
            parts.append("seen from another side")
        words.append(", ".join(parts) or "moved")
    if change.part is not None:
        words.append(f"{change.part.share:.0%} of the picture is shown")
    if change.brightness != 0.5 or change.contrast != 1.0:
        words.append(f"brightness {change.brightness:.3f} (0.5 changes nothing), contrast {change.contrast:.3f}")
    if change.holes:
        words.append(f"{len(change.holes)} holes")
    if change.mixing is not None:
        words.append("mixed with another picture of its batch")
    return words or ["nothing, as chance has it"]


def _batch_words(augment: Augment, placed: Placed, table: DataTable) -> list[str]:
    batch_nchw = augment.preprocess.normalise(placed.image_hwc[None])
    shape = " x ".join(str(size) for size in batch_nchw.shape[1:])
    words = [
        f"{shape} {batch_nchw.dtype}, from {batch_nchw.min():.3f} to {batch_nchw.max():.3f}, mean "
        f"{batch_nchw.mean():.3f} (before the encoder's statistics)"
    ]
    if placed.mask_hw is not None:
        values, counts = np.unique(placed.mask_hw, return_counts=True)
        shares = sorted(zip(counts.tolist(), values.tolist(), strict=True), reverse=True)
        names = [
            f"{'nothing said' if value == UNDECIDED else table.classes[value]} {count / placed.mask_hw.size:.1%}"
            for count, value in shares
        ]
        words.append(f"mask {placed.mask_hw.shape[1]} x {placed.mask_hw.shape[0]}: {', '.join(names[:MOST_SAID])}")
    elif placed.target is not None:
        words += [f"label: {target_words(placed.target)}", *_places(placed.target, table)]
    return words


def _tried(block: Block, table: DataTable, row: Row, work: Callable[[], T]) -> T:
    """What the work gives; its UserError says at which block and line it happened."""
    try:
        return work()
    except UserError as error:
        line = f" (line {row.line} of {Path(table.file).name})" if row.line else ""
        raise UserError(f"{block.title}: {error.message}{line}", error.hint) from error
