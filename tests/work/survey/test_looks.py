"""What the pass over the pictures sees."""

from pathlib import Path

import numpy as np
from PIL import Image

from studio.work.survey.looks import survey_pictures
from studio.work.survey.records import SEEN, UNREADABLE
from tests.work.health.drawn import draw_scene, save


def survey(folder: Path, *names: str) -> np.ndarray:
    return survey_pictures(folder, names, lambda done, total: None, lambda: False)[0]


def test_size_channels_and_depth(tmp_path: Path) -> None:
    save(draw_scene(0), tmp_path / "colour.png")
    save(draw_scene(0).convert("L"), tmp_path / "grey.png")
    save(Image.fromarray(np.arange(4800, dtype=np.uint16).reshape(60, 80) * 10), tmp_path / "deep.png")
    (tmp_path / "broken.png").write_bytes(b"x")
    looks = survey(tmp_path, "colour.png", "grey.png", "deep.png", "broken.png")
    assert list(looks["state"]) == [SEEN, SEEN, SEEN, UNREADABLE]
    assert list(looks["channels"][:3]) == [3, 1, 1]
    assert list(looks["depth_bits"][:3]) == [8, 8, 16]
    assert (looks["width_px"][2], looks["height_px"][2]) == (80, 60)


def test_a_rotated_picture_is_seen_upright(tmp_path: Path) -> None:
    upright = draw_scene(3)
    exif = Image.Exif()
    exif[274] = 6  # to be turned clockwise
    save(upright, tmp_path / "a.jpg", quality=95)
    save(upright.transpose(Image.Transpose.ROTATE_90), tmp_path / "b.jpg", exif=exif, quality=95)
    looks = survey(tmp_path, "a.jpg", "b.jpg")
    assert list(looks["orientation"]) == [1, 6]
    assert looks["width_px"][0] == looks["width_px"][1]
    assert np.bitwise_count(looks["hash"][0] ^ looks["hash"][1]) <= 2


def test_a_deep_picture_that_uses_little_of_its_range_still_shows(tmp_path: Path) -> None:
    gray = np.asarray(draw_scene(5).convert("L"))
    save(Image.fromarray(gray), tmp_path / "plain.png")
    save(Image.fromarray(gray.astype(np.uint16) * 4 + 100), tmp_path / "dim.png")
    looks = survey(tmp_path, "plain.png", "dim.png")
    assert np.bitwise_count(looks["hash"][0] ^ looks["hash"][1]) <= 4


def test_dark_and_bright(tmp_path: Path) -> None:
    save(Image.new("RGB", (50, 50), (3, 200, 90)), tmp_path / "plain.png")
    save(draw_scene(1), tmp_path / "scene.png")
    looks = survey(tmp_path, "plain.png", "scene.png")
    assert looks["contrast"][0] == 0 < 100 < looks["contrast"][1]
    assert looks["dark"][0] == looks["bright"][0]
    assert looks["dark"][1] < looks["bright"][1]
