"""Each thing fills its circle, has a clean outline, and is drawn without warnings at any turn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.work.sample.other_things import OTHER_THINGS
from studio.work.sample.place import Place
from studio.work.sample.things import THINGS

angles = st.floats(0, 6.28)


@pytest.mark.parametrize("name", [*THINGS, *OTHER_THINGS])
def test_a_thing_lies_in_the_unit_circle(name: str) -> None:
    u, v = np.meshgrid(*2 * [np.linspace(-1.4, 1.4, 141, dtype=np.float32)])
    for seed in range(8):
        with np.errstate(all="raise", under="ignore"):
            relief = {**THINGS, **OTHER_THINGS}[name](u, v, np.random.default_rng(seed))
        radius = np.hypot(u, v)[relief.inside > 0]
        # Strokes and letters have round ends; their corners may stand out of the circle a little.
        assert 0.55 < radius.max() < 1.3, seed
        assert relief.inside.dtype == relief.height.dtype == np.float32
        assert np.isfinite(relief.height).all()


def test_no_other_thing_is_a_kind_of_the_sample() -> None:
    assert not set(THINGS) & set(OTHER_THINGS)


@given(st.floats(-50, 300), st.floats(-50, 300), st.floats(5, 200), angles, angles, st.floats(0, 0.65))
@settings(max_examples=60, deadline=None)
def test_a_place_maps_there_and_back(x: float, y: float, radius: float, turn: float, way: float, tip: float) -> None:
    place = Place((x, y), radius, turn, way, tip)
    for point in [(0.0, 0.0), (1.0, 0.0), (-0.3, 0.7)]:
        px = place.to_px(point)
        u, v = place.local(np.float32([[px[0]]]), np.float32([[px[1]]]))
        assert np.allclose([u[0, 0], v[0, 0]], point, atol=2e-3 + 40 / radius * 1e-3)
        assert np.hypot(px[0] - x, px[1] - y) <= radius * np.hypot(*point) + 1e-6
