"""Other programs' annotation files as labels: what the real data sets become, and what is told."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import studio.work.table  # noqa: F401  registers the builders
from studio.base.targets import Objects, Points, Tags
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Finding, GivenLabel, Row
from studio.work.build import Surroundings, build

AROUND = Surroundings()


def labeled(root: Path, path: str, around: Surroundings = AROUND, **settings: Any) -> tuple[DataTable, list[Finding]]:
    table = DataTable(root="")
    build(Folder(path=str(root)), table, around)
    return table, build(AnnotationFile(path=path, **settings), table, around)


def counts(table: DataTable) -> tuple[int, int, int]:
    """Rows, labeled rows, things."""
    things = sum(len(row.target.things) for row in table.rows if isinstance(row.target, Objects))
    return len(table.rows), sum(row.target is not None for row in table.rows), things


def levels(findings: list[Finding]) -> list[str]:
    return [finding.level for finding in findings]


def voc(name: str, box: tuple[object, ...] = (1, 2, 9, 9)) -> str:
    corners = "".join(
        f"<{key}>{value}</{key}>" for key, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    )
    thing = f"<object><name>cat</name><bndbox>{corners}</bndbox></object>"
    return f"<annotation><filename>{name}</filename>{thing}</annotation>"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Twelve pictures, ten with a VOC file beside the folder."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "xml").mkdir()
    for number in range(12):
        Image.new("RGB", (32, 16)).save(tmp_path / "pictures" / f"{number}.png")
    for number in range(10):
        (tmp_path / "xml" / f"{number}.xml").write_text(voc(f"{number}.png"))
    return tmp_path / "pictures"


class TestTheDataSets:
    def test_blood_cells_from_voc(self, shared_data: Path) -> None:
        table, findings = labeled(shared_data / "bccd", "BCCD/Annotations")
        assert counts(table) == (364, 364, 4155 + 372 + 361 - 2)
        assert table.classes == ["WBC", "RBC", "Platelets"]
        assert levels(findings) == ["warning"]
        assert "BloodImage_00338.xml, object 13, bndbox: The box of 'RBC' has no area" in findings[0].message
        assert "Boxes without area are left out" in findings[0].hint
        assert {row.labeled_by for row in table.rows} == {"file"}
        assert all(row.by_rule == row.target for row in table.rows)

    @pytest.mark.parametrize(("root", "path"), [("coco_tiny", "train.json"), ("coco_tiny/train", "../train.json")])
    def test_boxes_and_tags_from_coco(self, shared_data: Path, root: str, path: str) -> None:
        table, findings = labeled(shared_data / root, path)
        assert (counts(table), findings) == ((200, 200, 688), [])
        assert table.classes == ["chair", "couch", "tv", "remote", "book", "vase"]
        table, _ = labeled(shared_data / root, path, take="tags")
        several = [row for row in table.rows if isinstance(row.target, Tags) and len(row.target.names) > 1]
        assert len(several) == 40

    @pytest.mark.parametrize(
        ("root", "path"),
        [("coco128_train/images", "../object_detection"), ("coco128_train", "object_detection/labels")],
    )
    def test_boxes_from_yolo(self, shared_data: Path, root: str, path: str) -> None:
        table, findings = labeled(shared_data / root, path)
        assert counts(table)[1:] == (79, 634)
        assert len(table.classes) == 67
        assert all(row.image.startswith(("train2017/", "images/train2017/")) for row in table.rows if row.target)
        assert levels(findings) == ["info", "warning"]

    def test_a_picture_without_a_yolo_file_may_show_nothing(self, shared_data: Path) -> None:
        table, findings = labeled(shared_data / "coco128_train/images", "../object_detection", missing_means="nothing")
        assert counts(table) == (80, 80, 634)
        assert sum(row.target == Objects(()) for row in table.rows) == 1
        assert findings[0] == Finding(
            "info", "1 of 80 pictures have no entry and count as showing none of the things.", "", "missing_means"
        )

    def test_outlines_from_yolo(self, shared_data: Path) -> None:
        table, _ = labeled(shared_data / "coco128_train/images", "../instance_segmentation")
        assert counts(table) == (80, 80, 639)
        assert all(
            thing.outline for row in table.rows if isinstance(row.target, Objects) for thing in row.target.things
        )

    def test_the_mouse_from_deeplabcut(self, shared_data: Path) -> None:
        table, findings = labeled(shared_data / "dlc_openfield", ".", take="points")
        assert counts(table)[:2] == (78, 78)
        assert table.skeleton is not None
        assert table.skeleton.names == ("snout", "leftear", "rightear", "tailbase")
        (finding,) = findings
        assert finding.level == "warning"
        assert finding.message == (
            "38 of 116 entries of CollectedData_Pranav.csv are about pictures that are not here: "
            "labeled-data/m4s1/img0002.png; labeled-data/m4s1/img0005.png; labeled-data/m4s1/img0008.png; and 35 more."
        )
        first = table.rows[0]
        assert first.image.endswith("img0000.png")
        assert isinstance(first.target, Points)
        assert first.target.places[0] is not None
        assert first.target.places[0].x_px == 21.521

    def test_faces_from_dlib(self, shared_data: Path) -> None:
        table, _ = labeled(shared_data / "dlib_faces", "faces/training_with_face_landmarks.xml")
        assert counts(table) == (12, 4, 18)
        assert table.skeleton is None
        table, _ = labeled(shared_data / "dlib_faces", "faces/testing.xml")
        assert counts(table) == (12, 5, 25)

    def test_several_faces_are_no_points(self, shared_data: Path) -> None:
        _, findings = labeled(shared_data / "dlib_faces", "faces/training_with_face_landmarks.xml", take="points")
        assert levels(findings) == ["info", "error"]
        assert "7 things have points there; a picture may have one" in findings[1].message
        assert findings[1].hint.startswith("Take the things with their boxes")

    def test_flags_of_labelme_as_class(self, shared_data: Path) -> None:
        table, _ = labeled(shared_data / "annotations/labelme/classification", "data_annotated", take="class")
        assert {row.image: row.target for row in table.rows} == {
            "data_annotated/0001.jpg": "cat",
            "data_annotated/0002.jpg": "dog",
        }


def test_what_a_file_does_not_have_is_told_with_what_it_has(shared_data: Path) -> None:
    _, findings = labeled(shared_data / "dlc_openfield", ".", take="objects")
    assert findings == [
        Finding(
            "error", "CollectedData_Pranav.csv (DeepLabCut (CSV)) has no boxes.", "It has points: take these.", "take"
        )
    ]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nowhere.json", "does not exist"),
        (".", "No annotation files were found"),
        ("x" * 5000, "cannot be reached"),
        ("a\0b", "does not exist"),
    ],
)
def test_a_path_without_annotations_marks_its_field(shared_data: Path, path: str, words: str) -> None:
    (finding,) = labeled(shared_data / "flowers_128", path)[1]
    assert (finding.level, finding.field) == ("error", "path")
    assert words in finding.message


def test_a_file_about_other_pictures_is_an_error(shared_data: Path) -> None:
    (finding,) = labeled(shared_data / "flowers_128", str(shared_data / "coco_tiny/train.json"))[1]
    assert (finding.level, finding.field) == ("error", "path")
    assert finding.message.startswith(
        "None of the 200 entries of train.json is about a picture that is here: 000000542959.jpg"
    )


def test_pictures_without_an_entry(pictures: Path) -> None:
    table, findings = labeled(pictures, "../xml")
    assert counts(table) == (12, 10, 10)
    assert findings == [Finding("info", "2 of 12 pictures have no entry and are not labeled yet.", "", "missing_means")]
    table, _ = labeled(pictures, "../xml", take="tags", missing_means="nothing")
    assert sum(row.target == Tags(()) for row in table.rows) == 2


def test_a_bad_entry_stops_until_somebody_says_to_go_on(pictures: Path) -> None:
    (pictures.parent / "xml" / "3.xml").write_text(voc("3.png", (9, 2, 1, 9)))
    (pictures.parent / "xml" / "4.xml").write_text("<annotation><object>")
    table, findings = labeled(pictures, "../xml")
    error = findings[-1]
    assert (error.level, error.field) == ("error", "skip_bad")
    assert error.message.startswith(
        "2 rows have problems: 3.xml, object 1, bndbox: The box has a negative width (-8); 4.xml: "
    )
    assert counts(table) == (12, 8, 8)
    table, findings = labeled(pictures, "../xml", skip_bad=True)
    assert counts(table)[0] == 10
    assert [item.image for item in table.left_out] == ["3.png", "4.png"]
    assert "warning" in levels(findings)
    assert "error" not in levels(findings)


def test_a_bad_picture_is_never_taken_as_empty(pictures: Path) -> None:
    (pictures.parent / "xml" / "4.xml").write_text("<annotation><object>")
    for skip_bad in (False, True):
        table, _ = labeled(pictures, "../xml", missing_means="nothing", skip_bad=skip_bad)
        assert [row.image for row in table.rows if row.target == Objects(())] == ["10.png", "11.png"]


def test_an_entry_that_fits_two_pictures_is_told(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (8, 8)).save(tmp_path / folder / "a.png")
        Image.new("RGB", (8, 8)).save(tmp_path / folder / f"{folder}.png")
    (tmp_path / "xml").mkdir()
    for name in ("a", "x"):
        (tmp_path / "xml" / f"{name}.xml").write_text(voc(f"{name}.png"))
    table, findings = labeled(tmp_path, "xml", missing_means="nothing")
    (error,) = (finding for finding in findings if finding.level == "error")
    assert "the entry 'a.png' may be about x/a.png or y/a.png" in error.message
    assert {row.image: row.target is not None for row in table.rows} == {
        "x/a.png": False,
        "x/x.png": True,
        "y/a.png": False,
        "y/y.png": True,
    }


def test_pictures_that_were_resized_or_turned_afterwards_are_told(pictures: Path) -> None:
    content = {
        "images": [{"id": number, "file_name": f"{number}.png", "width": 16, "height": 32} for number in range(12)],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"image_id": number, "category_id": 1, "bbox": [1, 1, 3, 3]} for number in range(12)],
    }
    (pictures / "turned.json").write_text(json.dumps(content))
    (finding,) = labeled(pictures, "turned.json")[1]
    assert "12 of 12 pictures looked at have another size than turned.json says" in finding.message
    assert "0.png: 16 x 32 pixels there, 32 x 16 here" in finding.message
    assert "EXIF" in finding.hint


def test_a_persons_class_wins_over_the_file(pictures: Path) -> None:
    class Given:
        def class_names(self, label_set: str) -> list[str]:
            return ["dog"]

        def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
            return {"0.png": GivenLabel("dog", "Ada", True)}

    around = Surroundings(label_sets=Given())
    table, _ = labeled(pictures, "../xml", around, take="class")
    assert [(row.target, row.by_rule, row.labeled_by) for row in table.rows[:2]] == [
        ("dog", "cat", "Ada"),
        ("cat", "cat", "file"),
    ]
    table, _ = labeled(pictures, "../xml", around)
    assert table.rows[0].labeled_by == "file"  # a class is no correction of boxes


def test_labels_of_an_earlier_reading_are_forgotten(pictures: Path) -> None:
    table, _ = labeled(pictures, "../xml")
    build(AnnotationFile(path="nowhere"), table, AROUND)
    assert all(row.target is None and row.by_rule is None for row in table.rows)
    assert table.classes == []


def test_a_hundred_thousand_pictures_are_quick(tmp_path: Path) -> None:
    count = 100_000
    content = {
        "images": [{"id": number, "file_name": f"{number}.jpg"} for number in range(count)],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"image_id": number, "category_id": 1, "bbox": [1, 1, 3, 3]} for number in range(count)],
    }
    (tmp_path / "all.json").write_text(json.dumps(content))
    table = DataTable(str(tmp_path), [Row(f"pictures/{number}.jpg") for number in range(count)])
    start = time.process_time()
    findings = build(AnnotationFile(path="all.json"), table, AROUND)
    assert findings == []
    assert counts(table) == (count, count, count)
    assert time.process_time() - start < 30
