"""Starting the window: Qt, the look, the hooks that keep a mistake from ending it."""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from studio.base.paths import user_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from studio.gui.window import Window

log = logging.getLogger(__name__)
SAMPLE = "sample:"


def main(project: str | None, arguments: Sequence[str] = ()) -> int:
    """Open the window, on a project or (`sample:FOLDER`) on the sample; gives the exit status."""
    if not _has_display():
        print("studio: There is no display to open a window on.", file=sys.stderr)
        print("Log in to a desktop, set DISPLAY, or use the commands: studio --help", file=sys.stderr)
        return 2
    _log_to_file()
    app = make_app(arguments)
    window = make_window(app)
    window.show()
    if project is not None:
        open_at_start(window, project)
    return app.exec()


def make_app(arguments: Sequence[str] = ()) -> "QApplication":
    from PySide6.QtWidgets import QApplication

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["studio", *arguments])
    app.setApplicationName("Datablock Studio")
    app.setDesktopFileName("datablock-studio")
    return app


def make_window(app: "QApplication") -> "Window":
    """The window with a session of its own, dressed in the user's theme."""
    from studio.app.session import Session
    from studio.app.workspace import Workspace
    from studio.gui import style
    from studio.gui.bridge import MainThread
    from studio.gui.collector import Collector
    from studio.gui.window import Window

    bridge = MainThread()
    session = Session(deliver=bridge.deliver)
    style.apply(app, session.settings.theme)
    window = Window(Workspace(session))
    bridge.setParent(window)
    Collector(window)
    _catch_mistakes(window, bridge)
    return window


def open_at_start(window: "Window", project: str) -> None:
    if project.startswith(SAMPLE):
        window.sample.folder = Path(project.removeprefix(SAMPLE))
        window.attempt(window.open_sample)
    elif window.attempt(lambda: window.work.session.open_project(Path(project))):
        window.go_to("blocks")


def _catch_mistakes(window: "Window", bridge: object) -> None:
    """An exception in a slot, a painter or a thread is shown once; the window lives on."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        # Logged at once: the event loop that would show it may never run again.
        log.error("Not caught:", exc_info=(kind, error, trace))
        bridge.deliver(lambda: window.show_bug(error.with_traceback(trace)))  # type: ignore[attr-defined]

    sys.excepthook = caught
    threading.excepthook = lambda what: caught(what.exc_type, what.exc_value or what.exc_type(), what.exc_traceback)


def _log_to_file() -> None:
    from logging.handlers import RotatingFileHandler

    folder = user_folder("cache")
    handler = RotatingFileHandler(folder / "window.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    faulthandler.enable(open(folder / "crash.log", "w", encoding="utf-8"))  # noqa: SIM115 (open to the end)


def _has_display() -> bool:
    """Without one Qt ends the process, and no exception can be caught."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
