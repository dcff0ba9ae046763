"""The one walk through a folder."""

import os
from collections.abc import Callable
from pathlib import Path

from studio.work.guess.listing import list_folder

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]


def test_files_by_kind(draw: Draw, write: Write) -> None:
    root = draw(["b/2.png", "a.PNG", ".hidden/x.png", "labels/a.png"])
    for name in ("t.csv", "n.txt", "r.json", "v.mp4", "z.zip", "rgb.cal", ".secret.csv", "other.bin"):
        write(name, "x")
    listing = list_folder(root)
    assert listing.pictures == ["a.PNG", "b/2.png", "labels/a.png"]
    assert listing.plain_pictures == ["a.PNG", "b/2.png"]
    assert (listing.tables, listing.texts, listing.records) == (["t.csv"], ["n.txt"], ["r.json"])
    assert (listing.videos, listing.archives, listing.calibrations) == (["v.mp4"], ["z.zip"], ["rgb.cal"])


def test_a_link_to_the_folder_itself_ends(draw: Draw) -> None:
    root = draw(["a/1.png"])
    os.symlink(root, root / "a" / "again")
    assert list_folder(root).pictures == ["a/1.png"]


def test_no_more_files_than_wanted(draw: Draw) -> None:
    root = draw(f"{number}.png" for number in range(9))
    assert len(list_folder(root, most=4).pictures) == 4
