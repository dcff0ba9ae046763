"""Properties of the matrices that move places in a picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base import geometry as g

sides = st.integers(8, 400)
sizes = st.tuples(sides, sides)
shares = st.floats(0, 1)
stretches = st.floats(-0.4, 0.4)


@st.composite
def matrices(draw: st.DrawFn) -> g.Matrix:
    size = draw(sizes)
    centre = (size[0] / 2, size[1] / 2)
    return g.compose(
        g.symmetric_warp(
            size, top=draw(stretches), bottom=draw(stretches), left=draw(stretches), right=draw(stretches)
        ),
        g.rotate(draw(st.floats(-180, 180)), about=centre),
        g.zoom(draw(st.floats(0.5, 2)), size, focus=(draw(shares), draw(shares))),
        g.dihedral(draw(st.integers(0, 7)), size),
    )


@given(matrices(), st.lists(st.tuples(st.floats(0, 8), st.floats(0, 8)), min_size=1, max_size=5))
def test_invert_brings_points_back(matrix: g.Matrix, points: list[tuple[float, float]]) -> None:
    there = g.apply_to_points(matrix, points)
    np.testing.assert_allclose(g.apply_to_points(g.invert(matrix), there), points, atol=1e-6)


@given(matrices(), matrices(), st.tuples(st.floats(2, 6), st.floats(2, 6)))
def test_compose_is_one_after_another(first: g.Matrix, second: g.Matrix, point: tuple[float, float]) -> None:
    step = g.apply_to_points(second, g.apply_to_points(first, [point]))
    if np.abs(step).max() < 1e6:  # beyond that the point lies near a horizon, where digits are lost
        np.testing.assert_allclose(g.apply_to_points(g.compose(first, second), [point]), step, rtol=1e-6, atol=1e-6)


@given(sides)
def test_dihedral_is_a_group_of_eight(side: int) -> None:
    group = [g.dihedral(k, (side, side)) for k in range(g.DIHEDRAL_COUNT)]
    assert len({matrix.tobytes() for matrix in (m + 0.0 for m in group)}) == 8
    for first in group:
        assert any(np.array_equal(g.compose(first, other), np.eye(3)) for other in group)
        for second in group:
            both = g.compose(first, second)
            assert any(np.array_equal(both, member) for member in group)


@given(sizes, st.integers(0, 7))
def test_dihedral_fills_its_size(size: tuple[int, int], k: int) -> None:
    moved = g.apply_to_points(g.dihedral(k, size), g.corners(size))
    assert {tuple(p) for p in moved} == {tuple(p) for p in g.corners(g.dihedral_size(k, size))}


def test_dihedral_refuses_a_ninth() -> None:
    with pytest.raises(ValueError, match="0 to 7"):
        g.dihedral(8, (4, 4))


@given(sizes, st.floats(-180, 180))
def test_rotation_is_rigid_on_rectangles(size: tuple[int, int], degrees: float) -> None:
    corners = g.corners(size)
    turned = g.apply_to_points(g.rotate(degrees, about=(size[0] / 3, size[1] / 4)), corners)
    np.testing.assert_allclose(
        np.linalg.norm(turned[:, None] - turned, axis=-1), np.linalg.norm(corners[:, None] - corners, axis=-1)
    )


def test_a_positive_rotation_is_clockwise_on_the_screen() -> None:
    right_of_centre = g.apply_to_points(g.rotate(90, about=(10, 10)), [[15, 10]])
    np.testing.assert_allclose(right_of_centre, [[10, 15]], atol=1e-12)  # y is down: now below the centre


@given(sizes, st.floats(0.3, 3), shares, shares)
def test_zoom_holds_its_focus(size: tuple[int, int], factor: float, x: float, y: float) -> None:
    focus = (x * size[0], y * size[1])
    matrix = g.zoom(factor, size, focus=(x, y))
    np.testing.assert_allclose(g.apply_to_points(matrix, [focus]), [focus], atol=1e-9)
    np.testing.assert_allclose(np.diag(matrix), [factor, factor, 1])


@given(sizes, stretches, stretches, stretches, stretches)
def test_symmetric_warp_is_fastais(size: tuple[int, int], m1: float, m2: float, m3: float, m4: float) -> None:
    """The corners of the target show these places of the source, in units of half a side around the centre."""
    matrix = g.symmetric_warp(size, right=m1, left=m2, bottom=m3, top=m4)
    seen = g.apply_to_points(g.invert(matrix), [[0, 0], [0, size[1]], [size[0], 0], [size[0], size[1]]])
    expected = [(-1 - m4, -1 - m2), (-1 - m3, 1 + m2), (1 + m4, -1 - m1), (1 + m3, 1 + m1)]
    np.testing.assert_allclose(2 * seen / np.array(size) - 1, expected, atol=1e-9)


@given(sizes, st.lists(st.floats(-0.2, 0.2), min_size=8, max_size=8))
def test_corner_warp_moves_the_corners(size: tuple[int, int], parts: list[float]) -> None:
    displacements = np.array(parts).reshape(4, 2) * min(size)
    moved = g.apply_to_points(g.corner_warp(size, displacements), g.corners(size))
    np.testing.assert_allclose(moved, g.corners(size) + displacements, atol=1e-6)


def test_no_perspective_through_three_places_on_a_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        g.homography_between([[0, 0], [1, 0], [2, 0], [0, 1]], g.corners((4, 4)))


@given(sizes, sizes, shares, shares)
def test_fit_covers_or_stays_within_the_target(
    source: tuple[int, int], target: tuple[int, int], x: float, y: float
) -> None:
    squished = g.apply_to_points(g.fit(source, target, "squish"), g.corners(source))
    np.testing.assert_allclose(squished, g.corners(target), atol=1e-9)
    for method in ("crop", "pad"):
        matrix = g.fit(source, target, method, anchor=(x, y))  # type: ignore[arg-type]
        assert matrix[0, 0] == matrix[1, 1]
        low, high = g.apply_to_points(matrix, g.corners(source))[[0, 2]]
        over = np.array([*(-low), *(high - target)]) * (1 if method == "crop" else -1)
        assert (over > -1e-9).all()
        # The excess or room before the picture is the anchor's share of all of it.
        np.testing.assert_allclose(low, np.array([x, y]) * (np.array(target) - (high - low)), atol=1e-9)


@given(sizes)
def test_fit_to_the_same_size_changes_nothing(size: tuple[int, int]) -> None:
    for method in ("squish", "crop", "pad"):
        assert np.array_equal(g.fit(size, size, method), np.eye(3))  # type: ignore[arg-type]
