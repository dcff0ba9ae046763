"""A table of labels beside its pictures: which line is about which picture, and what is told when it is not clear."""

from pathlib import Path

import pytest

from studio.base.targets import Tags
from studio.blocks.labels.flag_columns import FlagColumns
from studio.blocks.labels.number_columns import NumberColumns
from studio.blocks.labels.table_column import TableColumn
from studio.blocks.table import DataTable, Row
from studio.work.build import Surroundings, build


def targets(table: DataTable) -> list[object]:
    return [row.target for row in table.rows]


def errors(findings) -> list[tuple[str, str]]:
    return [(finding.field, finding.message) for finding in findings if finding.level == "error"]


@pytest.mark.parametrize("root", ["", "train"])
def test_mnist_by_its_table(label_folder, shared_data: Path, root: str) -> None:
    folder = shared_data / "mnist_tiny"
    rows, findings = label_folder(folder / root, TableColumn(table=str(folder / "labels.csv")))
    assert rows.classes == ["3", "7"]
    labeled = [row for row in rows.rows if row.target is not None]
    assert len(labeled) == (709 if root else 1408)
    assert all(row.target == row.image.split("/")[-2] and row.labeled_by == "table" for row in labeled)
    assert errors(findings) == []


@pytest.mark.parametrize(
    ("cells", "way"),
    [
        (("x/a.png", "y/b.png"), "path"),
        (("x\\a.png", "./y/../y/b.png"), "path"),
        (("a.png", "elsewhere/b.png"), "name"),
        (("a", "b"), "stem"),
    ],
)
def test_ways_to_name_a_picture(label_csv, cells: tuple[str, str], way: str) -> None:
    text = f"class,file\ncat,{cells[0]}\ndog,{cells[1]}\n"
    for match_by in ("auto", way):
        rows, _ = label_csv(text, TableColumn, ("x/a.png", "y/b.png"), column="class", match_by=match_by)
        assert targets(rows) == ["cat", "dog"]


def test_absolute_paths_are_seen_from_the_source(label_csv, tmp_path: Path) -> None:
    text = f"file,label\n{tmp_path / 'x' / 'a.png'},cat\n{tmp_path}/x/../b.png,dog\n"
    rows, _ = label_csv(text, TableColumn, ("x/a.png", "b.png"), match_by="path")
    assert targets(rows) == ["cat", "dog"]


def test_numbers_in_names(label_csv) -> None:
    images = ("img_007.png", "img_12_v2.png")
    rows, _ = label_csv("no;label\n7;cat\n2;dog\n", TableColumn, images, match_by="number", picture_column="no")
    assert targets(rows) == ["cat", "dog"]


def test_the_column_of_classes_is_not_taken_for_names(label_csv) -> None:
    images = tuple(f"{name}.png" for name in ("3", "7", "q", "r"))
    rows, _ = label_csv("file,label\nq.png,3\nr.png,7\n3.png,3\n7.png,7\n", TableColumn, images)
    assert targets(rows) == ["3", "7", "3", "7"]


def test_lines_without_a_picture_are_told(label_csv) -> None:
    rows, findings = label_csv("file,label\na.png,cat\nzzz.png,dog\nb.png,dog\n", TableColumn)
    assert targets(rows) == ["cat", "dog"]
    assert "1 row of labels.csv name no picture here: line 3, 'zzz.png'" in findings[0].message
    assert findings[0].level == "warning"


def test_no_line_fits(label_csv) -> None:
    rows, findings = label_csv("file,label\nq.jpg,cat\n", TableColumn, picture_column="file")
    assert targets(rows) == [None, None]
    assert [(finding.level, finding.field) for finding in findings] == [("error", "picture_column")]
    assert "'q.jpg'" in findings[0].message


def test_a_name_of_two_pictures(label_csv) -> None:
    text = "file,label\na.png,cat\nc.png,dog\n"
    images = ("x/a.png", "y/a.png", "c.png")
    rows, findings = label_csv(text, TableColumn, images)
    assert errors(findings)[0][0] == "match_by"
    assert "x/a.png or y/a.png" in findings[0].message
    rows, findings = label_csv(text, TableColumn, images, skip_bad=True)
    assert targets(rows) == [None, None, "dog"]
    assert findings[0].level == "warning"


def test_two_lines_about_one_picture(label_csv) -> None:
    text = "file,label,note\na.png,cat,x\nb.png,dog,x\na.png,cow,x\nb.png,dog,y\n"
    rows, findings = label_csv(text, TableColumn)
    assert targets(rows) == [None, "dog"]
    assert "lines 2 and 4" in errors(findings)[0][1]
    rows, findings = label_csv(text, TableColumn, ("a.png", "b.png", "c.png"), skip_bad=True)
    assert [row.image for row in rows.rows] == ["b.png", "c.png"]
    assert [item.image for item in rows.left_out] == ["a.png"]
    assert "lines 2 and 4" in rows.left_out[0].reason


def test_a_missing_column_proposes_the_nearest(label_csv) -> None:
    _, findings = label_csv("file,label\na.png,cat\n", TableColumn, column="lable")
    assert errors(findings)[0][0] == "column"
    assert "'lable'" in findings[0].message
    assert "'label'" in findings[0].hint


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "empty"), ("file,label\n", "no rows"), (None, "labels.csv")],
    ids=["empty", "header", "missing"],
)
def test_a_table_that_cannot_be_read(tmp_path: Path, text: str | None, word: str) -> None:
    if text is not None:
        (tmp_path / "labels.csv").write_text(text)
    rows = DataTable(root=str(tmp_path), rows=[Row("a.png")])
    findings = build(TableColumn(table="labels.csv"), rows, Surroundings())
    assert [(finding.level, finding.field) for finding in findings] == [("error", "table")]
    assert word in findings[0].message


def test_broken_lines(label_csv) -> None:
    text = "file,label\na.png,cat\nb.png,dog,extra,cells\nc.png,dog\n"
    images = ("a.png", "b.png", "c.png")
    rows, findings = label_csv(text, TableColumn, images, header="yes", delimiter="comma")
    assert "line 3" in errors(findings)[0][1]
    rows, findings = label_csv(text, TableColumn, images, header="yes", delimiter="comma", skip_bad=True)
    assert targets(rows) == ["cat", None, "dog"]
    assert errors(findings) == []


def test_the_settings_of_the_file_count(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_bytes("file;klasse\na.png;M\u00f6we\nb.png;Spatz\n".encode("cp1252"))
    rows = DataTable(root=str(tmp_path), rows=[Row("a.png"), Row("b.png")])
    block = TableColumn(table="labels.txt", column="klasse", delimiter="semicolon", encoding="cp1252", header="yes")
    build(block, rows, Surroundings())
    assert targets(rows) == ["M\u00f6we", "Spatz"]


# --- the table that the pictures came from ----------------------------------------------------------------------------


def own(*cells: tuple[str, ...], columns: tuple[str, ...] = ("file", "label")) -> DataTable:
    rows = [Row(f"{row[0]}.png", cells=row, line=number + 2) for number, row in enumerate(cells)]
    return DataTable(root="/photos", rows=rows, columns=columns, file="/photos/train.csv")


def test_the_sources_own_table() -> None:
    rows = own(("a", "cat"), ("b", " dog "), ("c", ""))
    build(TableColumn(), rows, Surroundings())
    assert targets(rows) == ["cat", "dog", None]


def test_problems_name_the_sources_file_line_and_column() -> None:
    rows = own(("a", "1.5"), ("b", "many"))
    findings = build(NumberColumns(columns=("label",)), rows, Surroundings())
    assert "train.csv, line 3, column 'label': 'many' is not a number" in errors(findings)[0][1]


def test_pictures_from_no_table() -> None:
    rows = DataTable(root="/photos", rows=[Row("a.png")])
    findings = build(TableColumn(), rows, Surroundings())
    assert [(finding.level, finding.field) for finding in findings] == [("error", "table")]


def test_flags_of_the_own_table_leave_the_split_alone() -> None:
    columns = ("file", "has_dog", "has_cat", "is_valid")
    rows = own(("a", "1", "0", "1"), ("b", "1", "1", "0"), columns=columns)
    build(FlagColumns(), rows, Surroundings())
    assert targets(rows) == [Tags(("has_dog",)), Tags(("has_dog", "has_cat"))]


def test_a_million_lines_for_a_few_pictures(tmp_path: Path) -> None:
    lines = (f"{number}.jpg,{'ab'[number % 2]}\n" for number in range(1_000_000))
    (tmp_path / "big.csv").write_text("file,label\n" + "".join(lines))
    rows = DataTable(root=str(tmp_path), rows=[Row(f"{number}.jpg") for number in range(0, 1_000_000, 997)])
    findings = build(TableColumn(table="big.csv"), rows, Surroundings())
    assert [row.target for row in rows.rows[:3]] == ["a", "b", "a"]
    assert all(row.target is not None for row in rows.rows)
    assert [finding.level for finding in findings] == ["warning"]
