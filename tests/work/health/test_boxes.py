"""Boxes that cannot be right."""

from pathlib import Path

import pytest

from studio.base.targets import Objects, Thing
from studio.work.health.boxes import find_wrong_boxes, wrong_with_box
from tests.work.health.drawn import draw_scene, looked_at, save

Corners = tuple[float, float, float, float]


def thing(corners: Corners) -> Thing:
    return Thing("dog", *corners)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ((10, 10, 10, 40), "no area"),
        ((10, 40, 30, 20), "no area"),
        ((float("nan"), 0, 5, 5), "not a number"),
        ((200, 10, 220, 40), "outside"),
        ((-30, 10, 0, 40), "outside"),
        ((10, 120, 30, 150), "outside"),
        ((-20, 10, 180, 40), "larger"),
        ((0, 0, 80, 200), "larger"),
    ],
)
def test_what_is_wrong_with_a_box(corners: Corners, words: str) -> None:
    assert words in wrong_with_box(thing(corners), (160, 120))


@pytest.mark.parametrize("corners", [(0, 0, 160, 120), (10, 10, 11, 11), (-5, 3, 40, 50), (0, 0, 161, 121)])
def test_boxes_that_may_be_right(corners: Corners) -> None:
    assert wrong_with_box(thing(corners), (160, 120)) == ""


def test_wrong_ones_are_listed_and_those_over_the_edge_noted(tmp_path: Path) -> None:
    save(draw_scene(1), tmp_path / "a.png")
    save(draw_scene(2), tmp_path / "b.png")
    good, flat, over = thing((5, 5, 50, 50)), thing((5, 5, 5, 50)), thing((-9, 5, 50, 50))
    data = looked_at(tmp_path, {"a.png": Objects((good, flat)), "b.png": Objects((over, good))})
    wrong, noted = find_wrong_boxes(data)
    assert (wrong.level, [name for name, _ in wrong.pictures]) == ("warning", ["a.png"])
    assert (noted.level, [name for name, _ in noted.pictures]) == ("info", ["b.png"])
    assert list(find_wrong_boxes(looked_at(tmp_path, {"a.png": Objects((good,)), "b.png": Objects(())}))) == []
