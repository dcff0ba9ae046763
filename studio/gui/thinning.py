"""A long line with as few points as the screen can show: the lowest and the highest of each small stretch."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def thin(x: Numbers, y: Numbers, stretches: int) -> tuple[Numbers, Numbers]:
    """At most about `2 * stretches` of the points, in their order, with every peak and with the ends.

    A stretch in which a value is not a number keeps one of its numbers as both where it has any.
    """
    size = len(y) // max(stretches, 1)
    if size < 3:
        return x, y
    whole = len(y) // size * size
    blocks = y[:whole].reshape(-1, size)
    starts = np.arange(0, whole, size)
    is_missing = np.isnan(blocks)
    low = starts + np.where(is_missing, np.inf, blocks).argmin(axis=1)
    high = starts + np.where(is_missing, -np.inf, blocks).argmax(axis=1)
    ends = np.arange(whole, len(y))
    # Not `unique`: lows and highs are ordered already, stretch by stretch.
    pairs = np.column_stack([np.minimum(low, high), np.maximum(low, high)]).ravel()
    kept = np.concatenate([[0], pairs, ends, [len(y) - 1]])
    return x[kept], y[kept]


def visible_part(x: Numbers, least: float, most: float) -> slice:
    """The points of ascending `x` from `least` to `most`, and one more on each side, so that the line goes on."""
    first = int(np.searchsorted(x, least, side="left"))
    last = int(np.searchsorted(x, most, side="right"))
    return slice(max(first - 1, 0), last + 1)


def nearest(x: Numbers, at: float) -> int:
    """The place of the value of ascending `x` that is nearest to `at`; `x` must not be empty."""
    after = int(np.searchsorted(x, at))
    if after == 0:
        return 0
    if after == len(x) or at - x[after - 1] <= x[after] - at:
        return after - 1
    return after
