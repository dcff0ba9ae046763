"""Boxes as a detector gives them: the cells they are told from, which say the same, and where they are in the original.

A box is left, top, right and bottom, in pixels.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import apply_to_points
from studio.runtime.view import View

Boxes = NDArray[np.float64]  # (n, 4)
Grid = tuple[int, int]  # cells across and down
AnchorSizes = tuple[tuple[float, float], ...]  # width and height in pixels of each anchor of a cell


def cells_of(grids: Sequence[Grid], size_wh: tuple[int, int]) -> Boxes:
    """The cells that cover a picture of this size, one grid after the other, each row by row: (cells, 4)."""
    found = []
    for across, down in grids:
        left, top = np.meshgrid(np.arange(across), np.arange(down))
        corners = np.stack([left, top, left + 1, top + 1], axis=-1).reshape(-1, 4)
        found.append(corners * (np.array([*size_wh, *size_wh]) / (across, down, across, down)))
    return np.concatenate(found)


def anchors_of(grids: Sequence[Grid], sizes: Sequence[AnchorSizes], size_wh: tuple[int, int]) -> Boxes:
    """The anchors in a picture of this size, (anchors, 4): cell after cell as `cells_of` has them, in the middle of
    each the anchors of its grid. The cells themselves where there are no sizes."""
    if not sizes:
        return cells_of(grids, size_wh)
    found = []
    for grid, sizes_wh in zip(grids, sizes, strict=True):
        cells = cells_of([grid], size_wh)
        middles, halves = (cells[:, None, :2] + cells[:, None, 2:]) / 2, np.array(sizes_wh) / 2
        found.append(np.concatenate([middles - halves, middles + halves], axis=2).reshape(-1, 4))
    return np.concatenate(found)


def overlaps(box_4: NDArray[np.float64], others_n4: Boxes) -> NDArray[np.float64]:
    """Intersection over union of one box with others, (n,); 0 where both are empty."""
    left_top = np.maximum(box_4[:2], others_n4[:, :2])
    right_bottom = np.minimum(box_4[2:], others_n4[:, 2:])
    both = (right_bottom - left_top).clip(min=0).prod(axis=1)
    either = (box_4[2:] - box_4[:2]).prod() + (others_n4[:, 2:] - others_n4[:, :2]).prod(axis=1) - both
    return np.asarray(np.divide(both, either, out=np.zeros_like(both), where=either > 0))


def suppress(
    boxes_n4: Boxes, scores_n: NDArray[np.float64], classes_n: NDArray[np.intp], *, overlap: float, most: int
) -> NDArray[np.intp]:
    """Which boxes stay, the best first: of those of one class that overlap by more, only the best; at most so many.

    The usual greedy suppression of what is not a maximum, done for each class by itself.
    """
    waiting = np.argsort(-scores_n, kind="stable")
    kept: list[int] = []
    while len(waiting) and len(kept) < most:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        is_same = (classes_n[waiting] == classes_n[best]) & (overlaps(boxes_n4[best], boxes_n4[waiting]) > overlap)
        waiting = waiting[~is_same]
    return np.array(kept, dtype=np.intp)


def in_original(boxes_n4: Boxes, view: View) -> Boxes:
    """Boxes in the model's picture as boxes in the original, cut at its edges; one that lies outside is empty."""
    corners = boxes_n4[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    moved = apply_to_points(view.back, corners).reshape(-1, 4, 2)
    found = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)
    return found.clip(0, [*view.original_wh, *view.original_wh])


def is_there(boxes_n4: Boxes) -> NDArray[np.bool_]:
    """Which boxes have an inside, (n,)."""
    return np.asarray((boxes_n4[:, 2:] > boxes_n4[:, :2]).all(axis=1))
