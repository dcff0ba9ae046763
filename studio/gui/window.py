"""The window: rail, pages, status bar. It draws what the use cases say and hands on what the user wants."""

import importlib
import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.app.actions import PAGES
from studio.app.steps import step_states
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.gui import dialogs
from studio.gui.menus import KeyGate, fill_menus, make_actions, refresh_actions
from studio.gui.opening import SampleOpening
from studio.gui.status import StatusLine
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.rail import Rail, Step

log = logging.getLogger(__name__)
POLL_MS = 100
SMALLEST_PX = (980, 620)


class Window(QMainWindow):
    """One project at a time. Pages are made when they are first looked at."""

    def __init__(self, work: Workspace) -> None:
        super().__init__()
        self.work = work
        self.page = "project"
        self._shown_bugs: set[str] = set()
        self.setWindowTitle("Datablock Studio")
        self.setMinimumSize(*SMALLEST_PX)
        self.actions_by_id = make_actions(work, self, self.attempt)
        self._lay_out()
        fill_menus(self.menuBar(), self.actions_by_id)
        self._gate = KeyGate(self.actions_by_id, self, self)
        self.sample = SampleOpening(work, self)
        work.session.project_changed.subscribe(lambda project: self._project_changed())
        for part in (work.pipeline, work.health, work.labeling, work.runs, work.inspection, work.corrections):
            part.changed.subscribe(lambda what: self._refresh_soon())
        work.looks_trial.changed.subscribe(lambda what: self._refresh_soon())
        work.session.changed.subscribe(lambda changes: self._refresh_soon())
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(lambda: self.attempt(work.runs.poll))
        self._poll.start()
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(POLL_MS // 2)
        self._refresh.timeout.connect(self.refresh)
        self._restore()
        self.go_to("project")
        self.refresh()

    # --- what pages and actions ask ---------------------------------------------------------------------------------

    def attempt(self, function: Callable[[], Any]) -> bool:
        """Run it; a UserError is shown above the page, anything else is logged and shown once."""
        try:
            function()
        except UserError as error:
            self.strip.say("error", error.message, error.hint)
            return False
        except Exception as error:
            log.exception("A bug:")
            self.show_bug(error)
            return False
        return True

    def show_bug(self, error: BaseException) -> None:
        """A mistake of ours: shown once for each kind, and the window goes on."""
        trace = "".join(traceback.format_exception(error))
        kind = f"{type(error).__name__}: {error}"
        if kind not in self._shown_bugs:
            self._shown_bugs.add(kind)
            hint = "Your work is saved. You can go on; the details help us to mend it."
            self.strip.say("error", "Something went wrong that should not.", hint, trace)

    def go_to(self, page: str) -> None:
        self.page = page
        self.rail.set_current(page)
        widget = self.page_widget(page)
        self._pages.setCurrentWidget(widget)
        widget.setFocus()
        self.strip.hide()
        self.attempt(widget.visited)
        self.refresh()

    def remember(self, key: str, default: Any) -> Any:
        return self.work.session.settings.window.get(key, default)

    def keep(self, key: str, value: Any) -> None:
        self.work.session.change_settings(window={**self.work.session.settings.window, key: value})

    def say(self, message: str) -> None:
        self.status.say(message)

    def copy_text(self, text: str, what: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.say(f"{what} is on the clipboard.")

    def ask_project_folder(self) -> Path | None:
        return dialogs.ask_project_folder(self)

    def ask_file(self, title: str) -> Path | None:
        return dialogs.ask_file(self, title)

    def ask_file_to_write(self, title: str, name: str) -> Path | None:
        return dialogs.ask_file_to_write(self, title, name)

    def ask_text(self, title: str, label: str) -> str | None:
        return dialogs.ask_text(self, title, label)

    def new_project(self) -> None:
        from studio.gui.project_wizard.dialog import NewProject

        NewProject(self.work, self, self).exec()

    def open_sample(self) -> None:
        self.go_to("project")
        self.sample.open()

    def predict_pictures(self) -> None:
        from studio.gui.prediction import PredictionDialog

        self.work.inspection.refresh()
        if self.work.inspection.run is not None:
            PredictionDialog(self.work, self.work.inspection.run, self).open()

    def show_activation(self) -> None:
        from studio.gui.activation.dialog import ActivationDialog

        inspection = self.work.inspection
        if inspection.run is not None and inspection.pictures:
            paths = [inspection.path(item) for item in inspection.pictures]
            ActivationDialog(self.work.session, inspection.run, paths, inspection.current or 0, self).open()

    def find_rate(self) -> None:
        from studio.gui.train.rate_finder import RateDialog

        self.go_to("train")
        RateDialog(self.work, self, self).open()

    def show_palette(self) -> None:
        from studio.gui.palette import Palette

        refresh_actions(self.actions_by_id, self.work)
        Palette(self.actions_by_id, self).show_over(self)

    def show_keys(self) -> None:
        dialogs.KeysDialog(self).exec()

    def show_health(self) -> None:
        self.go_to("blocks")
        self.page_widget("blocks").show_health()

    def show_settings(self) -> None:
        dialogs.SettingsDialog(self.work.session, self).exec()

    def quit(self) -> None:
        self.close()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def page_widget(self, page: str) -> Any:
        """The page's widget, made at the first visit from `studio.gui.<page>_page`."""
        if page not in self._made:
            module = importlib.import_module(f"studio.gui.{page}_page")
            widget = getattr(module, f"{page.capitalize()}Page")(self.work, self.actions_by_id, self)
            # The page itself may have the focus: bare keys count at once, and no button lights up that nobody chose.
            widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._made[page] = widget
            self._pages.addWidget(widget)
        return self._made[page]

    def refresh(self) -> None:
        """Bring rail, actions and status bar up to date."""
        for page, state in step_states(self.work).items():
            self.rail.set_state(page, state)
        refresh_actions(self.actions_by_id, self.work)
        self.status.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._poll.stop()
        self.keep("geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        self.sample.cancel()
        self.work.session.close()
        event.accept()

    def _lay_out(self) -> None:
        self.rail = Rail([Step(page, title, page) for page, title in PAGES.items()])
        self.rail.chosen.connect(self.go_to)
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self._pages = QStackedWidget()
        self._made: dict[str, Any] = {}
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.strip)
        right.addWidget(self._pages, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(whole)
        self.status = StatusLine(self.work, self)
        self.setStatusBar(self.status)

    def _project_changed(self) -> None:
        project = self.work.session.project
        self.setWindowTitle(f"{project.name} – Datablock Studio" if project else "Datablock Studio")
        self._refresh_soon()

    def _refresh_soon(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _restore(self) -> None:
        kept = str(self.remember("geometry", ""))[:4000]
        if not (kept and self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))):
            room = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(min(1366, room.width()), min(768, room.height()))
