"""How long the window's event loop is held up while 100,000 pictures are scanned, shown and filtered on Blocks.

The pictures are hard links to a few files, remembered as readable first: what is measured is the window.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

PICTURES = 100_000
TICK_MS = 10


def measure() -> tuple[dict[str, float], str | None]:
    """The figures, of a window without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STUDIO_HOME"] = str(Path(folder) / "home")
        return _measure(_make_pictures(Path(folder) / "pictures"), Path(folder)), None


def _make_pictures(folder: Path) -> Path:
    from PIL import Image

    originals = folder.parent / "originals"
    originals.mkdir()
    for number in range(50):  # a file system allows about 65,000 links to one file
        Image.new("RGB", (32, 32), (5 * number, 80, 120)).save(originals / f"{number}.png")
    for number in range(PICTURES):
        place = folder / f"class {number % 10}"
        place.mkdir(parents=True, exist_ok=True)
        os.link(originals / f"{number % 50}.png", place / f"picture {number:06d}.png")
    return folder


def _measure(pictures: Path, folder: Path) -> dict[str, float]:
    """Check the blocks twice, so that the second time nothing is decoded; look at the table, sort it, filter it."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from studio.blocks.recipe import Recipe
    from studio.blocks.source.folder import Folder
    from studio.gui.main import make_window

    app = QApplication([])
    window = make_window(app)
    window.resize(1366, 768)
    window.show()
    work = window.work
    work.session.create_project(folder / "many.studio")
    window.go_to("blocks")
    late_ms: list[float] = []
    last = [time.perf_counter()]
    timer = QTimer()
    timer.setInterval(TICK_MS)

    def tick() -> None:
        now = time.perf_counter()
        late_ms.append(max(0.0, (now - last[0]) * 1e3 - TICK_MS))
        last[0] = now

    timer.timeout.connect(tick)

    def wait(condition: Any, limit_s: float = 900) -> float:
        began = time.perf_counter()
        while not condition():
            app.processEvents()
            assert time.perf_counter() - began < limit_s
            time.sleep(0.001)
        return time.perf_counter() - began

    work.pipeline.set_recipe(Recipe(source=Folder(path=str(pictures))))
    first_s = wait(lambda: not work.pipeline.is_checking)
    timer.start()
    last[0] = time.perf_counter()
    work.pipeline.check()
    again_s = wait(lambda: not work.pipeline.is_checking)
    checking = list(late_ms)
    page = window.page_widget("blocks")
    page.choose(2)
    shown = page.outcome.pictures
    shown.views.buttons["table"].click()
    wait(lambda: shown.table.model.rowCount() == PICTURES)
    shown.table.view.sortByColumn(1, shown.table.view.horizontalHeader().sortIndicatorOrder())
    shown.table.search.setText("0001")
    wait(lambda: shown.table.model.rowCount() < PICTURES)
    ends = time.perf_counter() + 1
    wait(lambda: time.perf_counter() > ends)
    late_ms.sort()
    window.close()
    return {
        "pictures": PICTURES,
        "first_check_s": first_s,
        "next_check_s": again_s,
        "late_p99_ms": late_ms[int(0.99 * len(late_ms))],
        "late_max_ms": late_ms[-1],
        "late_max_checking_ms": max(checking),
    }
