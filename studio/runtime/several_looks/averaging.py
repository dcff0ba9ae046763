"""What several looks say, as one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Averaging:
    """plain_share: how much the plain look counts; the others share the rest. takes_largest: of probabilities, the
    largest that any look gives counts instead.

    Source: fastai 1 and 2, `tta`: beta is 0.4 in the first and 0.25 in the second; `use_max`.
    """

    plain_share: float = 0.4
    takes_largest: bool = False


def average(
    plain: NDArray[np.floating],
    others_v: NDArray[np.floating],
    how: Averaging,
    is_seen_v: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """plain_share * plain + (1 - plain_share) * the mean of the others, element by element; or the largest of all.

    plain: (...). others_v: (looks, ...). is_seen_v: the same shape as the others (or one that broadcasts to it), which
    of their elements count; where none does, and where there are no others, the plain one stays.
    """
    plain, others_v = np.asarray(plain, dtype=np.float64), np.asarray(others_v, dtype=np.float64)
    if not len(others_v):
        return np.asarray(plain, dtype=np.float64)
    counts_v = (
        np.ones(others_v.shape) if is_seen_v is None else np.broadcast_to(is_seen_v, others_v.shape).astype(float)
    )
    if how.takes_largest:
        return np.asarray(np.maximum(plain, np.where(counts_v > 0, others_v, -np.inf).max(axis=0)))
    counts = counts_v.sum(axis=0)
    total = np.where(counts_v > 0, others_v, 0).sum(axis=0)
    mean = np.divide(total, counts, out=plain.copy(), where=counts > 0)
    return np.asarray(how.plain_share * plain + (1 - how.plain_share) * mean)
