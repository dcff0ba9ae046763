"""The Gramian angular field: against its definition, by hand and over random series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.work.gramian import field_picture, gramian_angular_field, piecewise_aggregate

SERIES = st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=80)


def test_by_hand() -> None:
    # -1, 0, 1 are the cosines of 180, 90 and 0 degrees; the field is the cosine of the sums.
    expected = np.cos(np.deg2rad([[360, 270, 180], [270, 180, 90], [180, 90, 0]]))
    np.testing.assert_allclose(gramian_angular_field([3, 4, 5], 3), expected, atol=1e-12)


@given(st.lists(st.floats(-1000, 1000), min_size=4, max_size=60), st.integers(2, 32))
def test_it_is_the_cosine_of_the_sum_of_the_angles(series: list[float], side_px: int) -> None:
    values = piecewise_aggregate(series, side_px)
    if np.ptp(values) < 1e-6:
        return
    angles = np.arccos(np.clip(2 * (values - values.min()) / np.ptp(values) - 1, -1, 1))
    np.testing.assert_allclose(
        gramian_angular_field(series, side_px), np.cos(angles[:, None] + angles[None, :]), atol=1e-5
    )


@given(SERIES, st.integers(2, 40))
def test_any_series_gives_a_symmetric_picture(series: list[float], side_px: int) -> None:
    picture = field_picture(series, side_px)
    assert picture.shape == (side_px, side_px)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, picture.T)
    assert np.isfinite(gramian_angular_field(series, side_px)).all()


def test_a_constant_series_is_black() -> None:
    assert (field_picture([5.0] * 10, 8) == 0).all()


def test_pieces_of_equal_length_are_means() -> None:
    np.testing.assert_allclose(piecewise_aggregate([1, 3, 5, 7, 2, 4], 3), [2, 6, 3])


def test_a_value_on_a_border_counts_in_both() -> None:
    np.testing.assert_allclose(piecewise_aggregate([0, 3, 6], 2), [1, 5])  # (0 + 3/2) / 1.5 and (3/2 + 6) / 1.5


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(1, 90))
def test_the_mean_stays(series: list[float], steps: int) -> None:
    assert piecewise_aggregate(series, steps).mean() == pytest.approx(np.mean(series), abs=1e-3)
