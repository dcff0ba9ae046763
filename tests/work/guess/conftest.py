"""Small data sets, drawn."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Draw = Callable[..., Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draws pictures of these names into a folder: colour, or masks where values are given."""

    def make(names: Iterable[str], side_px: int = 80, values: tuple[int, ...] = (), mode: str = "RGB") -> Path:
        for place, name in enumerate(names):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if values:
                pixels = np.full((side_px, side_px), values[0], np.uint8)
                for value in values[1:]:
                    pixels[side_px // 4 : side_px // 2, value % 7 : side_px // 3] = value
                Image.fromarray(pixels).save(path)
            else:
                shade = np.full((side_px, side_px, 3), 20 + place % 200, np.uint8)
                Image.fromarray(shade).convert(mode).save(path)
        return tmp_path

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, object], Path]:
    """Writes a text file, or JSON where a record is given; gives its path."""

    def make(name: str, content: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return make
