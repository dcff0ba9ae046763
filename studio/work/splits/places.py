"""Which places on the Earth belong together: chains of neighbours that are close to each other.

Single linkage: two places are in one cluster if a chain of steps, none longer than a distance, leads from one to the
other. Places are points on the unit sphere and distances are chords, so that the date line and the poles are nothing
special. A grid of cells in which no two points are further apart than the distance makes it fast: cells are joined,
and only points of cells near each other are compared.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8  # mean radius (2a + b) / 3 of WGS 84, as the IUGG defines it
_COMPARED_AT_ONCE = 2_000_000
_REACH = range(-2, 3)  # cells
_FEW = 256  # up to so many pairs of points two cells are compared whole

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def cluster_places(latitude: Floats, longitude: Floats, distance_m: float) -> Ints:
    """The cluster of each place, a whole number; places in one have the same.

    latitude, longitude: degrees, (n,). Places exactly `distance_m` apart on the great circle are neighbours.
    """
    angle = min(distance_m / EARTH_RADIUS_M, np.pi)
    chord = 2 * np.sin(angle / 2) * (1 + 1e-12)
    points, cell_of, first, sizes, cells = _grid(_on_sphere(latitude, longitude), chord / np.sqrt(3))
    labels = np.arange(len(cells))
    for offset in _offsets():
        one, other = _pairs(cells, offset)
        apart = labels[one] != labels[other]
        one, other = one[apart], other[apart]
        touching = _touching(points, first, sizes, one, other, chord)
        labels = _joined(labels, one[touching], other[touching])
    return labels[cell_of]


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    north, east = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


def _grid(points: Floats, side: float) -> tuple[Floats, Ints, Ints, Ints, Ints]:
    """The points sorted by cell; the cell of each point as given; where each cell begins and how many points it has;
    the cells' places in the grid, (cells, 3)."""
    cells, cell_of, sizes = np.unique(
        np.floor((points + 1) / side).astype(np.int64), axis=0, return_inverse=True, return_counts=True
    )
    cell_of = cell_of.reshape(-1)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return points[np.argsort(cell_of, kind="stable")], cell_of, first, sizes, cells


def _offsets() -> list[tuple[int, int, int]]:
    """From a cell to those that a distance of the square root of 3 sides can reach: one of each opposite two, near
    ones first, because what is joined need not be compared again."""
    steps = [step for step in product(_REACH, _REACH, _REACH) if step > (0, 0, 0)]
    return sorted(steps, key=lambda step: sum(part * part for part in step))


def _pairs(cells: Ints, offset: tuple[int, int, int]) -> tuple[Ints, Ints]:
    """The pairs of cells that lie apart by an offset."""
    # Two of the three numbers become one first: all three together need more than 63 bits for distances of a metre.
    width = int(cells.max()) + 8
    columns, column_of = np.unique(cells[:, 0] * width + cells[:, 1], return_inverse=True)
    own = column_of * width + cells[:, 2]  # rising, because cells are sorted
    column = _find(columns, (cells[:, 0] + offset[0]) * width + cells[:, 1] + offset[1])
    wanted = np.where(column >= 0, column * width + cells[:, 2] + offset[2], -1)
    found = _find(own, wanted)
    one = np.flatnonzero(found >= 0)
    return one, found[one]


def _find(rising: Ints, wanted: Ints) -> Ints:
    """Where each number stands among rising ones; -1 where it does not."""
    place = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    return np.where(rising[place] == wanted, place, -1)


def _touching(points: Floats, first: Ints, sizes: Ints, one: Ints, other: Ints, chord: float) -> NDArray[np.bool_]:
    """For each pair of cells, whether a point of one is within a chord of a point of the other."""
    counts = sizes[one] * sizes[other]
    touching = np.zeros(len(one), bool)
    few = np.flatnonzero(counts <= _FEW)
    for part in np.array_split(few, max(1, int(counts[few].sum()) // _COMPARED_AT_ONCE + 1)):
        pair = np.repeat(np.arange(len(part)), counts[part])
        place = np.arange(len(pair)) - np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        a, b = one[part][pair], other[part][pair]
        difference = points[first[a] + place // sizes[b]] - points[first[b] + place % sizes[b]]
        is_near = np.einsum("ij,ij->i", difference, difference) <= chord * chord
        touching[part[pair[is_near]]] = True
    for index in np.flatnonzero(counts > _FEW):
        a, b = one[index], other[index]
        touching[index] = _sets_touch(
            points[first[a] : first[a] + sizes[a]], points[first[b] : first[b] + sizes[b]], chord
        )
    return touching


def _sets_touch(a: Floats, b: Floats, chord: float) -> bool:
    """Whether two sets of points come within a chord: by their boxes, else by halves, the nearer ones first."""
    gap = np.maximum(0, np.maximum(a.min(axis=0) - b.max(axis=0), b.min(axis=0) - a.max(axis=0)))
    if gap @ gap > chord * chord:
        return False
    if len(a) * len(b) <= _FEW:
        difference = a[:, None] - b[None]
        return bool((np.einsum("ijk,ijk->ij", difference, difference) <= chord * chord).any())
    if len(a) < len(b):
        a, b = b, a
    toward = a @ (b.mean(axis=0) - a.mean(axis=0))
    order = np.argsort(-toward)
    half = len(a) // 2
    return _sets_touch(a[order[:half]], b, chord) or _sets_touch(a[order[half:]], b, chord)


def _joined(labels: Ints, one: Ints, other: Ints) -> Ints:
    """The labels after joining pairs: the smallest label of what hangs together. labels[labels] must be labels."""
    labels = labels.copy()
    while True:
        a, b = labels[one], labels[other]
        low, high = np.minimum(a, b), np.maximum(a, b)
        if (low == high).all():
            return labels
        np.minimum.at(labels, high, low)
        while (labels[labels] != labels).any():
            labels = labels[labels]
