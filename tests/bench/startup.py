"""From the start of the process to the first painted window: ours against a bare QMainWindow, in turn."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

REPEATS = 7

PAINTED = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            app.removeEventFilter(self)
            QTimer.singleShot(0, tell)
        return False
def tell():
    sys.stdout.write(f"{time.time()}\\n")
    sys.stdout.flush()
    os._exit(0)
from PySide6.QtCore import QTimer
"""

BARE = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
"""
    + PAINTED
    + """
watch = Watch()
app.installEventFilter(watch)
window.show()
app.exec()
"""
)

# What `studio` without a command does, up to the event loop.
OURS = (
    """
from studio.__main__ import main
from studio.gui import main as window_main
app = window_main.make_app()
window = window_main.make_window(app)
"""
    + PAINTED
    + """
watch = Watch()
app.installEventFilter(watch)
window.show()
app.exec()
"""
)


def seconds_to_paint(code: str, environment: dict[str, str]) -> float:
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.strip()) - began


def measure() -> tuple[dict[str, float], str | None]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "STUDIO_HOME": home}
        times: dict[str, list[float]] = {"bare": [], "ours": []}
        for code in (BARE, OURS):
            seconds_to_paint(code, environment)  # compiles bytecode, fills the disk's cache
        for _ in range(REPEATS):
            times["bare"].append(seconds_to_paint(BARE, environment))
            times["ours"].append(seconds_to_paint(OURS, environment))
    bare, ours = statistics.median(times["bare"]), statistics.median(times["ours"])
    return {"window_s": ours, "bare_window_s": bare, "excess_s": ours - 1.5 * bare}, None
