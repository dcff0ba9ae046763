"""Rectangles of noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.chance import generator
from studio.engine.holes import draw_holes, erase

GREY = np.full((60, 90, 3), 128, np.uint8)


@given(st.integers(0, 5000), st.floats(0, 1, allow_subnormal=False), st.integers(1, 8))
def test_no_more_is_covered_than_allowed(row: int, share: float, most: int) -> None:
    holes = draw_holes(generator(0, 0, row), share, most)
    assert 1 <= len(holes) <= most
    assert sum(hole.width * hole.height for hole in holes) <= share + 1e-9
    for hole in holes:
        narrow, wide = sorted((hole.width, hole.height))
        assert narrow >= 0.3 * wide - 1e-12
    erased = erase(GREY, holes)
    # Whole pixels: each side may be half a pixel longer.
    rounding = sum(0.5 / 60 + 0.5 / 90 + 1 / (60 * 90) for _ in holes)
    assert (erased != GREY).any(axis=2).mean() <= share + rounding


def test_holes_are_noise_and_lie_anywhere() -> None:
    touched = np.zeros((60, 90))
    values = []
    for row in range(300):
        erased = erase(GREY, draw_holes(generator(1, 0, row), 0.3, 1))
        hit = (erased != GREY).any(axis=2)
        touched += hit
        values.append(erased[hit])
    assert (touched > 0).mean() > 0.97
    every = np.concatenate(values)
    assert every.mean() == pytest.approx(127.5, abs=1)
    assert every.std() == pytest.approx(np.sqrt((256**2 - 1) / 12), rel=0.02)


def test_the_same_hole_has_the_same_noise_and_the_picture_stays() -> None:
    holes = draw_holes(generator(0, 0, 3), 0.3, 2)
    np.testing.assert_array_equal(erase(GREY, holes), erase(GREY, holes))
    assert (GREY == 128).all()
    assert erase(GREY, ()).tolist() == GREY.tolist()
