"""Learning rates that a curve of losses suggests: four readings of the same curve. No torch here.

Source: fastai 2 `valley`, `minimum`, `steep` and `slide` (fastai/callback/schedule.py). The first tenth of the curve
and its last five points are left out, and everything from the first loss that is no number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_LEFT_OUT_AT_END = 5
_LEAST_FALL = 3  # points: a shorter fall is noise, and the middle of its valley would lie outside the curve
_NO_FALL = 1e-4  # of the loss: what rounding and smoothing alone may do
_SLIDE_APART, _SLIDE_FLAT = 15, 0.005


@dataclass(frozen=True)
class Suggestions:
    """A learning rate each; None where the curve does not suggest any.

    valley: in the middle of the longest fall. minimum: a tenth of the rate with the lowest loss. steep: where the
    loss falls fastest. slide: where the fall ends, coming from the right.
    """

    valley: float | None = None
    minimum: float | None = None
    steep: float | None = None
    slide: float | None = None

    @property
    def chosen(self) -> float | None:
        """The one to take unless somebody knows better."""
        return next((rate for rate in (self.valley, self.slide, self.steep, self.minimum) if rate is not None), None)


def suggest(rates: Sequence[float], losses: Sequence[float], planned: int) -> Suggestions:
    """rates: ascending. losses: smoothed, one a rate. planned: how many rates the sweep would have had; it may have
    ended before."""
    kept = slice(planned // 10, max(len(losses) - _LEFT_OUT_AT_END, 0))
    x, y = np.asarray(rates, dtype=np.float64)[kept], np.asarray(losses, dtype=np.float64)[kept]
    is_number = np.isfinite(y)
    if not is_number.all():
        end = int(is_number.argmin())
        x, y = x[:end], y[:end]
    if len(y) < _LEAST_FALL or y[0] - y.min() <= _NO_FALL * abs(y[0]):
        return Suggestions()
    return Suggestions(_valley(x, y), _minimum(x, y), _steep(x, y), _slide(x, y))


def _valley(rates: Numbers, losses: Numbers) -> float | None:
    """Half its length before the end of the longest run of ever lower losses, gaps allowed; of equals, the first."""
    lengths = np.ones(len(losses), dtype=int)
    for place in range(1, len(losses)):
        higher = losses[:place] > losses[place]
        if higher.any():
            lengths[place] = lengths[:place][higher].max() + 1
    end, length = int(lengths.argmax()), int(lengths.max())
    if length < _LEAST_FALL:
        return None
    start = end - length
    third = length / 3
    return float(rates[start + int(third) + int(third / 2)])


def _minimum(rates: Numbers, losses: Numbers) -> float:
    return float(rates[losses.argmin()]) / 10


def _steep(rates: Numbers, losses: Numbers) -> float:
    slopes = np.diff(losses) / np.diff(np.log(rates))
    return float(rates[slopes.argmin()])


def _slide(rates: Numbers, losses: Numbers) -> float | None:
    """Two slopes, some points apart, go left together from the end until they hardly differ."""
    slopes = np.gradient(losses)
    right, left = len(slopes) - 1, len(slopes) - 1 - _SLIDE_APART
    if left < 0:
        return None
    found = float(rates[left])
    while left >= 0 and abs(slopes[right] - slopes[left]) > _SLIDE_FLAT:
        found = float(rates[left])
        right, left = right - 1, left - 1
    return found
