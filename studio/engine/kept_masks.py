"""Masks decoded once: kept in memory at the size of their pictures, a byte a pixel."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LIMIT_BYTES = 1 << 30  # 1 GiB holds 24,000 masks of 240 x 184 px; what is over is decoded at each use


class KeptMasks:
    """Safe to ask from several threads; the same mask may then be decoded twice, once."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._left_bytes = limit_bytes
        self._kept: dict[int, NDArray[np.uint8]] = {}

    def get(self, row: int, decode: Callable[[], NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """The mask of a row, which nobody may write to. Raises what `decode` raises."""
        mask_hw = self._kept.get(row)
        if mask_hw is None:
            mask_hw = decode()
            if mask_hw.nbytes <= self._left_bytes:
                self._left_bytes -= mask_hw.nbytes
                self._kept[row] = mask_hw
        return mask_hw
