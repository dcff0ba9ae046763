"""Names of files that belong to pictures."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.blocks.path_template import checked_template, compile_template


@pytest.mark.parametrize(
    ("template", "image", "path"),
    [
        ("{parent}/../labels/{stem}_P.png", "images/a.b.jpg", "labels/a.b_P.png"),
        ("{parent}/../labels/{stem}_P.png", "a.jpg", "../labels/a_P.png"),
        ("../masks/{parent}/{name}", "train/a.png", "../masks/train/a.png"),
        ("masks/{stem}{suffix}", "x/a.tif", "masks/a.tif"),
        ("{parent}/{stem without _rgb}_pose.txt", "09/frame_00667_rgb.jpg", "09/frame_00667_pose.txt"),
        ("{parent}/{stem with _rgb as _pose}.txt", "09/frame_00667_rgb.jpg", "09/frame_00667_pose.txt"),
        ("{parent}/{stem without _rgb}_pose.txt", "09/frame_00667.jpg", None),
        ("{parent with images as masks}/{stem}.png", "data/images/07/a.jpg", "data/masks/07/a.png"),
        ("{parent with images as masks}/{stem}.png", "my_images/a.jpg", None),
        ("{parent without images}/{stem}.png", "images/a.jpg", "a.png"),
        ("{stem without a}.png", "banana.jpg", "banan.png"),
        (r"{parent}\..\labels\{stem}.png", "images/a.jpg", "labels/a.png"),
        ("/data/masks/{stem}.png", "a.jpg", "/data/masks/a.png"),
    ],
)
def test_names(template: str, image: str, path: str | None) -> None:
    assert compile_template(template)(image) == path


@pytest.mark.parametrize("template", ["{stm}.png", "{stem", "stem}", "{stem without }.png", "{}", "{stem:-4}"])
def test_what_cannot_be_read_is_said(template: str) -> None:
    with pytest.raises(ValueError, match=r"field|brace"):
        checked_template(template)


NAMES = st.text(st.characters(exclude_characters="/{}\\\0", exclude_categories=("Cs",)), min_size=1).filter(
    lambda name: name.strip() == name and not name.startswith(".") and "." not in name
)


@given(st.lists(NAMES, max_size=3), NAMES, st.sampled_from(["", ".png", ".JPG"]))
def test_a_name_comes_back_from_its_parts(folders: list[str], stem: str, suffix: str) -> None:
    image = "/".join([*folders, stem + suffix])
    assert compile_template("{parent}/{stem}{suffix}")(image) == image
    assert compile_template("{parent}/{name}")(image) == image
    up = compile_template("{parent}/../masks/{stem}.png")(image)
    assert up == posixpath.normpath(posixpath.join(posixpath.dirname(image), "../masks", stem + ".png"))


@given(NAMES, NAMES)
def test_what_is_cut_off_can_be_put_on(stem: str, end: str) -> None:
    assert compile_template("{stem without " + end + "}" + end + ".txt")(f"{stem}{end}.png") == f"{stem}{end}.txt"
