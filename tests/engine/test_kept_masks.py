"""Masks decoded once, as long as there is room."""

import numpy as np

from studio.engine.kept_masks import KeptMasks


def test_a_mask_is_decoded_once() -> None:
    decoded: list[int] = []

    def decode() -> np.ndarray:
        decoded.append(1)
        return np.full((4, 5), 7, np.uint8)

    kept = KeptMasks()
    assert kept.get(3, decode) is kept.get(3, decode)
    assert len(decoded) == 1
    kept.get(4, decode)
    assert len(decoded) == 2


def test_what_does_not_fit_is_decoded_each_time() -> None:
    decoded: list[int] = []

    def decode() -> np.ndarray:
        decoded.append(1)
        return np.zeros((10, 10), np.uint8)

    kept = KeptMasks(limit_bytes=150)
    for _ in range(3):
        kept.get(0, decode)
        kept.get(1, decode)
    assert len(decoded) == 1 + 3
