"""Class colours are steady, different, and can be written on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.imaging import palettes as p

channel = st.integers(0, 255)
colours = st.tuples(channel, channel, channel)


def test_okabe_ito_comes_first() -> None:
    assert tuple(p.class_colour(i) for i in range(7)) == p.OKABE_ITO


def test_colours_are_different_and_then_repeat() -> None:
    palette = [p.class_colour(i) for i in range(p.COLOUR_COUNT)]
    assert len(set(palette)) == p.COLOUR_COUNT
    assert p.class_colour(p.COLOUR_COUNT) == palette[0]


@pytest.mark.parametrize(("count", "distance"), [(7, 0.07), (16, 0.07), (32, 0.05)])
def test_the_first_colours_stay_apart_also_without_green_cones(count: int, distance: float) -> None:
    palette = [p.class_colour(i) for i in range(count)]
    apart = [p.colour_distance(a, b) for i, a in enumerate(palette) for b in palette[:i]]
    assert min(apart) > distance  # a just noticeable step is about 0.02


def test_generated_colours_are_as_light_as_okabe_ito() -> None:
    allowed = [p.relative_luminance(colour) for colour in p.OKABE_ITO]
    made = [p.relative_luminance(p.class_colour(i)) for i in range(p.COLOUR_COUNT)]
    assert min(made) >= min(allowed)
    assert max(made) <= max(allowed)


def test_contrast_ratio_of_known_pairs() -> None:
    assert p.contrast_ratio(p.BLACK, p.WHITE) == pytest.approx(21)
    assert p.contrast_ratio(p.WHITE, p.WHITE) == 1
    assert p.contrast_ratio((118, 118, 118), p.WHITE) == pytest.approx(4.54, abs=0.005)  # WCAG's darkest passing grey


@given(colours)
def test_text_can_be_read_on_any_colour(rgb: p.RGB) -> None:
    assert p.contrast_ratio(p.text_colour_on(rgb), rgb) >= 4.5


def test_white_is_neutral_in_oklab() -> None:
    np.testing.assert_allclose(p._oklab(np.ones((1, 3))), [[1, 0, 0]], atol=1e-6)
