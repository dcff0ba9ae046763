"""Finding pictures: the same order everywhere, and a reason for every file that is not used."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import UserError
from studio.blocks.source.folder import Folder
from studio.work import scan


def draw(path: Path, colour: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((24, 24, 3), colour, np.uint8)).save(path)
    return path


def found(root: Path, **settings: object) -> list[str]:
    return scan.find_pictures(root, Folder(path=str(root), **settings))[0]  # type: ignore[arg-type]


def broken(root: Path, images: list[str]) -> dict[str, str]:
    left_out = scan.find_broken(root, images, lambda done, total: None, lambda: False)
    return {item.image: item.reason for item in left_out}


def test_order_and_what_is_skipped(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/10.PNG", "a/x.jpg", "z.png", ".hidden/h.png", "a/.h.png"):
        draw(tmp_path / name.replace(".PNG", ".png")).rename(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    assert found(tmp_path) == ["z.png", "a/x.jpg", "b/10.PNG", "b/2.png"]
    assert found(tmp_path, recursive=False) == ["z.png"]
    assert found(tmp_path, exclude=("b",)) == ["z.png", "a/x.jpg"]


@pytest.mark.parametrize(
    "name", ["with space.png", "Größe.png", 'it\'s "so".png', "two\nlines.png", "日本.png", "+a=b.png"]
)
def test_names_of_all_kinds(tmp_path: Path, name: str) -> None:
    draw(tmp_path / "class" / name)
    images = found(tmp_path)
    assert images == [f"class/{name}"]
    assert broken(tmp_path, images) == {}


def test_a_name_that_is_no_text_is_left_out_with_its_reason(tmp_path: Path) -> None:
    good = draw(tmp_path / "good.png")
    os.link(good, os.fsencode(tmp_path) + b"/bad\xff.png")
    images, left_out = scan.find_pictures(tmp_path, Folder(path=str(tmp_path)))
    assert images == ["good.png"]
    assert "Rename" in left_out[0].reason


def test_links_are_followed_and_loops_end(tmp_path: Path) -> None:
    draw(tmp_path / "data" / "a.png")
    draw(tmp_path / "elsewhere" / "b.png")
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data", target_is_directory=True)
    (tmp_path / "data" / "other").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "data" / "self").symlink_to("self")
    assert found(tmp_path / "data") == ["a.png", "other/b.png"]


def test_broken_files_have_reasons(tmp_path: Path) -> None:
    draw(tmp_path / "good.png")
    whole = draw(tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "empty.png").touch()
    (tmp_path / "dangling.png").symlink_to(tmp_path / "gone.png")
    images = found(tmp_path)
    reasons = broken(tmp_path, images)
    assert set(reasons) == {"cut.jpg", "text.jpg", "empty.png", "dangling.png"}
    assert "ends too early" in reasons["cut.jpg"]
    assert "not a picture" in reasons["text.jpg"]
    assert "empty" in reasons["empty.png"]


def test_a_forbidden_picture_has_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(tmp_path / "secret.png")
    images = found(tmp_path)

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("studio.imaging.decode.open_binary", refuse)
    assert "permission" in broken(tmp_path, images)["secret.png"].lower()


def test_a_forbidden_inner_folder_is_listed_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "open" / "a.png")
    draw(tmp_path / "shut" / "b.png")
    real = os.scandir

    def scandir(folder: Path) -> object:
        if Path(folder).name == "shut":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return real(folder)

    monkeypatch.setattr(scan.os, "scandir", scandir)
    images, left_out = scan.find_pictures(tmp_path, Folder(path=str(tmp_path)))
    assert images == ["open/a.png"]
    assert [(item.image, "Permission denied" in item.reason) for item in left_out] == [("shut", True)]


def test_a_picture_mended_since_the_last_look_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    assert broken(tmp_path, ["a.png"])
    draw(tmp_path / "a.png")
    assert broken(tmp_path, ["a.png"]) == {}


def test_what_was_good_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(tmp_path / "a.png")
    assert broken(tmp_path, ["a.png"]) == {}
    looked: list[Path] = []
    monkeypatch.setattr(scan, "check_image", looked.append)
    assert broken(tmp_path, ["a.png"]) == {}
    assert looked == []


@pytest.mark.parametrize("make", ["missing", "file"])
def test_a_source_that_is_no_folder(tmp_path: Path, make: str) -> None:
    root = tmp_path / "x"
    if make == "file":
        root.write_text("x")
    with pytest.raises(UserError, match=r"does not exist|is a file"):
        found(root)


def test_listing_of_files_and_folders(tmp_path: Path) -> None:
    first, second = draw(tmp_path / "a.png"), draw(tmp_path / "in" / "b.png")
    assert scan.list_pictures([first, tmp_path / "in"]) == [first, second]
    with pytest.raises(UserError, match="does not exist"):
        scan.list_pictures([tmp_path / "gone.png"])
