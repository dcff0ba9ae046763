"""How long the window's event loop is held up by a project of 100,000 pictures: checked, shown, labeled, opened.

The pictures are hard links to a few files: what is measured is the window. Each figure `late_max_…_ms` is the longest
delay of a 10 ms timer in one phase: the first check, the next one, the table with its order and filter, labels with the
check after them, leaving the project, opening it again. `bare_late_max_ms` is that of a window with nothing to do, and
`few_late_max_ms` that of the first visits to the pages with ten pictures, both before.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

PICTURES = 100_000
TICK_MS = 10
BARE_S = 5.0
LABELS = 5


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


class _Loop:
    """Runs the window's event loop, and notes in each phase how late its timer was."""

    def __init__(self, app: "QApplication") -> None:
        from PySide6.QtCore import QTimer

        self.late_ms: dict[str, list[float]] = {}
        self._now: list[float] = []
        self._app = app
        self._timer = QTimer()
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last = time.perf_counter()
        self._timer.start()

    def begin(self, phase: str) -> None:
        """What is late from now on belongs to this phase."""
        self._app.processEvents()
        self._now = self.late_ms.setdefault(phase, [])
        self._last = time.perf_counter()

    def wait(self, is_done: Callable[[], bool], limit_s: float = 900) -> float:
        """Run until something is so; gives the seconds."""
        began = time.perf_counter()
        while not is_done():
            self._app.processEvents()
            assert time.perf_counter() - began < limit_s
            time.sleep(0.001)
        return time.perf_counter() - began

    def rest(self, seconds: float = 1.0) -> None:
        """Let come what was put off."""
        ends = time.perf_counter() + seconds
        self.wait(lambda: time.perf_counter() > ends)

    def max_ms(self, phase: str) -> float:
        """The longest delay of a phase."""
        return max(self.late_ms[phase])

    def _tick(self) -> None:
        now = time.perf_counter()
        self._now.append(max(0.0, (now - self._last) * 1e3 - TICK_MS))
        self._last = now


def _measure(pictures: Path, folder: Path) -> dict[str, float]:
    """Check the blocks, and again; look at the table, sort it, filter it; give labels; open the project again."""
    from PySide6.QtWidgets import QApplication

    from studio.blocks.recipe import Recipe
    from studio.blocks.source.folder import Folder
    from studio.gui.main import make_window

    app = QApplication([])
    window = make_window(app)
    window.resize(1366, 768)
    window.show()
    work = window.work
    loop = _Loop(app)
    loop.begin("bare")
    loop.rest(BARE_S)
    loop.begin("few")
    _visit_with_few(window, folder, loop)
    many = work.session.create_project(folder / "many.studio").folder
    loop.rest()

    def is_all_there() -> bool:
        is_busy = work.pipeline.is_checking or work.labeling.is_reading
        return not is_busy and len(work.labeling.images) == PICTURES

    loop.begin("first")
    work.pipeline.set_recipe(Recipe(source=Folder(path=str(pictures))))
    first_s = loop.wait(is_all_there)
    loop.rest()
    loop.begin("checking")
    work.pipeline.check()
    again_s = loop.wait(is_all_there)
    loop.rest()
    loop.begin("table")
    _look_at_table(window, loop)
    loop.begin("label")
    window.go_to("label")
    for number in range(LABELS):
        loop.rest(0.2)
        work.labeling.choose(PICTURES // 2)
        work.labeling.give_to_chosen(f"class {number}")
    work.labeling.undo()
    loop.wait(is_all_there)
    loop.rest()
    loop.begin("leave")
    work.session.create_project(folder / "other.studio")
    loop.rest()
    loop.begin("open")
    work.session.open_project(many)
    opened_s = loop.wait(lambda: len(work.labeling.images) == PICTURES)
    loop.wait(is_all_there)
    loop.rest()
    window.close()
    phases = [phase for phase in loop.late_ms if phase not in ("bare", "few")]
    late_ms = sorted(late for phase in phases for late in loop.late_ms[phase])
    return {
        "pictures": PICTURES,
        "first_check_s": first_s,
        "next_check_s": again_s,
        "opened_s": opened_s,
        "bare_late_max_ms": loop.max_ms("bare"),
        "few_late_max_ms": loop.max_ms("few"),
        "late_p99_ms": late_ms[int(0.99 * len(late_ms))],
        "late_max_ms": late_ms[-1],
        **{f"late_max_{phase}_ms": loop.max_ms(phase) for phase in phases},
    }


def _visit_with_few(window: Any, folder: Path, loop: _Loop) -> None:
    """Pages and their cards are made at the first visit, which takes its time with ten pictures as well."""
    from studio.blocks.recipe import Recipe
    from studio.blocks.source.folder import Folder

    few = folder / "few"
    few.mkdir()
    for number in range(10):
        os.link(folder / "originals" / f"{number}.png", few / f"{number}.png")
    window.work.session.create_project(folder / "few.studio")
    window.work.pipeline.set_recipe(Recipe(source=Folder(path=str(few))))
    for page in ("label", "blocks"):
        window.go_to(page)
        loop.wait(lambda: not window.work.pipeline.is_checking)
    loop.rest()


def _look_at_table(window: Any, loop: _Loop) -> None:
    page = window.page_widget("blocks")
    page.choose(2)
    loop.rest()  # each press of a user is a turn of its own
    shown = page.outcome.pictures
    shown.views.buttons["table"].click()
    loop.wait(lambda: shown.table.model.rowCount() == PICTURES)
    loop.rest()
    shown.table.view.sortByColumn(1, shown.table.view.horizontalHeader().sortIndicatorOrder())
    loop.rest()
    shown.table.search.setText("0001")
    loop.wait(lambda: shown.table.model.rowCount() < PICTURES)
    loop.rest()
