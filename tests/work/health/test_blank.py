"""Pictures that show nothing."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from studio.work.health.blank import find_blank
from tests.work.health.drawn import draw_scene, looked_at, save


def test_one_colour_black_and_white_are_told_apart(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    save(draw_scene(0), tmp_path / "scene.png")
    save(Image.new("RGB", (90, 60), (10, 120, 200)), tmp_path / "plain.jpg")
    dark = noise.integers(0, 12, (60, 90, 3)).astype(np.uint8)
    save(Image.fromarray(dark), tmp_path / "dark.png")
    save(Image.fromarray(255 - dark), tmp_path / "bright.png")
    found = list(find_blank(looked_at(tmp_path, ["scene.png", "plain.jpg", "dark.png", "bright.png"])))
    assert [item.pictures for item in found] == [
        (("plain.jpg", "all one colour"),),
        (("dark.png", "nearly black"),),
        (("bright.png", "nearly white"),),
    ]


def test_a_page_with_writing_shows_something(tmp_path: Path) -> None:
    page = Image.new("L", (400, 600), 255)
    pen = ImageDraw.Draw(page)
    for line in range(20):
        pen.rectangle((40, 40 + 25 * line, 350, 48 + 25 * line), fill=20)
    save(page, tmp_path / "page.png")
    assert list(find_blank(looked_at(tmp_path, ["page.png"]))) == []


def test_two_colours_of_one_brightness_are_something(tmp_path: Path) -> None:
    pixels = np.full((40, 40, 3), (150, 76, 20), np.uint8)
    pixels[:, 20:] = (20, 142, 20)  # as bright to the eye
    save(Image.fromarray(pixels), tmp_path / "a.png")
    assert list(find_blank(looked_at(tmp_path, ["a.png"]))) == []


def test_a_dim_microscope_picture_is_not_black(tmp_path: Path) -> None:
    save(Image.fromarray(np.random.default_rng(0).integers(0, 4096, (50, 50)).astype(np.uint16)), tmp_path / "a.png")
    assert list(find_blank(looked_at(tmp_path, ["a.png"]))) == []
