"""What is known of a drawn thing: its box, its points, how much of it is hidden."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.work.sample.relief import Plane


@dataclass(frozen=True)
class Thing:
    """What is known about one thing. Pixels: x right, y down, (0, 0) the corner of the first pixel."""

    kind: str
    finish: str
    box_px: tuple[int, int, int, int]
    """x0, y0, x1, y1 around its visible pixels; x1 and y1 are one past the last."""
    points_px: dict[str, tuple[float, float, bool]]
    """x, y, and whether it is in the picture with nothing over it."""
    hidden_share: float


def hidden_share(cover: Plane, over: Plane) -> float:
    """How much of a thing lies under something."""
    solid = cover >= 0.5
    return float((solid & (over >= 0.5)).sum() / max(int(solid.sum()), 1))


def truth(
    kind: str,
    finish: str,
    index: int,
    cover: Plane,
    points: dict[str, tuple[float, float]],
    owner: NDArray[np.int16],
    over: Plane,
) -> Thing:
    """What is known of the thing `index`, given whose pixel each one is (-1: nobody's) and what lies over all."""
    side = owner.shape[0]
    seen = owner == index
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else (0, 0, 0, 0)
    named = {}
    for name, (x, y) in points.items():
        column, row = int(np.floor(x)), int(np.floor(y))
        is_inside = 0 <= column < side and 0 <= row < side
        # The middle of a hole is nobody's pixel, and is seen all the same.
        is_free = is_inside and owner[row, column] in (index, -1) and over[row, column] < 0.5
        named[name] = (round(x, 1), round(y, 1), bool(is_free))
    whole = max(int((cover >= 0.5).sum()), 1)
    return Thing(kind, finish, box, named, round(1 - float(seen.sum()) / whole, 3))
