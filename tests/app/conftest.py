"""What the tests of the use cases may ask for."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw


@pytest.fixture
def draw_folders() -> Callable[[Path], Path]:
    """Draws 24 discs and 24 squares of any colour, a folder each."""

    def draw(folder: Path) -> Path:
        random = np.random.default_rng(3)
        for kind in ("disc", "square"):
            (folder / kind).mkdir(parents=True)
            for number in range(24):
                ground, ink = (tuple(int(v) for v in random.integers(0, 255, 3)) for _ in range(2))
                image = Image.new("RGB", (64, 64), ground)
                x, y = (int(v) for v in random.integers(8, 20, 2))
                drawing = ImageDraw.Draw(image)
                (drawing.ellipse if kind == "disc" else drawing.rectangle)((x, y, x + 34, y + 34), fill=ink)
                image.save(folder / kind / f"{kind} {number}.png")
        return folder

    return draw
