"""Journeys drive the whole program: the real window, real children, real files."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.training import stop_run
from studio.gui.main import make_window
from studio.gui.window import Window
from studio.runs.run import Run, list_runs

LONG_MS = 240_000
# So small that an epoch takes a second: journeys are about the way, not about the model.
QUICK = {
    "model.encoder": "test_resnet",
    "model.weights": "none",
    "training.epochs": "2",
    "transforms.resize.side_px": "32",
}


def draw_folders(folder: Path, each: int = 24) -> Path:
    """Discs and squares of any colour, a folder each."""
    rng = np.random.default_rng(3)
    for kind in ("disc", "square"):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            ground, ink = (tuple(int(v) for v in rng.integers(0, 255, 3)) for _ in range(2))
            image = Image.new("RGB", (64, 64), ground)
            x, y = (int(v) for v in rng.integers(8, 20, 2))
            draw = ImageDraw.Draw(image)
            (draw.ellipse if kind == "disc" else draw.rectangle)((x, y, x + 34, y + 34), fill=ink)
            image.save(folder / kind / f"{kind} {number}.png")
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return draw_folders(tmp_path / "Bilder & 'mehr'")


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[[], Window]]:
    """Opens windows as the program does; what is left open is closed."""
    opened: list[Window] = []

    def open_one() -> Window:
        window = make_window(qapp)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        opened.append(window)
        return window

    yield open_one
    for window in opened:
        window.close()


@pytest.fixture(autouse=True)
def no_run_outlives_its_test(tmp_path: Path) -> Iterator[None]:
    yield
    for project in tmp_path.rglob("*.studio"):
        for run in list_runs(project / "runs"):
            holder = run.lock().holder()
            if holder and holder.startswith("process "):
                stop_run(run)
                os.kill(int(holder.removeprefix("process ")), signal.SIGKILL)


def child_of(run: Run) -> int:
    """The process id of the child that trains a run."""
    holder = run.lock().holder()
    assert holder is not None
    return int(holder.removeprefix("process "))
