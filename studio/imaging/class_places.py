"""Masks as a model learns them: the place of each pixel's class in the list of classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNDECIDED = 255  # where nothing is known of a pixel; so a mask tells at most 255 classes apart


def class_places(values_hw: NDArray[Any], classes: int, values: Sequence[int] = ()) -> NDArray[np.uint8]:
    """The place of each pixel's class, uint8; UNDECIDED where a value stands for none of the `classes`.

    values_hw: a mask as it is stored, uint8 or uint16.  values: which number stands for which class; empty: the
    numbers are the places.
    """
    places = np.full(np.iinfo(values_hw.dtype).max + 1, UNDECIDED, dtype=np.uint8)
    for place, value in enumerate((values or range(classes))[: min(classes, UNDECIDED)]):
        if value < len(places):
            places[value] = place
    return np.asarray(places[values_hw])


def shrink_mask(mask_hw: NDArray[np.uint8], size_wh: tuple[int, int]) -> NDArray[np.uint8]:
    """The mask at the size that its picture was shrunk to: each pixel is the one that was at its centre."""
    if size_wh == (mask_hw.shape[1], mask_hw.shape[0]):
        return mask_hw
    columns, rows = (_centres(length, count) for length, count in zip(mask_hw.shape[::-1], size_wh, strict=True))
    return mask_hw[rows[:, None], columns]


def _centres(length: int, count: int) -> NDArray[np.intp]:
    return np.asarray((np.arange(count) + 0.5) * length / count, dtype=np.intp)
