"""A part of a picture instead of all of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.geometry import apply_to_points, corners, invert
from studio.engine.part import Part

sides_px = st.integers(20, 800)
sizes = st.tuples(sides_px, sides_px)
unit = st.floats(0, 1)


@given(sizes, sizes, st.floats(0.05, 1), st.floats(0.5, 2), unit, unit)
def test_it_lies_in_the_picture_and_has_the_wanted_shape(
    picture_wh: tuple[int, int], target_wh: tuple[int, int], share: float, stretch: float, x: float, y: float
) -> None:
    matrix = Part(share, stretch, x, y).homography(picture_wh, target_wh)
    seen = apply_to_points(invert(matrix), corners(target_wh))
    (left, top), (right, bottom) = seen[0], seen[2]
    assert left >= -1e-6
    assert top >= -1e-6
    assert right <= picture_wh[0] + 1e-6
    assert bottom <= picture_wh[1] + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(stretch * target_wh[0] / target_wh[1])
    wanted = share * picture_wh[0] * picture_wh[1]
    area = (right - left) * (bottom - top)
    is_limited = np.isclose(right - left, picture_wh[0]) or np.isclose(bottom - top, picture_wh[1])
    assert area <= wanted * (1 + 1e-9)
    assert is_limited or area == pytest.approx(wanted)


def test_all_of_a_picture_of_the_same_shape_is_the_plain_resize() -> None:
    matrix = Part(1, 1, 0.3, 0.7).homography((200, 100), (100, 50))
    np.testing.assert_allclose(matrix, np.diag([0.5, 0.5, 1]), atol=1e-12)


def test_it_lies_anywhere() -> None:
    left_top = Part(0.25, 1, 0, 0).homography((100, 100), (100, 100))
    right_bottom = Part(0.25, 1, 1, 1).homography((100, 100), (100, 100))
    np.testing.assert_allclose(apply_to_points(left_top, [[0, 0], [50, 50]]), [[0, 0], [100, 100]])
    np.testing.assert_allclose(apply_to_points(right_bottom, [[50, 50], [100, 100]]), [[0, 0], [100, 100]])
