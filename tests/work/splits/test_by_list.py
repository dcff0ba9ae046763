"""Parts by lists of file names."""

from pathlib import Path

import pytest

from studio.base.targets import MaskFile
from studio.blocks.split.by_list import SplitByList
from studio.blocks.table import DataTable
from studio.work.splits.name_list import find_listed
from tests.work.splits.picture_tables import images_in, split, table_of, told

IMAGES = ["a/1.png", "a/2.png", "b/1.png", "b/3.jpg", "4.v2.png"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("a/1.png", ["a/1.png"]),
        ("./a/1.png", ["a/1.png"]),
        ("a\\1.png", ["a/1.png"]),
        ("/old/disk/photos/b/3.jpg", ["b/3.jpg"]),
        ("2.png", ["a/2.png"]),
        ("3", ["b/3.jpg"]),
        ("b/3", ["b/3.jpg"]),
        ("4.v2", ["4.v2.png"]),
        ("b/3.jpg 7", ["b/3.jpg"]),
        ("3  -1", ["b/3.jpg"]),
        ('"b/3.jpg",cat', ["b/3.jpg"]),
        ("1.png", ["a/1.png", "b/1.png"]),
        ("c/1.png", []),
        ("4", []),
        ("5.png", []),
    ],
)
def test_what_a_line_means(name: str, meant: list[str]) -> None:
    # The second name keeps the list as a whole from fitting by file names alone.
    assert find_listed([(1, name), (2, "b/3.jpg")], IMAGES).images == {*meant, "b/3.jpg"}


def test_file_names_count_alone_when_no_folder_fits() -> None:
    listed = find_listed([(1, "old/x/2.png"), (2, "old/y/9.png")], IMAGES)
    assert listed.images == {"a/2.png"}
    assert [line for line, _ in listed.strangers] == [2]


def table_in(folder: Path, images: list[str] = IMAGES) -> DataTable:
    table = table_of(images, ["a"])
    table.root = str(folder)
    return table


def test_two_lists_beside_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "valid.txt").write_text("a/2.png\n\n3\nnone.png\n", encoding="utf-8-sig")
    (tmp_path / "test.txt").write_text("4.v2.png\r\n3\r\n", encoding="utf-16")
    table = table_in(tmp_path)
    findings = split(SplitByList(test_file="test.txt"), table)
    assert told(findings) == [("warning", "file"), ("warning", "test_file")]
    assert "valid.txt: no picture for 1 line (line 4, 'none.png')" in findings[0].message
    assert "'b/3.jpg'" in findings[1].message  # in both: it only tests
    assert [row.part for row in table.rows] == ["train", "valid", "train", "test", "test"]


def test_a_name_of_two_pictures_takes_both_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "valid.txt").write_text("1.png\n")
    table = table_in(tmp_path)
    findings = split(SplitByList(), table)
    assert told(findings) == [("warning", "file")]
    assert images_in(table, "valid") == {"a/1.png", "b/1.png"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "it is empty"),
        (b"other.png\n", "line 1 is 'other.png'"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
        (b"\xff\xfea\0", "names none"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "valid.txt").write_bytes(content)
    findings = split(SplitByList(), table_in(tmp_path))
    assert told(findings) == [("error", "file")]
    assert words in findings[0].message
    assert "valid.txt" in findings[0].message


def test_the_lists_of_the_blood_cells(shared_data: Path) -> None:
    root = shared_data / "bccd" / "BCCD"
    images = sorted(f"JPEGImages/{path.name}" for path in (root / "JPEGImages").glob("*.jpg"))
    lists = {
        name: (root / "ImageSets" / "Main" / f"{name}.txt").read_text().split() for name in ("train", "val", "test")
    }
    table = table_in(root, images)
    findings = split(SplitByList(file="ImageSets/Main/val.txt", test_file="ImageSets/Main/test.txt"), table)
    assert [finding for finding in findings if finding.level == "error"] == []
    for part, name in (("train", "train"), ("valid", "val"), ("test", "test")):
        assert {Path(image).stem for image in images_in(table, part)} == set(lists[name])


def test_the_list_of_the_street_scenes(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "camvid_tiny" / "images"
    images = sorted(path.name for path in folder.glob("*.png"))
    table = table_of(images, [MaskFile("mask.png")])
    table.root = str(folder)
    listed = [image for image in images if image.startswith("Seq05VD")]
    (tmp_path / "valid.txt").write_text("\n".join([*listed, "0001TP_999999.png"]))
    findings = split(SplitByList(file=str(tmp_path / "valid.txt")), table)
    assert told(findings) == [("warning", "file")]
    assert images_in(table, "valid") == set(listed)
    assert len(images_in(table, "train")) == 69
