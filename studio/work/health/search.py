"""Which of many pictures look almost the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from studio.work.build import OnProgress
from studio.work.health.data import Data, Pair
from studio.work.survey.likeness import (
    ALIKE,
    ALIKE_WITH_FEW_DETAILS,
    FEW_DETAILS_PX,
    agreement_in_place,
    agreement_where_it_fits,
    coarse_agreement,
    is_flat,
)
from studio.work.survey.records import SEEN, Records

# Hashes of photographs that have nothing to do with each other differ in 32 bits, give or take 4: of a million such
# pairs 30 differ in 14 or fewer. A picture with 6 % cut off differs from the whole one in 16 at most, in nine of ten.
MOST_BITS = 14
COARSE = 0.75  # what a cut-off edge leaves of the agreement without moving
_CANDIDATES_A_PICTURE = 20
_ROWS_A_TASK, _COLUMNS_AT_ONCE = 256, 16_384
_PAIRS_A_STEP = 4096
_MOST_MOVED = 20_000  # pairs of which one is moved over the other (some milliseconds each); the closest hashes first

Pairs = NDArray[np.int64]  # (n, 3): two places, the smaller first, and the number of bits in which their hashes differ


def look_alikes(data: Data) -> list[Pair]:
    """The pairs of pictures that look almost the same, the most alike first."""
    found = find_look_alikes(data.looks, data.on_progress("pictures compared"), data.should_stop)
    return [Pair(first, second, bits) for first, second, bits in found.tolist()]


def find_look_alikes(looks: Records, on_progress: OnProgress, should_stop: Callable[[], bool]) -> Pairs:
    """The same from what was seen of the pictures; those that show nothing are no pair.

    Every pair of hashes is compared (about a nanosecond each); what that finds is looked at again, twice.
    """
    usable = np.flatnonzero((looks["state"] == SEEN) & ~is_flat(looks["small"]))
    pairs = _near_hashes(looks["hash"][usable], on_progress, should_stop)
    pairs[:, :2] = usable[pairs[:, :2]]
    pairs = pairs[np.argsort(pairs[:, 2], kind="stable")]
    return pairs[_are_alike(looks, pairs, should_stop)]


def _near_hashes(hashes: NDArray[np.uint64], on_progress: OnProgress, should_stop: Callable[[], bool]) -> Pairs:
    """The pairs of hashes that differ in MOST_BITS or fewer; in fewer than that where there are too many such pairs.

    Among pictures that all resemble each other (digits, one kind of cell) a small difference means little.
    """
    count, limit = len(hashes), MOST_BITS
    found = np.zeros((0, 3), dtype=np.int64)
    most = _CANDIDATES_A_PICTURE * max(count, 50)
    threads = cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, count, threads * _ROWS_A_TASK):
            if should_stop():
                break
            starts = range(start, min(start + threads * _ROWS_A_TASK, count), _ROWS_A_TASK)
            new = pool.map(lambda first, bits=limit: _near_rows(hashes, first, bits), starts)
            found = np.concatenate([found, *new])
            while len(found) > most and limit > 0:
                limit -= 1
                found = found[found[:, 2] <= limit]
            on_progress(min(starts[-1] + _ROWS_A_TASK, count), count)
    return found


def _near_rows(hashes: NDArray[np.uint64], start: int, limit: int) -> Pairs:
    """The pairs of some hashes with all later ones that differ in `limit` bits or fewer."""
    found: list[Pairs] = []
    different = np.empty(_COLUMNS_AT_ONCE, dtype=np.uint64)
    bits = np.empty(_COLUMNS_AT_ONCE, dtype=np.uint8)
    for left in range(start + 1, len(hashes), _COLUMNS_AT_ONCE):  # so many fit a processor's cache
        for place in range(start, min(start + _ROWS_A_TASK, len(hashes) - 1)):
            first = max(left, place + 1)
            others = hashes[first : left + _COLUMNS_AT_ONCE]
            if not len(others):
                continue
            np.bitwise_xor(others, hashes[place], out=different[: len(others)])
            np.bitwise_count(different[: len(others)], out=bits[: len(others)])
            if bits[: len(others)].min() <= limit:
                near = np.flatnonzero(bits[: len(others)] <= limit)
                pairs = np.column_stack([np.full(len(near), place), near + first, bits[near]])
                found.append(pairs.astype(np.int64))
    return np.concatenate(found) if found else np.zeros((0, 3), dtype=np.int64)


def _are_alike(looks: Records, pairs: Pairs, should_stop: Callable[[], bool]) -> NDArray[np.bool_]:
    """Which of the pairs do look almost the same, not only to their hashes."""
    small, longer_px = looks["small"], np.maximum(looks["width_px"], looks["height_px"])
    alike, may_be_parts = np.zeros(len(pairs), dtype=np.bool_), np.zeros(len(pairs), dtype=np.bool_)
    for start in range(0, len(pairs), _PAIRS_A_STEP):
        if should_stop():
            return alike
        first, second = pairs[start : start + _PAIRS_A_STEP, :2].T
        near = np.flatnonzero(coarse_agreement(small[first], small[second]) >= COARSE)
        first, second = first[near], second[near]
        has_few_details = np.minimum(longer_px[first], longer_px[second]) <= FEW_DETAILS_PX
        needed = np.where(has_few_details, ALIKE_WITH_FEW_DETAILS, ALIKE)
        is_same = agreement_in_place(small[first], small[second]) >= needed
        alike[start + near], may_be_parts[start + near] = is_same, ~is_same & ~has_few_details

    def is_alike(place: np.intp) -> bool:
        first, second, _ = pairs[place]
        return not should_stop() and agreement_where_it_fits(small[first], small[second]) >= ALIKE

    left = np.flatnonzero(may_be_parts)[:_MOST_MOVED]
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        alike[left] = list(pool.map(is_alike, left))
    return alike
