"""YOLO text files: boxes, outlines and points in shares; the class list wherever it lies."""

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.base.targets import Place
from studio.formats.annotations import Annotations
from studio.formats.matching import PictureFinder
from studio.formats.reading import read_annotations, what_to_read
from studio.imaging.decode import read_header


def read(path: Path) -> Annotations:
    return read_annotations(what_to_read(path, "yolo"))


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    """A picture of 200 x 100 pixels with a label file still to be written."""
    for folder in ("images/train", "labels/train"):
        (tmp_path / folder).mkdir(parents=True)
    Image.new("RGB", (200, 100)).save(tmp_path / "images/train/a.b.png")
    (tmp_path / "data.yaml").write_text("names: [cat, dog]\n")
    return tmp_path


def label(data_set: Path, *lines: str) -> Path:
    (data_set / "labels/train/a.b.txt").write_text("\n".join(lines), encoding="utf-8")
    return data_set


@pytest.mark.parametrize(
    ("folder", "things", "files"), [("object_detection", 634, 79), ("instance_segmentation", 639, 80)]
)
def test_the_pictures_of_coco128(shared_data: Path, folder: str, things: int, files: int) -> None:
    pictures = shared_data / "coco128_train" / "images"
    images = [path.relative_to(pictures).as_posix() for path in pictures.rglob("*.jpg")]
    found = what_to_read(shared_data / "coco128_train" / folder)
    finder = PictureFinder(images, root=str(pictures), beside=str(found.base))

    def size_of(entry: str) -> tuple[int, int]:
        header = read_header(pictures / str(finder.find(entry)))
        return header.width_px, header.height_px

    annotations = read_annotations(found, size_of=size_of)
    assert (len(annotations.entries), annotations.problems) == (files, ())
    counts = Counter(thing.class_name for entry in annotations.entries.values() for thing in entry.things)
    assert (sum(counts.values()), len(counts)) == (things, 67)
    assert annotations.classes[:3] == ("person", "bicycle", "car")
    assert len(annotations.classes) == 80
    has_outline = {bool(thing.outline) for entry in annotations.entries.values() for thing in entry.things}
    assert has_outline == {folder == "instance_segmentation"}


def test_the_two_readings_of_coco128_agree(shared_data: Path) -> None:
    """The outlines' boxes lie on the boxes of the other folder, whose class numbers differ."""

    def boxes(folder: str) -> dict[str, list[tuple[str, float, float, float, float]]]:
        read = read_annotations(what_to_read(shared_data / "coco128_train" / folder), size_of=lambda entry: (640, 480))
        return {
            key: [(one.class_name, one.left_px, one.top_px, one.right_px, one.bottom_px) for one in entry.things]
            for key, entry in read.entries.items()
        }

    plain, outlined = boxes("object_detection"), boxes("instance_segmentation")
    near = [
        any(
            one[0] == other[0] and all(abs(a - b) < 12 for a, b in zip(one[1:], other[1:], strict=True))
            for other in outlined[key]
        )
        for key, things in plain.items()
        for one in things
    ]
    assert sum(near) > 0.85 * len(near)


def test_the_export_of_another_tool(shared_data: Path) -> None:
    found = read(shared_data / "annotations/label_studio_converter/tests/data/test_import_yolo_data")
    assert found.classes == ("closed_door", "opened_door", "bus", "number")
    assert sum(len(entry.things) for entry in found.entries.values()) == 13
    missing = {problem.picture for problem in found.problems}
    assert missing == {"images/img_2", "images/img_3", "images/img_4"}


def test_a_box(data_set: Path) -> None:
    found = read(label(data_set, "1 0.5 0.5 0.2 0.4", "0 0.5 0.5 1 1 0.93"))
    assert list(found.entries) == ["images/train/a.b"]
    one, other = found.entries["images/train/a.b"].things
    assert (one.class_name, one.left_px, one.right_px) == ("dog", pytest.approx(80), pytest.approx(120))
    assert (one.top_px, one.bottom_px) == (pytest.approx(30), pytest.approx(70))
    assert (other.class_name, other.right_px) == ("cat", 200)


def test_an_outline(data_set: Path) -> None:
    (thing,) = read(label(data_set, "0 0.1 0.1 0.5 0.1 0.5 0.9")).entries["images/train/a.b"].things
    assert thing.outline == ((20, 10, 100, 10, 100, 90),)
    assert (thing.left_px, thing.top_px, thing.right_px, thing.bottom_px) == (20, 10, 100, 90)


@pytest.mark.parametrize(
    ("shape", "points", "places"),
    [
        ("[2, 3]", "0.1 0.2 2 0.3 0.4 1", (Place(20, 20), Place(60, 40, is_hidden=True))),
        ("[2, 3]", "0.1 0.2 2 0 0 0", (Place(20, 20), None)),
        ("[2, 2]", "0.1 0.2 0 0", (Place(20, 20), None)),
    ],
)
def test_points(data_set: Path, shape: str, points: str, places: tuple[Place | None, ...]) -> None:
    (data_set / "data.yaml").write_text(f"kpt_shape: {shape}\nflip_idx: [1, 0]\nnames:\n  0: cat\n")
    found = read(label(data_set, f"0 0.5 0.5 0.2 0.4 {points}"))
    (record,) = found.entries["images/train/a.b"].points
    assert [
        (place and (pytest.approx(place.x_px), pytest.approx(place.y_px), place.is_hidden)) for place in record.places
    ] == [place and (place.x_px, place.y_px, place.is_hidden) for place in places]
    assert found.skeleton is not None
    assert (found.skeleton.names, found.skeleton.partners) == (("1", "2"), ((0, 1),))


def test_an_empty_file_says_that_nothing_is_there(data_set: Path) -> None:
    found = read(label(data_set, ""))
    assert found.entries["images/train/a.b"].things == ()
    assert found.problems == ()


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("0 0.5 0.5 0.2", "", "3 numbers follow the class"),
        ("0 0.5 0.5 0.2 0.4 1 1 1", "", "7 numbers follow the class"),
        ("7 0.5 0.5 0.2 0.4", "class", "number 7 is not in data.yaml"),
        ("-1 0.5 0.5 0.2 0.4", "class", "number is -1"),
        ("0.5 0.5 0.5 0.2 0.4", "class", "whole number"),
        ("cat 0.5 0.5 0.2 0.4", "class", "'cat'"),
        ("0 0.5 nan 0.2 0.4", "number 3", "where a number belongs"),
        ("0 320 240 64 48", "", "320 is written where a share of the picture belongs"),
        ("0 0.5 0.5 -0.2 0.4", "box", "negative width"),
    ],
)
def test_what_is_wrong_names_file_and_line(data_set: Path, line: str, field: str, words: str) -> None:
    found = read(label(data_set, "0 0.5 0.5 0.2 0.4", "", line))
    (problem,) = found.problems
    assert (problem.file, problem.place, problem.field) == ("labels/train/a.b.txt", "line 3", field)
    assert words in problem.message
    assert problem.picture == "images/train/a.b"


def test_a_box_outside_is_told(data_set: Path) -> None:
    (problem,) = read(label(data_set, "0 0.9 0.5 0.4 0.4")).problems
    assert problem.is_used
    assert "outside the picture, which is 200 x 100 pixels" in problem.message


@pytest.mark.parametrize("name", ["classes.txt", "obj.names"])
def test_class_names_one_a_line(data_set: Path, name: str) -> None:
    (data_set / "data.yaml").unlink()
    (data_set / name).write_text("tiger\nwolf\n")
    (thing,) = read(label(data_set, "1 0.5 0.5 0.2 0.4")).entries["images/train/a.b"].things
    assert thing.class_name == "wolf"


def test_without_a_class_list_numbers_are_names_and_it_is_told(data_set: Path) -> None:
    (data_set / "data.yaml").unlink()
    found = read(label(data_set, "1 0.5 0.5 0.2 0.4"))
    assert found.classes == ("1",)
    (problem,) = found.problems
    assert problem.is_used
    assert "no list of class names" in problem.message


def test_the_folder_of_labels_alone_finds_pictures_and_classes(data_set: Path) -> None:
    label(data_set, "1 0.5 0.5 0.2 0.4")
    found = read(data_set / "labels" / "train")
    assert list(found.entries) == ["../../images/train/a.b"]
    assert found.entries["../../images/train/a.b"].things[0].class_name == "dog"


def test_texts_beside_the_pictures(data_set: Path, tmp_path: Path) -> None:
    folder = tmp_path / "images" / "train"
    (folder / "a.b.txt").write_text("0 0.5 0.5 0.2 0.4")
    (folder / "classes.txt").write_text("cat\n")
    (folder / "train.txt").write_text("images/train/a.b.png\n")
    found = read(folder)
    assert list(found.entries) == ["a.b"]
    assert found.problems == ()


@pytest.mark.parametrize(
    "content", ["names: [cat, dog", "names: {0 cat}", "names: 5\n", "kpt_shape: [0, 3]\nnames: [a]"]
)
def test_a_broken_class_list_is_refused_in_words(data_set: Path, content: str) -> None:
    (data_set / "data.yaml").write_text(content)
    with pytest.raises(UserError, match=r"data\.yaml"):
        read(label(data_set, "1 0.5 0.5 0.2 0.4") / "labels/train/a.b.txt")
