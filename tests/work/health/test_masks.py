"""Masks that do not fit."""

from pathlib import Path

import numpy as np
from PIL import Image

from studio.base.targets import MaskFile
from studio.work.health.masks import find_wrong_masks
from tests.work.health.drawn import draw_scene, looked_at, save


def draw(folder: Path, name: str, values: np.ndarray, palette: bool = False) -> None:
    save(draw_scene(len(name)), folder / f"{name}.png")
    mask = Image.fromarray(values.astype(np.uint8))
    if palette:
        mask = mask.convert("P")
        mask.putpalette([9, 9, 9] * 256)
    save(mask, folder / f"{name}_mask.png")


def masked(*names: str, values: tuple[int, ...] = ()) -> dict[str, MaskFile]:
    return {f"{name}.png": MaskFile(f"{name}_mask.png", values) for name in names}


RIGHT = np.arange(120 * 160).reshape(120, 160) % 3


def test_masks_that_fit_are_no_finding(tmp_path: Path) -> None:
    draw(tmp_path, "a", RIGHT)
    draw(tmp_path, "indexed", RIGHT, palette=True)
    assert list(find_wrong_masks(looked_at(tmp_path, masked("a", "indexed"), classes="xyz"))) == []
    draw(tmp_path, "high", (RIGHT > 0) * 255)
    assert list(find_wrong_masks(looked_at(tmp_path, masked("high", values=(0, 255)), classes="xy"))) == []


def test_a_value_without_a_name_is_told_with_its_masks(tmp_path: Path) -> None:
    draw(tmp_path, "good", RIGHT)
    draw(tmp_path, "bad", np.where(RIGHT == 1, 7, RIGHT))
    (found,) = find_wrong_masks(looked_at(tmp_path, masked("good", "bad"), classes="xyz"))
    assert found.level == "error"
    assert "7 (in 1)" in found.message
    assert found.pictures == (("bad.png", "without a name: 7"),)


def test_another_size_is_told_with_both_sizes(tmp_path: Path) -> None:
    draw(tmp_path, "good", RIGHT)
    draw(tmp_path, "small", RIGHT[::2, ::2])
    (found,) = find_wrong_masks(looked_at(tmp_path, masked("good", "small"), classes="xyz"))
    assert found.pictures == (("small.png", "the mask has 80 x 60 and the picture 160 x 120"),)


def test_a_mask_that_cannot_be_read(tmp_path: Path) -> None:
    draw(tmp_path, "good", RIGHT)
    save(draw_scene(3), tmp_path / "lost.png")
    (found,) = find_wrong_masks(looked_at(tmp_path, masked("good", "lost"), classes="xyz"))
    assert [name for name, _ in found.pictures] == ["lost.png"]
    assert "no longer exists" in found.message
