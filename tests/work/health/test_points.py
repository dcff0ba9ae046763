"""Points outside their picture."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Place, Points, Skeleton
from studio.work.health.points import find_points_outside, is_inside
from tests.work.health.drawn import draw_scene, looked_at, save

SKELETON = Skeleton(("nose", "tail", "paw"))


def points(*places: tuple[float, float] | None) -> Points:
    return Points(tuple(None if place is None else Place(*place) for place in places))


def test_points_inside_on_the_edge_and_absent_are_no_finding(tmp_path: Path) -> None:
    save(draw_scene(1), tmp_path / "a.png")
    data = looked_at(tmp_path, {"a.png": points((0, 0), (160, 120), None)}, skeleton=SKELETON)
    assert list(find_points_outside(data)) == []


@pytest.mark.parametrize("place", [(-3, 5), (5, -3), (163, 5), (5, 123), (float("nan"), 5), (5, float("inf"))])
def test_a_point_outside_is_told_by_its_name(tmp_path: Path, place: tuple[float, float]) -> None:
    save(draw_scene(1), tmp_path / "a.png")
    (found,) = find_points_outside(looked_at(tmp_path, {"a.png": points((5, 5), place, None)}, skeleton=SKELETON))
    assert found.level == "warning"
    assert found.pictures[0][0] == "a.png"
    assert found.pictures[0][1].startswith("'tail' at (")
    assert "160 x 120" in found.message


@given(st.floats(-50, 150), st.floats(-50, 150))
def test_inside_is_what_lies_in_the_rectangle(x_px: float, y_px: float) -> None:
    assert is_inside(x_px, y_px, (100, 80), slack_px=0) == (0 <= x_px <= 100 and 0 <= y_px <= 80)
