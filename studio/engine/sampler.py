"""Which training pictures an epoch holds, and in which order: each once, or some more often than others.

A draw is a row's number, with the number of times that this epoch has drawn it before in the bits above: all that
chance does to a picture hangs on its draw, so that a picture that comes again comes otherwise.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import class_names_in
from studio.blocks.batch import Batch
from studio.blocks.table import Row
from studio.engine.chance import epoch_order, generator

_ROW_BITS = 40
_CHOICE = 2**64 - 3  # a row number that no picture has
# Of the pictures that were not corrected an epoch holds at least so many, and so many for each draw of a corrected one.
_OTHERS_AT_LEAST, _OTHERS_FOR_EACH = 2000, 4


def row_of(draw: int) -> int:
    """The row that was drawn."""
    return draw & ((1 << _ROW_BITS) - 1)


def epoch_draws(batch: Batch, rows: list[int], labels: Sequence[Row], seed: int, epoch: int) -> list[int]:
    """The draws of an epoch, as many as `draws_an_epoch` says. labels: all rows of the run, by number."""
    if batch.sampler == "all" or not rows:
        return epoch_order(rows, seed, epoch)
    weights = _WEIGHTS[batch.sampler](batch, rows, labels)
    random = generator(seed, epoch, _CHOICE)
    chosen = random.permutation(_in_proportion(weights, draws_an_epoch(batch, rows, labels), random))
    seen: Counter[int] = Counter()
    draws = []
    for place in chosen:
        row = rows[place]
        draws.append(row | seen[row] << _ROW_BITS)
        seen[row] += 1
    return draws


def draws_an_epoch(batch: Batch, rows: list[int], labels: Sequence[Row]) -> int:
    """How many pictures an epoch holds: as many as there are, but of the others beside corrected ones only so many that
    nothing is forgotten: learning twelve corrections of 100,000 pictures need not take the time of all."""
    if batch.sampler != "corrected":
        return len(rows)
    return max(1, round(float(_corrected(batch, rows, labels).sum())))


def _balanced(batch: Batch, rows: list[int], labels: Sequence[Row]) -> NDArray[np.float64]:
    """A picture weighs as much as its rarest class is rare; one without any class as much as the average."""
    named = [set(class_names_in(labels[row].target)) for row in rows]
    counts = Counter(name for names in named for name in names)
    weights = np.array([max((1 / counts[name] for name in names), default=np.nan) for names in named])
    usual = np.nanmean(weights) if np.isfinite(weights).any() else 1.0
    return np.where(np.isnan(weights), usual, weights)


def _given(batch: Batch, rows: list[int], labels: Sequence[Row]) -> NDArray[np.float64]:
    return np.array([batch.given_times if labels[row].is_given else 1.0 for row in rows])


def _corrected(batch: Batch, rows: list[int], labels: Sequence[Row]) -> NDArray[np.float64]:
    """How often each comes: corrected ones so many times, the others once, or less often where there are very many."""
    is_changed = np.array([labels[row].changed for row in rows], dtype=bool)
    others = int((~is_changed).sum())
    wanted = max(_OTHERS_AT_LEAST, _OTHERS_FOR_EACH * batch.corrected_times * int(is_changed.sum()))
    return np.where(is_changed, batch.corrected_times, min(1.0, wanted / max(others, 1)))


_WEIGHTS = {"balanced": _balanced, "given": _given, "corrected": _corrected}


def _in_proportion(weights: NDArray[np.float64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Places, each drawn as often as its weight says, up to one time more or less.

    Source: systematic resampling (Carpenter, Clifford, Fearnhead 1999): one random start, even steps.
    """
    edges = np.cumsum(weights / weights.sum()) * count
    edges[-1] = count
    return np.searchsorted(edges, np.arange(count) + random.random(), side="right").astype(np.int64)
