"""labelme's JSON: every shape, flags, groups, and what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from studio.base.targets import Place, Points, Thing
from studio.formats.annotations import Annotations
from studio.formats.reading import read_annotations, what_to_read


def read(path: Path) -> Annotations:
    return read_annotations(what_to_read(path, "labelme"))


def shape(kind: str, *corners: Any, **fields: Any) -> dict[str, Any]:
    return {"label": "cat", "points": list(corners), "shape_type": kind} | fields


def written(folder: Path, *shapes: Any, **changes: Any) -> Path:
    content = {"flags": {}, "shapes": shapes, "imagePath": "a.jpg", "imageHeight": 50, "imageWidth": 100} | changes
    path = folder / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_every_kind_of_shape(shared_data: Path) -> None:
    found = read(shared_data / "annotations/labelme/primitives")
    assert found.problems == ()
    entry = found.entries["primitives.jpg"]
    boxes = {
        (one.class_name, one.left_px, one.top_px, one.right_px, one.bottom_px, len(one.outline)) for one in entry.things
    }
    assert ("rectangle", 32, 35, 132, 135, 0) in boxes
    assert ("rectangle", 391, 33, 542, 135, 0) in boxes
    assert ("line", 160, 178, 188, 224, 0) in boxes
    assert len(entry.things) == 7
    (octagon,) = (one for one in entry.things if one.class_name == "octagon")
    assert (octagon.left_px, octagon.top_px) == (pytest.approx(417.4, abs=1), pytest.approx(305, abs=1))
    assert (octagon.right_px, octagon.bottom_px) == (pytest.approx(517.4, abs=1), pytest.approx(405, abs=1))
    assert found.skeleton is not None
    assert found.skeleton.names == ("point",)
    assert entry.points == (Points((Place(345, 174),)),)


@pytest.mark.parametrize(
    ("folder", "pictures", "things"),
    [
        ("bbox_detection/data_annotated", 3, 9),
        ("instance_segmentation/data_annotated", 3, 12),
        ("semantic_segmentation/data_annotated", 3, 16),
        ("video_annotation/data_annotated", 5, 15),
        ("tutorial", 1, 4),
    ],
)
def test_the_examples_of_the_tool_itself(shared_data: Path, folder: str, pictures: int, things: int) -> None:
    found = read_annotations(what_to_read(shared_data / "annotations/labelme" / folder))
    assert (found.format, len(found.entries), found.problems) == ("labelme", pictures, ())
    assert sum(len(entry.things) for entry in found.entries.values()) == things
    assert "__ignore__" not in found.classes


def test_flags_are_what_is_said_of_the_picture(shared_data: Path) -> None:
    found = read(shared_data / "annotations/labelme/classification/data_annotated")
    assert {name: entry.flags for name, entry in found.entries.items()} == {"0001.jpg": ("cat",), "0002.jpg": ("dog",)}


def test_a_file_that_names_itself_belongs_to_the_picture_of_its_name(shared_data: Path) -> None:
    assert list(read(shared_data / "annotations/labelme/tutorial").entries) == ["apc2016_obj3"]


def test_polygons_of_a_group_are_one_thing(tmp_path: Path) -> None:
    first = shape("polygon", [0, 0], [10, 0], [10, 10], group_id=1)
    second = shape("polygon", [20, 20], [30, 20], [30, 30], group_id=1)
    alone = shape("polygon", [1, 1], [2, 1], [2, 2])
    one, other = read(written(tmp_path, first, second, alone)).entries["a.jpg"].things
    assert one == Thing("cat", 0, 0, 30, 30, ((0, 0, 10, 0, 10, 10), (20, 20, 30, 20, 30, 30)))
    assert other.right_px == 2


def test_points_go_together_by_group(tmp_path: Path) -> None:
    found = read(
        written(
            tmp_path,
            shape("point", [1, 2], label="left eye", group_id=1),
            shape("point", [3, 4], label="right eye", group_id=1),
            shape("point", [5, 6], label="right eye", group_id=2),
        )
    )
    assert found.skeleton is not None
    assert (found.skeleton.names, found.skeleton.partners) == (("left eye", "right eye"), ((0, 1),))
    assert found.entries["a.jpg"].points == (Points((Place(1, 2), Place(3, 4))), Points((None, Place(5, 6))))


def test_a_circle(tmp_path: Path) -> None:
    (thing,) = read(written(tmp_path, shape("circle", [40, 20], [43, 24]))).entries["a.jpg"].things
    assert (thing.left_px, thing.top_px, thing.right_px, thing.bottom_px) == (35, 15, 45, 25)
    (ring,) = thing.outline
    assert len(ring) == 128


def test_paths_of_windows(tmp_path: Path) -> None:
    assert list(read(written(tmp_path, imagePath="..\\pictures\\a.jpg")).entries) == ["../pictures/a.jpg"]


@pytest.mark.parametrize(
    ("bad", "field", "words"),
    [
        (shape("polygon", [0, 0], [1, 1]), "points", "three at least"),
        (shape("rectangle", [0, 0]), "points", "A rectangle has 2 points, not 1"),
        (shape("polygon"), "points", "no points"),
        (shape("star", [0, 0]), "shape_type", "'star'"),
        (shape("polygon", [0, 0], [1, "x"], [2, 2]), "points", "'x'"),
        (shape("polygon", [0, 0], [1], [2, 2]), "points", "1 numbers where 2 belong"),
        (shape("polygon", [0, 0], [1, float("nan")], [2, 2]), "points", "where a number belongs"),
        (shape("rectangle", [0, 0], [1, 1], label=""), "label", "Nothing is written"),
        (shape("rectangle", [0, 0], [1, 1], label="a\nb"), "label", "cannot be shown"),
        (shape("mask", [0, 0], [1, 1], mask="%%%"), "mask", "base64"),
        (shape("mask", [0, 0], [1, 1], mask="aGFsbG8="), "mask", "not a picture"),
        (shape("mask", [0, 0], [1, 1]), "mask", "Nothing is written"),
        ("a shape", "", "where a shape belongs"),
    ],
)
def test_what_is_wrong_names_shape_and_field(tmp_path: Path, bad: Any, field: str, words: str) -> None:
    good = shape("rectangle", [5, 5], [1, 1])
    found = read(written(tmp_path, good, bad))
    (problem,) = found.problems
    assert (problem.file, problem.place, problem.field, problem.picture) == ("a.json", "shape 2", field, "a.jpg")
    assert words in problem.message
    assert found.entries["a.jpg"].things == (Thing("cat", 1, 1, 5, 5),)


def test_a_second_point_of_a_name_is_told(tmp_path: Path) -> None:
    (problem,) = read(written(tmp_path, shape("point", [1, 2]), shape("point", [3, 4]))).problems
    assert "second point 'cat'" in problem.message


def test_a_point_outside_is_told(tmp_path: Path) -> None:
    (problem,) = read(written(tmp_path, shape("point", [1, 52]))).problems
    assert problem.is_used
    assert problem.message == "The point (1, 52) is outside the picture, which is 100 x 50 pixels."
