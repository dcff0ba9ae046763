"""Points from pairs of columns."""

import csv
from pathlib import Path

import pytest

from studio.base.targets import Place, Points
from studio.blocks.labels.point_columns import PointColumns
from studio.work.labelers.point_pairs import PointPlaces, pairs_in


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (("file", "nose_x", "nose_y", "tail_x", "tail_y"), ["nose", "tail"]),
        (("nose.x", "tail.x", "nose.y", "tail.y"), ["nose", "tail"]),
        (("x0", "y0", "x1", "y1", "x10", "y10"), ["0", "1", "10"]),
        (("x_left eye", "y_left eye"), ["left eye"]),
        (("noseX", "noseY"), ["nose"]),
        (("x", "y", "z"), ["point"]),
        (("box", "boy2", "index", "age_y"), []),
    ],
)
def test_pairs_in_names(columns: tuple[str, ...], names: list[str]) -> None:
    found = pairs_in(columns)
    assert [point.name for point in found] == names
    for point in found:
        assert "x" in columns[point.x].lower()
        assert "y" in columns[point.y].lower()


def test_columns_of_visibility() -> None:
    found = pairs_in(("nose_x", "nose_y", "nose_visible", "tail_x", "tail_y", "tail_v", "ear_x", "ear_y", "v0"))
    assert found == [PointPlaces("nose", 0, 1, 2), PointPlaces("tail", 3, 4, 5), PointPlaces("ear", 6, 7)]


def test_a_mouse_in_a_flat_table(label_folder, shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "dlc_openfield" / "openfield-Pranav-2018-10-30" / "labeled-data" / "m4s1"
    with open(folder / "CollectedData_Pranav.csv", newline="") as file:
        lines = list(csv.reader(file))
    flat = [["image", *(f"{part}_{axis}" for part, axis in zip(lines[1][1:], lines[2][1:], strict=True))], *lines[3:]]
    with open(tmp_path / "points.csv", "w", newline="") as file:
        csv.writer(file).writerows(flat)
    rows, findings = label_folder(folder, PointColumns(table=str(tmp_path / "points.csv")))
    assert rows.skeleton is not None
    assert rows.skeleton.names == ("snout", "leftear", "rightear", "tailbase")
    assert rows.skeleton.partners == ((1, 2),)
    assert [finding.level for finding in findings] == ["warning", "info"]
    assert "38 rows of points.csv name no picture here" in findings[0].message
    first = rows.rows[0]
    assert first.image == "img0000.png"
    assert isinstance(first.target, Points)
    assert first.target.places[0] == Place(21.521, 265.428)
    assert first.target.places[3] == Place(87.11, 152.69799999999998)
    assert all(row.target is not None for row in rows.rows)


TEXT = "file,nose_x,nose_y,tail_x,tail_y,tail_v\na.png,1,2,,,\nb.png,3.5,-4,9,8,0\nc.png,,,,,\n"
IMAGES = ("a.png", "b.png", "c.png")


def test_empty_cells_are_absent_points(label_csv) -> None:
    rows, _ = label_csv(TEXT, PointColumns, IMAGES)
    assert [row.target for row in rows.rows] == [
        Points((Place(1, 2), None)),
        Points((Place(3.5, -4), Place(9, 8, is_hidden=True))),
        None,
    ]


def test_visibility_as_coco_has_it(label_csv) -> None:
    for value, place in (("0", None), ("1", Place(9, 8, is_hidden=True)), ("2", Place(9, 8))):
        rows, _ = label_csv(TEXT.replace("8,0", f"8,{value}"), PointColumns, IMAGES, visibility="coco")
        assert rows.rows[1].target == Points((Place(3.5, -4), place))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1,2,,,", "1,2,7,,", "line 2, column 'tail_y': is empty"),
        ("3.5", "far", "line 3, column 'nose_x': 'far' is not a number"),
        ("8,0", "8,maybe", "line 3, column 'tail_v': 'maybe'"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(label_csv, old: str, new: str, words: str) -> None:
    _, findings = label_csv(TEXT.replace(old, new), PointColumns, IMAGES)
    wrong = [finding for finding in findings if finding.level == "error"]
    assert len(wrong) == 1
    assert words in wrong[0].message


def test_points_as_somebody_names_them(label_csv) -> None:
    rows, findings = label_csv(TEXT, PointColumns, IMAGES, points=("tip = tail_x, tail_y", "nose"))
    assert rows.skeleton is not None
    assert rows.skeleton.names == ("tip", "nose")
    assert rows.rows[1].target == Points((Place(9, 8), Place(3.5, -4)))
    assert findings == []


@pytest.mark.parametrize(
    ("points", "words"),
    [(("tip = tail_x",), "is no point"), (("tip = tail_x, tale_y",), "no column 'tale_y'"), (("ear",), "nose, tail")],
)
def test_points_that_are_not_there(label_csv, points: tuple[str, ...], words: str) -> None:
    _, findings = label_csv(TEXT, PointColumns, IMAGES, points=points)
    assert [(finding.level, finding.field) for finding in findings] == [("error", "points")]
    assert words in findings[0].message


def test_two_points_of_one_name(label_csv) -> None:
    _, findings = label_csv(TEXT, PointColumns, IMAGES, points=("nose", "nose = tail_x, tail_y"))
    assert [(finding.level, finding.field) for finding in findings] == [("error", "points")]
