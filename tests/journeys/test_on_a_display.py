"""A new user at a real display: the program started as its user starts it, mouse and keyboard from outside.

Nothing of the program is imported by the driver: what happened is read from the project's folder.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WIDTH_PX, HEIGHT_PX = 1366, 768
TIMEOUT_S = 240.0

needs_display_tools = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="Xvfb and xdotool are not installed (packaging/test installs them where it may)",
)


class Desk:
    """A display of its own with the program on it, worked by xdotool."""

    def __init__(self, home: Path) -> None:
        self.home = home
        read, write = os.pipe()
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH_PX}x{HEIGHT_PX}x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as file:
            display = f":{file.readline().strip()}"
        self.environment = {**os.environ, "DISPLAY": display, "STUDIO_HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        self.program = subprocess.Popen([sys.executable, "-m", "studio"], env=self.environment)

    def do(self, *words: object) -> str:
        command = ["xdotool", *map(str, words)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def wait(self, is_true: Callable[[], object], what: str) -> None:
        ends_at = time.monotonic() + TIMEOUT_S
        while not is_true():
            assert self.program.poll() is None, "the program ended"
            if time.monotonic() > ends_at:
                pytest.fail(f"{what} did not come")
            time.sleep(0.2)

    def windows(self, name: str) -> list[str]:
        command = ["xdotool", "search", "--onlyvisible", "--name", name]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout.split()

    def look_at(self, name: str) -> str:
        """The window of that title, under the pointer and with the keyboard: there is no window manager here."""
        found: list[str] = []  # one answer is taken: the next may be empty while a dialog is being closed
        self.wait(lambda: found.extend(self.windows(name)) or found, f"the window '{name}'")
        window = found[-1]
        self.do("windowfocus", "--sync", window)
        return window

    def click(self, window: str, x_px: int, y_px: int) -> None:
        self.do("mousemove", "--window", window, x_px, y_px, "click", 1)

    def close(self) -> None:
        for process in (self.program, self._screen):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "home")
    yield made
    made.close()


def events(project: Path, kind: str) -> list[dict]:
    """The events of that kind, over all runs of the project."""
    found = []
    for path in sorted(project.glob("runs/*/events.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if f'"kind":"{kind}"' in line:
                found.append(json.loads(line))
    return found


@needs_display_tools
@pytest.mark.parametrize(("name", "classes"), [("mnist_tiny", 2), ("flowers_128", 5)])
def test_from_a_folder_to_a_prediction(desk: Desk, shared_data: Path, name: str, classes: int) -> None:
    window = desk.look_at("Datablock Studio")
    project = desk.home / "data" / f"{name}.studio"

    # The second of the three large choices; the three stand side by side, right of the rail.
    desk.click(window, 72 + (WIDTH_PX - 72) // 2, 180)
    dialog = desk.look_at("New project")
    desk.do("type", "--window", dialog, "--delay", 5, str(shared_data / name))
    desk.wait(lambda: _press_until(desk, "New project", "Return", project / "project.sqlite"), "the new project")

    window = desk.look_at("Datablock Studio")
    desk.click(window, 36, 270)  # Train, on the rail
    desk.wait(lambda: _press_until(desk, "Datablock Studio", "ctrl+r", project / "runs"), "a run")
    desk.wait(lambda: len(events(project, "step_done")) > 3, "the first steps")
    started = events(project, "run_started")[0]
    assert len(started["classes"]) == classes

    desk.do("key", "--window", desk.look_at("Datablock Studio"), "ctrl+period")
    desk.wait(lambda: events(project, "stopped"), "the end of the stopped run")
    resume = "ctrl+shift+r"
    desk.wait(lambda: _press_until(desk, "Datablock Studio", resume, None) or events(project, "resumed"), "resume")
    if name == "mnist_tiny":
        desk.wait(lambda: events(project, "finished"), "the end of the training")
        assert events(project, "finished")[-1]["metrics"]["accuracy"] > 0.5
        desk.click(desk.look_at("Datablock Studio"), 36, 334)  # Results, on the rail
    else:
        desk.wait(lambda: events(project, "epoch_ended"), "an epoch")

    window = desk.look_at("Datablock Studio")
    desk.click(window, 36, 206)  # Label, on the rail
    desk.wait(lambda: _press_until(desk, "Datablock Studio", "d", None) or True, "the page")
    desk.do("key", "--window", window, "d")
    desk.do("key", "--window", window, "2")
    desk.wait(lambda: _labels(project) == 1, "the label")
    desk.do("key", "--window", window, "ctrl+z")
    desk.wait(lambda: _labels(project) == 0, "the undo")
    assert desk.program.poll() is None
    desk.do("key", "--window", window, "ctrl+q")
    assert desk.program.wait(30) == 0


def _press_until(desk: Desk, title: str, keys: str, path: Path | None) -> bool:
    """Press keys in a window, if it is there, and say whether what they make is there."""
    if path is not None and path.exists() and (path.is_file() or any(path.iterdir())):
        return True
    found = desk.windows(title)
    if found:
        desk.do("windowfocus", "--sync", found[-1])
        desk.do("key", "--window", found[-1], keys)
        time.sleep(0.5)
    return False


def _labels(project: Path) -> int:
    import sqlite3

    with sqlite3.connect(f"file:{project / 'project.sqlite'}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM label").fetchone()[0])
