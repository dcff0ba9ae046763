"""Folders: what is kept, what is left out, and several of them as one."""

from pathlib import Path

import pytest

from studio.blocks.source.folder import Folder
from studio.blocks.source.several_folders import SeveralFolders
from studio.work.scan import find_pictures

FILES = ["a.jpg", "day1/b.jpg", "day1/b_mask.png", "day1/cam/c.png", "day2/d.JPG", "day2/e.jpeg", "night/f.png"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "photos"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, FILES),
        ({"include": ("day1",)}, ["day1/b.jpg", "day1/b_mask.png", "day1/cam/c.png"]),
        ({"include": ("day*",)}, [name for name in FILES if name.startswith("day")]),
        ({"include": ("day1/cam",)}, ["day1/cam/c.png"]),
        ({"include": ("cam", "night")}, ["day1/cam/c.png", "night/f.png"]),
        ({"include": ("*_mask.png",)}, ["day1/b_mask.png"]),
        ({"exclude": ("*_mask.png", "night")}, ["a.jpg", "day1/b.jpg", "day1/cam/c.png", "day2/d.JPG", "day2/e.jpeg"]),
        (
            {"include": ("day*",), "exclude": ("day1/cam",)},
            [n for n in FILES if n.startswith("day") and "cam" not in n],
        ),
        ({"include": ("day1\\cam\\",)}, ["day1/cam/c.png"]),
        ({"file_types": ("jpg",)}, ["a.jpg", "day1/b.jpg", "day2/d.JPG"]),
        ({"file_types": (".JPEG", "*.png")}, ["day1/b_mask.png", "day1/cam/c.png", "day2/e.jpeg", "night/f.png"]),
        ({"file_types": ("txt",)}, []),
        ({"recursive": False}, ["a.jpg"]),
    ],
)
def test_what_is_kept(photos: Path, settings: dict[str, object], found: list[str]) -> None:
    assert find_pictures(photos, Folder(path=str(photos), **settings))[0] == found  # type: ignore[arg-type]


def test_accents_are_sorted_alike_in_both_forms(tmp_path: Path) -> None:
    for name in ("zebra.png", "e\u0301clair.png", "\u00e9cole.png", "Apfel.png", "apfel.png"):
        (tmp_path / name).touch()
    found, _ = find_pictures(tmp_path, Folder(path=str(tmp_path)))
    assert found == ["Apfel.png", "apfel.png", "zebra.png", "e\u0301clair.png", "\u00e9cole.png"]


def test_a_folder_called_like_a_picture(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    (tmp_path / "x.png" / "a.png").touch()
    assert find_pictures(tmp_path, Folder(path=str(tmp_path)))[0] == ["x.png/a.png"]


class TestSeveralFolders:
    def test_the_root_is_around_them(self, tmp_path: Path, draw, build_source) -> None:
        for name in ("one/a.png", "deep/two/b.png", "other/c.png"):
            draw(tmp_path / name)
        paths = (str(tmp_path / "one"), str(tmp_path / "deep" / "two"))
        table, findings = build_source(SeveralFolders(paths=paths))
        assert Path(table.root) == tmp_path
        assert [row.image for row in table.rows] == ["one/a.png", "deep/two/b.png"]
        assert findings == []

    def test_a_folder_inside_another_counts_once(self, tmp_path: Path, draw, build_source) -> None:
        for name in ("one/a.png", "one/two/b.png"):
            draw(tmp_path / name)
        block = SeveralFolders(paths=(str(tmp_path / "one" / "two"), str(tmp_path / "one"), str(tmp_path / "one")))
        table, _ = build_source(block)
        assert [row.image for row in table.rows] == ["two/b.png", "a.png"]

    def test_paths_inside_the_project(self, tmp_path: Path, draw, build_source) -> None:
        draw(tmp_path / "p" / "x" / "a.png")
        draw(tmp_path / "q" / "b.png")
        table, _ = build_source(SeveralFolders(paths=("x", "../q")), tmp_path / "p")
        assert Path(table.root) == tmp_path
        assert [row.image for row in table.rows] == ["p/x/a.png", "q/b.png"]

    def test_broken_files_and_missing_folders(self, tmp_path: Path, draw, build_source) -> None:
        draw(tmp_path / "one" / "a.png")
        (tmp_path / "one" / "cut.png").write_bytes(b"x")
        table, findings = build_source(SeveralFolders(paths=(str(tmp_path / "one"), str(tmp_path))))
        assert [item.image for item in table.left_out] == ["one/cut.png"]
        assert [finding.level for finding in findings] == ["warning"]
        _, findings = build_source(SeveralFolders(paths=(str(tmp_path / "one"), str(tmp_path / "gone"))))
        assert (findings[0].level, findings[0].field) == ("error", "paths")
        assert "gone" in findings[0].message

    def test_none(self, build_source) -> None:
        assert build_source(SeveralFolders())[1][0].level == "error"
