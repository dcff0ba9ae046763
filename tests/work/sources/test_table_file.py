"""A table as a source: rows with their cells, and every kind of bad table told by file, row and column."""

import os
from pathlib import Path

import pytest

from studio.blocks.source.file_list import FileList
from studio.blocks.source.table_file import TableFile
from studio.blocks.table import Row
from studio.work.sources.listed_names import NotFound, find_named


@pytest.fixture
def photos(tmp_path: Path, draw) -> Path:
    for name in ("img/a.png", "img/b.png", "img/sub/c.png", "outside.png"):
        draw(tmp_path / name)
    return tmp_path


def table_file(place: Path, text: str | bytes, **settings: object) -> TableFile:
    (place / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return TableFile(path=str(place / "t.csv"), **({"folder": "img"} | settings))  # type: ignore[arg-type]


def test_rows_carry_their_cells_and_line(photos: Path, build_source) -> None:
    table, findings = build_source(table_file(photos, "label,file\ncat,a.png\n\ndog,sub/c.png\n"))
    assert findings == []
    assert table.rows == [
        Row("a.png", cells=("cat", "a.png"), line=2),
        Row("sub/c.png", cells=("dog", "sub/c.png"), line=4),
    ]
    assert table.columns == ("label", "file")
    assert table.file == str(photos / "t.csv")
    assert table.root == str(photos / "img")


def test_an_ending_is_added(photos: Path, build_source) -> None:
    table, findings = build_source(table_file(photos, "image_name,tags\na,x y\nb.png,x\n", suffix=".png"))
    assert [row.image for row in table.rows] == ["a.png", "b.png"]
    assert findings == []


def test_a_missing_ending_is_proposed(photos: Path, build_source) -> None:
    _, findings = build_source(table_file(photos, "image_name,tags\na,x y\nb,x\n"))
    assert (findings[0].level, findings[0].field) == ("error", "folder")
    assert "'.png'" in findings[0].hint


def test_the_folder_of_the_pictures_is_proposed(photos: Path, build_source) -> None:
    _, findings = build_source(table_file(photos, "name,label\na.png,x\n", folder=""))
    assert "'img'" in findings[0].hint


def test_a_column_is_chosen_or_found(photos: Path, build_source) -> None:
    text = "id,first,second\n1,a.png,b.png\n"
    assert build_source(table_file(photos, text))[0].rows[0].image == "a.png"
    assert build_source(table_file(photos, text, column="second"))[0].rows[0].image == "b.png"
    _, findings = build_source(table_file(photos, text, column="secnd"))
    assert (findings[0].level, findings[0].field) == ("error", "column")
    assert "'second'" in findings[0].hint


BAD = {
    "missing": ("gone.png", "'gone.png' is not in"),
    "outside": ("../outside.png", "'../outside.png' lies outside of"),
    "hidden way out": ("sub/../../outside.png", "lies outside of"),
    "absolute": ("/etc/passwd", "'/etc/passwd' lies outside of"),
    "drive": ("C:\\photos\\a.png", "lies outside of"),
    "share": ("\\\\server\\share\\a.png", "lies outside of"),
    "empty": ("", "there is no name"),
    "twice": ("a.png", "'a.png' was named in line 2 already"),
    "twice otherwise": ("./sub/../a.png", "'a.png' was named in line 2 already"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_an_error_that_names_its_place(photos: Path, build_source, kind: str) -> None:
    name, said = BAD[kind]
    text = f"label,file\ncat,a.png\ndog,{name}\ncat,b.png\n"
    table, findings = build_source(table_file(photos, text, column="file"))
    assert [finding.level for finding in findings] == ["error"]
    assert "t.csv, line 3, column 'file'" in findings[0].message
    assert said in findings[0].message
    assert findings[0].hint
    assert table.rows == []


@pytest.mark.parametrize("kind", BAD)
def test_the_other_rows_are_used_when_that_is_said(photos: Path, build_source, kind: str) -> None:
    text = f"label,file\ncat,a.png\ndog,{BAD[kind][0]}\ncat,b.png\n"
    table, findings = build_source(table_file(photos, text, column="file", skip_bad=True))
    assert [row.image for row in table.rows] == ["a.png", "b.png"]
    assert [finding.level for finding in findings] == ["warning"]
    assert len(table.left_out) == 1


def test_ragged_rows_are_no_rows(photos: Path, build_source) -> None:
    text = "label,file\ncat,a.png\ndog\ncat,b.png\n"
    _, findings = build_source(table_file(photos, text))
    assert "t.csv, line 3, has 1 cell instead of 2" in findings[0].message
    table, findings = build_source(table_file(photos, text, skip_bad=True))
    assert [row.line for row in table.rows] == [2, 4]


def test_backslashes_and_absolute_paths_inside_are_taken(photos: Path, build_source) -> None:
    text = f"file\nsub\\c.png\n{photos / 'img' / 'a.png'}\n.//b.png\n"
    table, findings = build_source(table_file(photos, text))
    assert [row.image for row in table.rows] == ["sub/c.png", "a.png", "b.png"]
    assert findings == []


def test_accents_in_the_other_form_are_found(tmp_path: Path, draw) -> None:
    draw(tmp_path / "e\u0301.png")
    assert find_named(tmp_path, ["\u00e9.png"]) == ["e\u0301.png"]


def test_capitals_count_where_they_do_on_the_disk(tmp_path: Path, draw) -> None:
    draw(tmp_path / "A.png")
    same = os.path.exists(tmp_path / "a.png")
    assert find_named(tmp_path, ["a.png"]) == (["A.png"] if same else [NotFound("a.png", "missing")])


def test_unreadable_pictures_are_left_out(photos: Path, build_source) -> None:
    (photos / "img" / "cut.png").write_bytes(b"x")
    table, findings = build_source(table_file(photos, "file\na.png\ncut.png\n"))
    assert [row.image for row in table.rows] == ["a.png"]
    assert [finding.level for finding in findings] == ["warning"]
    assert table.left_out[0].image == "cut.png"


@pytest.mark.parametrize(
    ("content", "settings", "field", "said"),
    [
        (b"", {}, "path", "is empty"),
        (b"file,label\n", {}, "path", "no rows"),
        (b"file;label\na.png;cat\nb.png;dog\n", {"delimiter": "comma"}, "path", "single column"),
        (b"file,label\n\xe4.png,cat\n", {"encoding": "utf-8"}, "path", "line 2"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), {}, "path", "a PNG picture"),
        (b"file\na.png\n", {"folder": "gone"}, "folder", "does not exist"),
    ],
)
def test_a_table_that_is_none(
    photos: Path, build_source, content: bytes, settings: dict[str, object], field: str, said: str
) -> None:
    table, findings = build_source(table_file(photos, content, **settings))
    assert [(finding.level, finding.field) for finding in findings] == [("error", field)]
    assert said in findings[0].message
    assert table.rows == []


def test_none_chosen_or_gone(tmp_path: Path, build_source) -> None:
    assert build_source(TableFile())[1][0].field == "path"
    assert "does not exist" in build_source(TableFile(path=str(tmp_path / "gone.csv")))[1][0].message


def test_a_guessed_encoding_is_told(photos: Path, build_source, draw) -> None:
    draw(photos / "img" / "ä.png")
    table, findings = build_source(table_file(photos, "file\nä.png\n".encode("cp1252")))
    assert [row.image for row in table.rows] == ["ä.png"]
    assert [(finding.level, finding.field) for finding in findings] == [("info", "encoding")]


def test_names_are_found_without_asking_for_each_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in range(20):
        (tmp_path / f"{folder}").mkdir()
        for file in range(50):
            (tmp_path / f"{folder}" / f"{file}.png").touch()
    names = [f"{number % 20}/{number // 20}.png" for number in range(100_000)]
    listed: list[str] = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or real(path))
    found = find_named(tmp_path, names)
    assert sum(isinstance(name, str) for name in found) == 1000
    assert len(listed) == 20  # each folder once, whatever is asked for


@pytest.mark.parametrize(
    ("name", "folder", "rows", "settings"),
    [
        ("mnist_tiny/labels.csv", "", 1408, {}),
        ("coco_tiny/DERIVED_labels.csv", "train", 200, {}),
        ("bccd/test.csv", "BCCD/JPEGImages", 364, {"skip_bad": True}),
    ],
)
def test_real_tables(
    shared_data: Path, build_source, name: str, folder: str, rows: int, settings: dict[str, object]
) -> None:
    table, _ = build_source(TableFile(path=str(shared_data / name), folder=folder, **settings))  # type: ignore[arg-type]
    assert len(table.rows) == rows
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
    assert all((Path(table.root) / row.image).is_file() for row in table.rows)


def test_a_table_of_texts_says_which_column_it_took(shared_data: Path, build_source) -> None:
    _, findings = build_source(TableFile(path=str(shared_data / "imdb_sample" / "texts.csv")))
    assert findings[0].level == "error"
    assert "column 'label'" in findings[0].message


class TestFileList:
    def test_one_a_line(self, photos: Path, build_source) -> None:
        (photos / "list.txt").write_text("b.png\n\nsub/c.png\r\na\n")
        table, findings = build_source(FileList(path=str(photos / "list.txt"), folder="img", suffix=".png"))
        assert [(row.image, row.line) for row in table.rows] == [("b.png", 1), ("sub/c.png", 3), ("a.png", 4)]
        assert findings == []

    def test_bad_lines(self, photos: Path, build_source) -> None:
        (photos / "list.txt").write_text("b.png\ngone.png\n../outside.png\nb.png\n")
        _, findings = build_source(FileList(path=str(photos / "list.txt"), folder="img"))
        assert [finding.level for finding in findings] == ["error"] * 3
        assert "list.txt, line 2: 'gone.png'" in findings[0].message
        table, findings = build_source(FileList(path=str(photos / "list.txt"), folder="img", skip_bad=True))
        assert [row.image for row in table.rows] == ["b.png"]
        assert [finding.level for finding in findings] == ["warning"] * 3

    def test_none(self, tmp_path: Path, build_source) -> None:
        assert build_source(FileList())[1][0].field == "path"
        (tmp_path / "list.txt").touch()
        assert "is empty" in build_source(FileList(path=str(tmp_path / "list.txt")))[1][0].message

    def test_a_real_list(self, shared_data: Path, build_source, tmp_path: Path) -> None:
        names = sorted(path.name for path in (shared_data / "camvid_tiny" / "images").iterdir())[:20]
        (tmp_path / "valid.txt").write_text("\n".join(names))
        block = FileList(path=str(tmp_path / "valid.txt"), folder=str(shared_data / "camvid_tiny" / "images"))
        table, findings = build_source(block)
        assert [row.image for row in table.rows] == names
        assert findings == []
