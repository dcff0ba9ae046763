"""The looks: corners and symmetries, and which places they show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.geometry import apply_to_points, flip_horizontal
from studio.imaging.warp import warp_image
from studio.runtime.preprocess import Preprocess
from studio.runtime.several_looks.look import (
    PLAIN,
    Look,
    Symmetries,
    corner_looks,
    seen_rectangle,
    shown,
    without_doubles,
)

SIZE = (54, 27)


def test_eight_looks_four_corners_and_their_mirrors() -> None:
    looks = corner_looks(SIZE)
    assert len(looks) == 8
    assert [look.is_mirrored for look in looks] == [False] * 4 + [True] * 4
    seen = [seen_rectangle(look, SIZE).round(6).tolist() for look in looks]
    # 1 / 1.35 of each side: 40 of 54 and 20 of 27.
    assert seen[:4] == [[0, 0, 40, 20], [0, 7, 40, 27], [14, 0, 54, 20], [14, 7, 54, 27]]
    assert seen[4:] == seen[:4]


def test_a_mirrored_corner_lies_at_the_other_side() -> None:
    mirrored = corner_looks(SIZE)[4]
    assert apply_to_points(mirrored.matrix, [[0, 0], [40, 20]]).round(6).tolist() == [[54, 0], [0, 27]]


@pytest.mark.parametrize(
    ("symmetries", "zoom_factor", "count"),
    [("none", 1.35, 4), ("horizontal", 1.35, 8), ("all", 1.35, 8), ("none", 1, 0), ("horizontal", 1, 1), ("all", 1, 7)],
)
def test_looks_that_show_the_same_are_left_out(symmetries: Symmetries, zoom_factor: float, count: int) -> None:
    assert len(corner_looks((32, 32), zoom_factor, symmetries)) == count


def test_all_symmetries_are_there_once_each() -> None:
    looks = corner_looks((32, 32), 1.35, "all")
    turns = {tuple(np.sign(look.matrix[:2, :2].round(6)).ravel()) for look in looks}
    assert len(turns) == 8
    assert sum(look.is_mirrored for look in looks) == 4


def test_a_perspective_times_a_number_is_the_same_look() -> None:
    mirror = Look(2 * flip_horizontal(8))
    (found,) = without_doubles([mirror, Look(flip_horizontal(8)), Look(3 * PLAIN.matrix)])
    assert found is mirror


@given(st.floats(0, 54), st.floats(0, 27), st.integers(0, 7))
def test_a_place_is_seen_where_the_rectangle_says(x: float, y: float, number: int) -> None:
    look = corner_looks(SIZE)[number]
    left, top, right, bottom = seen_rectangle(look, SIZE)
    if min(abs(x - left), abs(x - right), abs(y - top), abs(y - bottom)) > 1e-6:
        assert look.sees(np.array([[x, y]]), SIZE).tolist() == [left < x < right and top < y < bottom]


def test_the_plain_look_shows_what_the_model_sees_and_a_mirror_its_mirror() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    preprocess = Preprocess(32, "crop")
    plain = preprocess.place(picture)
    assert (shown(preprocess, picture, PLAIN) == plain).all()
    mirror = shown(preprocess, picture, Look(flip_horizontal(32)))
    assert np.abs(mirror[:, ::-1].astype(int) - plain).max() <= 1


def test_light_is_changed_too() -> None:
    picture = np.full((32, 32, 3), 100, np.uint8)
    brighter = shown(Preprocess(32, "crop"), picture, Look(brightness=0.7))
    assert (brighter > 120).all()
    assert (warp_image(picture, PLAIN.matrix, (32, 32)) == 100).all()
