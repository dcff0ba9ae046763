"""Heat maps: where the brightest place of each is, finer than their cells."""

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-10  # of a map's values; their logarithms must be numbers


def peaks(maps_nkhw: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of each map where its spot is, as shares of its width and height, and how bright it is there, from 0 to 1:
    (N, points, 3). NaN where a map has a value that is not finite.

    The brightest cell is moved along each side to the top of the parabola through the logarithms of it and its
    neighbours, which is exact for a round spot. Source: Zhang et al. 2020, arXiv:1910.06278, section 3.1, for spots
    that are not slanted, and without smoothing the maps before.
    """
    maps = np.asarray(maps_nkhw, dtype=np.float64)
    count, points, down, across = maps.shape
    flat = maps.reshape(count, points, -1)
    is_map = np.asarray(np.isfinite(flat).all(axis=2))
    best = np.where(is_map[..., None], flat, 0.0).argmax(axis=2)
    y, x = np.divmod(best, across)
    logs = np.log(np.maximum(np.where(np.isfinite(maps), maps, 0.0), _LEAST))
    picture, point = np.ogrid[:count, :points]

    def at(row: NDArray[np.intp], column: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(logs[picture, point, row.clip(0, down - 1), column.clip(0, across - 1)])

    here = at(y, x)
    shift_x = np.where((x > 0) & (x < across - 1), _top(at(y, x - 1), here, at(y, x + 1)), 0.0)
    shift_y = np.where((y > 0) & (y < down - 1), _top(at(y - 1, x), here, at(y + 1, x)), 0.0)
    bright = np.take_along_axis(flat, best[..., None], axis=2)[..., 0].clip(0, 1)
    found = np.stack([(x + 0.5 + shift_x) / across, (y + 0.5 + shift_y) / down, bright], axis=2)
    found[~is_map] = np.nan
    return found


def _top(before: NDArray[np.float64], here: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a parabola through three values at -1, 0 and 1 is highest, from -0.5 to 0.5; 0 where they are alike."""
    bend = 2 * here - before - after
    return np.divide(after - before, 2 * bend, out=np.zeros_like(here), where=bend > 0)
