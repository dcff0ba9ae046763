"""Other channels and other depth than most."""

from pathlib import Path

import numpy as np
from PIL import Image

from studio.work.health.odd_formats import find_odd_formats
from tests.work.health.drawn import draw_scene, looked_at, save


def draw(folder: Path) -> dict[str, str]:
    labels = {}
    for seed in range(12):
        save(draw_scene(seed), folder / f"{seed}.png")
        labels[f"{seed}.png"] = "nut" if seed % 2 else "screw"
    return labels


def test_all_alike_is_no_finding(tmp_path: Path) -> None:
    assert list(find_odd_formats(looked_at(tmp_path, draw(tmp_path)))) == []


def test_the_odd_ones_are_named_with_what_they_are(tmp_path: Path) -> None:
    labels = draw(tmp_path)
    save(draw_scene(20).convert("L"), tmp_path / "grey.png")
    save(draw_scene(21).convert("RGBA"), tmp_path / "clear.png")
    clear = Image.open(tmp_path / "clear.png")
    clear.putalpha(100)
    save(clear, tmp_path / "clear.png")
    save(Image.fromarray(np.arange(3600, dtype=np.uint16).reshape(60, 60)), tmp_path / "deep.png")
    data = looked_at(tmp_path, labels | dict.fromkeys(("grey.png", "clear.png", "deep.png"), "nut"))
    (found,) = find_odd_formats(data)
    assert found.level == "warning"
    assert dict(found.pictures) == {
        "grey.png": "grey, 8 bits",
        "clear.png": "colour with opacity, 8 bits",
        "deep.png": "grey, 16 bits",
    }
    assert "learn the format" not in found.message


def test_a_format_that_gives_a_class_away(tmp_path: Path) -> None:
    labels = draw(tmp_path)
    for seed in range(6):
        save(draw_scene(30 + seed).convert("L"), tmp_path / f"washer{seed}.png")
        labels[f"washer{seed}.png"] = "washer"
    (found,) = find_odd_formats(looked_at(tmp_path, labels))
    assert "'washer'" in found.message
