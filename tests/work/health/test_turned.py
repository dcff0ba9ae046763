"""Labels made on the picture as it is stored."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.targets import MaskFile, Objects, Place, Points, Skeleton, Target, Thing
from studio.work.health.boxes import find_wrong_boxes
from studio.work.health.masks import find_wrong_masks
from studio.work.health.points import find_points_outside
from studio.work.health.turned import find_turned_labels
from tests.work.health.drawn import draw_scene, looked_at, save

# In the file the pictures are 160 wide and 120 high; with orientation 6 they are seen 120 wide and 160 high.
STORED: dict[str, Target] = {
    "points": Points((Place(150, 20), Place(10, 10))),
    "boxes": Objects((Thing("dog", 100, 10, 155, 100),)),
    "mask": MaskFile("stored.png"),
}
SEEN: dict[str, Target] = {
    "points": Points((Place(20, 150), Place(10, 10))),
    "boxes": Objects((Thing("dog", 10, 100, 100, 155),)),
    "mask": MaskFile("seen.png"),
}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for name, orientation in (("upright.jpg", 1), ("turned.jpg", 6)):
        exif = Image.Exif()
        exif[274] = orientation
        save(draw_scene(4), tmp_path / name, exif=exif)
    save(Image.fromarray(np.zeros((120, 160), np.uint8)), tmp_path / "stored.png")
    save(Image.fromarray(np.zeros((160, 120), np.uint8)), tmp_path / "seen.png")
    return tmp_path


def look(folder: Path, target: Target, name: str = "turned.jpg"):
    return looked_at(folder, {name: target}, classes=("dog",), skeleton=Skeleton(("a", "b")))


@pytest.mark.parametrize("kind", STORED)
def test_labels_that_fit_only_the_stored_picture_are_told_once(pictures: Path, kind: str) -> None:
    data = look(pictures, STORED[kind])
    (found,) = find_turned_labels(data)
    assert (found.level, [name for name, _ in found.pictures]) == ("warning", ["turned.jpg"])
    assert "120 x 160" in found.pictures[0][1]
    for other in (find_wrong_boxes, find_wrong_masks, find_points_outside):
        assert list(other(data)) == []


@pytest.mark.parametrize("kind", SEEN)
def test_labels_that_fit_what_is_seen_are_only_noted(pictures: Path, kind: str) -> None:
    (found,) = find_turned_labels(look(pictures, SEEN[kind]))
    assert found.level == "info"
    assert "orientation 6" in found.pictures[0][1]


def test_without_a_rotation_the_same_labels_are_wrong_in_another_way(pictures: Path) -> None:
    data = look(pictures, SEEN["points"], "upright.jpg")
    assert list(find_turned_labels(data)) == []
    assert len(list(find_points_outside(data))) == 1
