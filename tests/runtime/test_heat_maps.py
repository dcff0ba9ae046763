"""Where heat maps are brightest, finer than their cells."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.runtime.heat_maps import peaks

ACROSS, DOWN = 12, 9


def spot(x: float, y: float, sigma: float) -> np.ndarray:
    columns, rows = np.arange(ACROSS) + 0.5 - x, np.arange(DOWN)[:, None] + 0.5 - y
    return np.exp(-(columns**2 + rows**2) / (2 * sigma**2))


@given(x=st.floats(1, ACROSS - 1), y=st.floats(1, DOWN - 1), sigma=st.floats(0.7, 3), height=st.floats(0.01, 1))
def test_a_round_spot_is_found_exactly(x: float, y: float, sigma: float, height: float) -> None:
    ((found,),) = peaks(height * spot(x, y, sigma)[None, None])
    # Next to the edge a spot has no neighbour on one side: then its cell is the answer.
    exact = (1.5 < x < ACROSS - 1.5), (1.5 < y < DOWN - 1.5)
    for said, right, count, is_exact in zip(found[:2], (x, y), (ACROSS, DOWN), exact, strict=True):
        assert abs(said * count - right) < (1e-4 if is_exact else 0.51)


def test_brightness_and_what_is_no_map() -> None:
    maps = np.stack([spot(3, 4, 1), 3 * spot(5.5, 4.5, 1), -spot(5.5, 4.5, 1), np.zeros((DOWN, ACROSS))])[None]
    maps[0, 0, 0, 0] = np.nan
    found = peaks(maps)
    assert found.shape == (1, 4, 3)
    assert np.isnan(found[0, 0]).all()
    assert found[0, 1].tolist() == [5.5 / ACROSS, 4.5 / DOWN, 1]
    assert found[0, 2, 2] == 0
    assert np.isfinite(found[0, 1:]).all()
    assert ((found[0, 1:] >= 0) & (found[0, 1:] <= 1)).all()


def test_each_map_by_itself() -> None:
    maps = np.stack([[spot(2.5, 3.25, 1), spot(8, 6, 1)], [spot(5, 5, 2), spot(4, 2, 1)]])
    together = peaks(maps)
    for picture in range(2):
        for point in range(2):
            np.testing.assert_array_equal(together[picture, point], peaks(maps[picture, point][None, None])[0, 0])
