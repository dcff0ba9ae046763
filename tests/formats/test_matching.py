"""Which picture an entry is about: paths, names and stems; what is not there and what is not clear."""

import time

import pytest

from studio.formats.matching import Matches, PictureFinder, match_entries


def match(entries: list[str], images: list[str], root: str = "/data/set", beside: str = "/data/set") -> Matches:
    return match_entries(entries, PictureFinder(images, root=root, beside=beside))


@pytest.mark.parametrize(
    ("entry", "beside", "image"),
    [
        ("sub/a.jpg", "/data/set", "sub/a.jpg"),
        ("./sub//a.jpg", "/data/set", "sub/a.jpg"),
        ("sub\\a.jpg", "/elsewhere", "sub/a.jpg"),
        ("a.jpg", "/data/set/sub", "sub/a.jpg"),
        ("../sub/a.jpg", "/data/set/labels", "sub/a.jpg"),
        ("/data/set/sub/a.jpg", "/elsewhere", "sub/a.jpg"),
        ("C:\\Users\\me\\sub\\a.jpg", "/data/set", "sub/a.jpg"),
        ("/mnt/card/a.jpg", "/data/set", "sub/a.jpg"),
        ("images/a", "/data/set", "sub/a.jpg"),
        ("a.png", "/data/set", "sub/a.jpg"),
        ("A.JPG", "/data/set", "sub/a.jpg"),
    ],
)
def test_an_entry_finds_its_picture(entry: str, beside: str, image: str) -> None:
    found = match([entry], ["sub/a.jpg", "sub/b.jpg"], beside=beside)
    assert found == Matches({image: entry}, (), {})


def test_beside_the_annotations_comes_first() -> None:
    images = ["a.jpg", "train/a.jpg"]
    assert match(["a.jpg"], images, beside="/data/set/train").entry_of == {"train/a.jpg": "a.jpg"}
    assert match(["a.jpg"], images).entry_of == {"a.jpg": "a.jpg"}


def test_names_that_several_have_go_by_their_folders() -> None:
    images = ["images/train/a.jpg", "masks/train/a.png", "images/val/a.jpg", "masks/val/a.png"]
    found = match(["../images/train/a", "../images/val/a"], images, root="/x", beside="/x/yolo/labels")
    assert found.entry_of == {"images/train/a.jpg": "../images/train/a", "images/val/a.jpg": "../images/val/a"}


def test_a_name_that_several_have_alike_is_not_clear() -> None:
    found = match(["a.jpg"], ["x/a.jpg", "y/a.jpg"])
    assert found == Matches({}, (), {"a.jpg": ("x/a.jpg", "y/a.jpg")})


def test_two_entries_for_one_picture_are_not_clear() -> None:
    found = match(["x/a.jpg", "y/a.jpg"], ["z/a.jpg"])
    assert found == Matches({}, (), {"x/a.jpg": ("z/a.jpg",), "y/a.jpg": ("z/a.jpg",)})


def test_a_picture_that_was_found_by_its_path_is_not_found_again_by_name() -> None:
    found = match(["x/a.jpg", "y/a.jpg"], ["x/a.jpg"])
    assert found == Matches({"x/a.jpg": "x/a.jpg"}, ("y/a.jpg",), {})


def test_a_missing_frame_is_not_taken_from_another_video() -> None:
    entries = [f"labeled-data/m4/img{number}.png" for number in range(3)]
    found = match(entries, ["m4/img0.png", "m4/img1.png", "m5/img2.png"])
    assert found.entry_of == {"m4/img0.png": entries[0], "m4/img1.png": entries[1]}
    assert found.without_picture == (entries[2],)


def test_what_is_not_there() -> None:
    assert match(["c.jpg"], ["a.jpg"]) == Matches({}, ("c.jpg",), {})
    assert match(["c.jpg"], []) == Matches({}, ("c.jpg",), {})


def test_dots_in_a_name_belong_to_it() -> None:
    assert match(["images/a.rf.12"], ["x/a.rf.12.jpg", "x/a.rf.jpg"]).entry_of == {"x/a.rf.12.jpg": "images/a.rf.12"}


def test_a_hundred_thousand_entries_are_quick() -> None:
    images = [f"train/{number % 100}/{number}.jpg" for number in range(100_000)]
    start = time.process_time()
    found = match([f"{number}.jpg" for number in range(100_000)], images)
    assert len(found.entry_of) == 100_000
    assert time.process_time() - start < 15
