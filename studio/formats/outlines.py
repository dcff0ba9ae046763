"""Outlines as closed rings of coordinates: from polygons, circles and masks."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.formats.values import UnusableError, numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Ring = tuple[float, ...]
Box = tuple[float, float, float, float]

MOST_CORNERS = 1_000_000  # of a mask's outline; a picture of noise has more, and no thing
CIRCLE_CORNERS = 64


def ring(values: object, field: str) -> Ring:
    """A ring from x, y, x, y, …: three corners at least."""
    found = numbers(values, field)
    if len(found) % 2 or len(found) < 6:
        raise UnusableError(field, f"An outline has {len(found)} numbers; it needs pairs of x and y, three at least.")
    return tuple(found)


def box_around(rings: Sequence[Sequence[float]]) -> Box:
    """Left, top, right, bottom of rings, of which there is at least one."""
    xs = [x for values in rings for x in values[0::2]]
    ys = [y for values in rings for y in values[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def circle(x_px: float, y_px: float, radius_px: float) -> Ring:
    """A ring in the shape of a circle."""
    angles = [2 * math.pi * step / CIRCLE_CORNERS for step in range(CIRCLE_CORNERS)]
    return tuple(
        value for angle in angles for value in (x_px + radius_px * math.cos(angle), y_px + radius_px * math.sin(angle))
    )


def mask_rings(mask_hw: "NDArray[np.bool_]", field: str, left_px: float = 0, top_px: float = 0) -> tuple[Ring, ...]:
    """The rings along the pixel edges of a mask, exact: a pixel is set where it lies inside an odd number of them.

    left_px, top_px: where the mask's corner lies in the picture. Raises UnusableError for a mask of noise.
    """
    import numpy as np

    # A pixel corner is a corner of the outline where one or three of the four pixels around it are set, and twice
    # one where two are that touch there only.
    set_hw = np.pad(mask_hw, 1).astype(np.int8)
    before, after = set_hw[:, :-1] != set_hw[:, 1:], set_hw[:-1] != set_hw[1:]
    turns = before[:-1] != before[1:]
    crossings = before[:-1] & before[1:] & after[:, :-1] & after[:, 1:]
    ys, xs = np.nonzero(turns | crossings)
    times = 1 + crossings[ys, xs].astype(np.int64)
    if int(times.sum()) > MOST_CORNERS:
        raise UnusableError(field, f"The mask's outline has {int(times.sum())} corners; it looks like noise.")
    xs, ys = np.repeat(xs, times), np.repeat(ys, times)
    # In each row of corners, the first and second are joined by an edge, the third and fourth, and so on; the same in
    # each column. np.lexsort is stable, so a double corner gives its first to the edges before it in both.
    beside = _partners(np.lexsort((xs, ys)))
    below = _partners(np.lexsort((ys, xs)))
    rings: list[Ring] = []
    seen = [False] * len(xs)
    places = list(zip((xs + left_px).tolist(), (ys + top_px).tolist(), strict=True))
    for start in range(len(places)):
        corners: list[float] = []
        corner = start
        while not seen[corner]:
            for partners in (beside, below):
                seen[corner] = True
                corners += places[corner]
                corner = partners[corner]
        if corners:
            rings.append(tuple(map(float, corners)))
    return tuple(rings)


def _partners(order: "NDArray[np.int64]") -> list[int]:
    """For each corner the one at the other end of its edge."""
    import numpy as np

    partners = np.empty_like(order)
    partners[order[0::2]] = order[1::2]
    partners[order[1::2]] = order[0::2]
    return [int(partner) for partner in partners]
