"""A batch as the model will see it, to be looked at. No torch: it must be there while a slider moves."""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.base.targets import MaskFile, Target
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable
from studio.engine.augment import Augment, Placed, Seen
from studio.engine.mixing import mix, mixed_target
from studio.engine.moving import NO_SKELETON
from studio.engine.recipe_steps import first_transforms, preprocess_of
from studio.engine.sampler import epoch_draws, row_of
from studio.engine.seeing import see
from studio.imaging.class_places import UNDECIDED
from studio.imaging.identity import cache_key
from studio.imaging.pixels import ImageHWC
from studio.imaging.showing import FIRST_THREE, is_plain, shown, window_of
from studio.runtime.preprocess import Preprocess

_REMEMBERED = 512  # decoded pictures: moving a slider reads none again

_seen: OrderedDict[object, Seen] = OrderedDict()


@dataclass(frozen=True)
class Preview:
    """Pictures (N, height, width, 3) with their labels, which were moved with them.

    targets: in pixels of these pictures. masks_nhw: class places, for masks. paths: of the originals.
    """

    pixels_nhwc: NDArray[np.uint8]
    targets: tuple[Target | None, ...]
    masks_nhw: NDArray[np.uint8] | None
    paths: tuple[str, ...]


def preview_batch(
    recipe: Recipe,
    table: DataTable,
    part: Literal["train", "valid"],
    draw: int = 0,
    upto: int | None = None,
    images: Sequence[str] = (),
    times: int = 1,
    channel: int = FIRST_THREE,
) -> Preview:
    """At most a batch of pictures; or these `images` of the table, each `times` times, one epoch after another.

    Training pictures come as chance has them in epoch `draw`, changed by the first `upto` transforms (None: all);
    validation pictures come as they are, the next ones at each draw. Values are shown before they are normalised,
    which would leave nothing to look at, and of pictures that are not in plain colours the first three channels, or
    `channel`, as each picture shows well before chance changes it. Pictures that cannot be read are passed over.
    Raises UserError when none of the pictures can be read.
    """
    transforms = first_transforms(recipe, upto) if part == "train" else ()
    augment = Augment(preprocess_of(recipe), transforms, recipe.training.seed, table.skeleton or NO_SKELETON)
    order = _order(recipe, table, part, draw)
    if images:
        readable = _readable(augment.preprocess, table, _rows_of(table, images), len(images))
        chosen = [
            _Chosen(number, seen, draw * times + time) for number, seen in readable.items() for time in range(times)
        ]
    else:
        readable = _readable(augment.preprocess, table, order, recipe.batch.size)
        chosen = [_Chosen(number, seen, draw) for number, seen in readable.items()]
    if not chosen:
        where = "see" if images else "train on" if part == "train" else "check the model on"
        raise UserError(
            f"There is no labeled picture to {where} that can be read.",
            _why_not(augment.preprocess, table, _rows_of(table, images) if images else order),
        )
    placed = [augment.place(one.seen, one.epoch, one.number) for one in chosen]
    if augment.mixes:
        partners = [*placed[1:], placed[0]]
        if images:  # not with itself: with what a batch would hold
            others = _readable(augment.preprocess, table, [n for n in order if n not in readable], times)
            partners = [augment.place(seen, draw, number) for number, seen in others.items()] or placed
        placed = _mixed(augment, chosen, placed, partners)
    paths = tuple(str(Path(table.root) / table.rows[row_of(one.number)].image) for one in chosen)
    pixels = [_shown(one.image_hwc, before.seen, channel) for one, before in zip(placed, chosen, strict=True)]
    return Preview(np.stack(pixels), tuple(one.target for one in placed), _masks(placed), paths)


@dataclass(frozen=True)
class _Chosen:
    number: int
    seen: Seen
    epoch: int


def _mixed(
    augment: Augment, chosen: Sequence[_Chosen], placed: Sequence[Placed], partners: Sequence[Placed]
) -> list[Placed]:
    """The pictures with their partners in them, and what both of them show."""
    others = [partners[place % len(partners)] for place in range(len(placed))]
    mixings = [mixing for one in chosen for mixing in augment.mixings([one.number], one.epoch)]
    pixels, shares = mix(
        np.stack([one.image_hwc for one in placed]), np.stack([one.image_hwc for one in others]), mixings
    )
    return [
        Placed(image_hwc, mixed_target(one.target, other.target, share))
        for image_hwc, one, other, share in zip(pixels, placed, others, shares.tolist(), strict=True)
    ]


def _masks(placed: Sequence[Placed]) -> NDArray[np.uint8] | None:
    """Class places of all pictures; undecided where one has none."""
    if all(one.mask_hw is None for one in placed):
        return None
    unknown = np.full(placed[0].image_hwc.shape[:2], UNDECIDED, dtype=np.uint8)
    return np.stack([unknown if one.mask_hw is None else one.mask_hw for one in placed])


def _shown(image_hwc: ImageHWC, seen: Seen, channel: int) -> NDArray[np.uint8]:
    """In the window of the picture before chance changed it: one of its own would take a change of light back."""
    return shown(image_hwc, None if is_plain(image_hwc) else window_of(seen.image_hwc, channel))


def _rows_of(table: DataTable, images: Sequence[str]) -> list[int]:
    numbers = {row.image: number for number, row in enumerate(table.rows)}
    return [numbers[image] for image in images if image in numbers]


def _order(recipe: Recipe, table: DataTable, part: str, draw: int) -> list[int]:
    """Draws (see studio.engine.sampler), in the order in which the part is seen."""
    rows = [number for number, row in enumerate(table.rows) if row.part == part and row.target is not None]
    if part == "train":
        return epoch_draws(recipe.batch, rows, table.rows, recipe.training.seed, draw)
    start = draw * recipe.batch.size % max(len(rows), 1)
    return rows[start:] + rows[:start]


def _readable(preprocess: Preprocess, table: DataTable, order: Sequence[int], most: int) -> dict[int, Seen]:
    """The first so many pictures of an order that can be read, by row."""
    found: dict[int, Seen] = {}
    for number in order:
        if len(found) == most:
            break
        with suppress(UserError):
            found[number] = _read(preprocess, table, number)
    return found


def _why_not(preprocess: Preprocess, table: DataTable, order: Sequence[int]) -> str:
    """What is wrong with the first one."""
    try:
        for number in order[:1]:
            _read(preprocess, table, number)
    except UserError as error:
        return f"{error.message} {error.hint}".strip()
    return "Look at the Labels and the Split block."


def _read(preprocess: Preprocess, table: DataTable, number: int) -> Seen:
    row, root = table.rows[row_of(number)], Path(table.root)
    mask = cache_key(root / row.target.path) if isinstance(row.target, MaskFile) else ""
    key = cache_key(root / row.image), mask, row.target, len(table.classes), preprocess
    seen = _seen.pop(key, None)
    if seen is None:
        seen = see(preprocess, table, row)
    _seen[key] = seen
    while len(_seen) > _REMEMBERED:
        _seen.popitem(last=False)
    return seen
