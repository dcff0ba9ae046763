"""From the numbers in a mask to places in the list of classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.imaging.class_places import UNDECIDED, class_places, shrink_mask


def test_values_become_places_and_others_are_undecided() -> None:
    mask = np.array([[0, 100, 255, 7]], np.uint8)
    assert class_places(mask, 3, (0, 100, 255)).tolist() == [[0, 1, 2, UNDECIDED]]
    assert class_places(mask, 2).tolist() == [[0, UNDECIDED, UNDECIDED, UNDECIDED]]
    assert class_places(mask, 2, (255, 0)).tolist() == [[1, UNDECIDED, 0, UNDECIDED]]


def test_sixteen_bits_and_values_that_cannot_occur() -> None:
    assert class_places(np.array([[0, 1000]], np.uint16), 2, (0, 1000)).tolist() == [[0, 1]]
    assert class_places(np.array([[0, 5]], np.uint8), 3, (0, 1000, 5)).tolist() == [[0, 2]]


def test_the_last_place_is_kept_for_what_is_undecided() -> None:
    mask = np.arange(256, dtype=np.uint8)[None]
    places = class_places(mask, 300)
    assert places[0, :255].tolist() == list(range(255))
    assert places[0, 255] == UNDECIDED


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_shrinking_takes_the_pixel_at_the_centre(width: int, height: int, new_width: int, new_height: int) -> None:
    mask = np.arange(width * height).reshape(height, width).astype(np.uint16)
    shrunk = shrink_mask(mask, (new_width, new_height))  # type: ignore[arg-type]
    assert shrunk.shape == (new_height, new_width)
    for row in range(new_height):
        for column in range(new_width):
            x, y = (column + 0.5) * width / new_width, (row + 0.5) * height / new_height
            assert shrunk[row, column] == mask[int(y), int(x)]


@pytest.mark.parametrize("size_wh", [(4, 3), (8, 6)])
def test_a_half_stays_a_half(size_wh: tuple[int, int]) -> None:
    mask = np.zeros((6, 8), np.uint8)
    mask[:, 4:] = 1
    assert shrink_mask(mask, size_wh).mean() == 0.5
