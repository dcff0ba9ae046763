"""An archive as a source: unpacked once, into the project, whole or not at all."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from studio.blocks.source.archive import Archive
from studio.work.sources import archive as source


@pytest.fixture
def photos(tmp_path: Path, draw) -> Path:
    """A zip with two pictures, a table, a broken picture and what macOS adds."""
    path = tmp_path / "photos.zip"
    content = draw(tmp_path / "one.png").read_bytes()
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("cat/a.png", "dog/b.png", "__MACOSX/cat/._a.png", "__MACOSX/c.png"):
            packed.writestr(name, content)
        packed.writestr("dog/cut.png", content[:20])
        packed.writestr("labels.csv", "name,label\n")
    return path


def test_pictures_of_an_archive(photos: Path, tmp_path: Path, build_source) -> None:
    project = tmp_path / "p.studio"
    project.mkdir()
    table, findings = build_source(Archive(path=str(photos)), project)
    assert table.root == str(project / "archives" / "photos")
    assert [row.image for row in table.rows] == ["cat/a.png", "dog/b.png"]
    assert [item.image for item in table.left_out] == ["dog/cut.png"]
    assert [finding.level for finding in findings] == ["warning"]
    assert (Path(table.root) / "labels.csv").is_file()


def test_without_a_project_the_cache_has_it(photos: Path, build_source, studio_home: Path) -> None:
    table, _ = build_source(Archive(path=str(photos), include=("cat",)))
    assert Path(table.root).is_relative_to(studio_home)
    assert [row.image for row in table.rows] == ["cat/a.png"]


def test_it_is_unpacked_once_until_it_changes(
    photos: Path, tmp_path: Path, build_source, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[Path] = []
    real = source.unpack
    monkeypatch.setattr(source, "unpack", lambda path, *rest: unpacked.append(path) or real(path, *rest))
    for _ in range(2):
        build_source(Archive(path=str(photos)), tmp_path)
    assert unpacked == [photos]
    with zipfile.ZipFile(photos, "w") as packed:
        packed.write(tmp_path / "one.png", "new.png")
    table, _ = build_source(Archive(path=str(photos)), tmp_path)
    assert [row.image for row in table.rows] == ["new.png"]
    assert len(unpacked) == 2


def test_an_archive_that_is_gone_was_unpacked(photos: Path, tmp_path: Path, build_source) -> None:
    build_source(Archive(path="photos.zip"), tmp_path)
    photos.unlink()
    table, findings = build_source(Archive(path="photos.zip"), tmp_path)
    assert len(table.rows) == 2
    assert "info" in [finding.level for finding in findings]


def test_a_project_that_moved_knows_its_archives(photos: Path, tmp_path: Path, build_source) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.move(photos, first / "photos.zip")
    build_source(Archive(path="photos.zip"), first)
    first.rename(tmp_path / "second")
    table, _ = build_source(Archive(path="photos.zip"), tmp_path / "second")
    assert table.root == str(tmp_path / "second" / "archives" / "photos")
    assert os.listdir(tmp_path / "second" / "archives").count("photos 2") == 0


def test_two_archives_of_one_name(photos: Path, tmp_path: Path, build_source) -> None:
    (tmp_path / "other").mkdir()
    with zipfile.ZipFile(tmp_path / "other" / "photos.zip", "w") as packed:
        packed.write(tmp_path / "one.png", "z.png")
    first, _ = build_source(Archive(path="photos.zip"), tmp_path)
    second, _ = build_source(Archive(path="other/photos.zip"), tmp_path)
    again, _ = build_source(Archive(path="photos.zip"), tmp_path)
    assert [row.image for row in second.rows] == ["z.png"]
    assert again.rows == first.rows


def left(project: Path) -> list[str]:
    """What is there besides the locks."""
    return [name for name in os.listdir(project / "archives") if not name.endswith(".lock")]


def test_stopping_leaves_nothing_half_done(photos: Path, tmp_path: Path, build_source) -> None:
    looks = iter(range(1000))
    block = Archive(path=str(photos))
    table, findings = build_source(block, tmp_path, should_stop=lambda: next(looks) >= 5)
    assert "stopped" in findings[0].message
    assert table.rows == []
    assert left(tmp_path) == []
    assert len(build_source(block, tmp_path)[0].rows) == 2


def test_a_refused_archive_leaves_nothing(photos: Path, tmp_path: Path, build_source) -> None:
    with zipfile.ZipFile(photos, "a") as packed:
        packed.writestr("../../evil.png", "x")
    _, findings = build_source(Archive(path=str(photos)), tmp_path)
    assert (findings[0].level, findings[0].field) == ("error", "path")
    assert "../../evil.png" in findings[0].message
    assert left(tmp_path) == []


def test_what_a_killed_process_left_goes(photos: Path, tmp_path: Path, build_source) -> None:
    half = tmp_path / "archives" / ".photos.part-1234abcd"
    half.mkdir(parents=True)
    (half / "a.png").touch()
    build_source(Archive(path=str(photos)), tmp_path)
    assert left(tmp_path) == ["photos"]


def test_an_unpacked_folder_without_its_facts_is_not_trusted(photos: Path, tmp_path: Path, build_source) -> None:
    (tmp_path / "archives" / "photos").mkdir(parents=True)
    table, _ = build_source(Archive(path=str(photos)), tmp_path)
    assert len(table.rows) == 2


@pytest.mark.parametrize("path", ["", "gone.zip", "."])
def test_none(tmp_path: Path, build_source, path: str) -> None:
    _, findings = build_source(Archive(path=path), tmp_path)
    assert (findings[0].level, findings[0].field) == ("error", "path")
    assert findings[0].hint
