"""The line at the bottom: project, what is running and how far it is, and that everything is saved."""

from PySide6.QtWidgets import QStatusBar, QWidget

from studio.app.workspace import Workspace
from studio.base.wording import duration_words
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.text import ElidedLabel

SAY_MS = 6000


class StatusLine(QStatusBar):
    """Click the running job to see it."""

    def __init__(self, work: Workspace, ui: WindowUi, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._work = work
        self._project = ElidedLabel("", "help")
        self._job = button("", "link", dense=True)
        self._job.clicked.connect(lambda: ui.go_to("train") if self._run_words() else ui.show_health())
        self._saved = ElidedLabel("", "help")
        self.addWidget(self._project, 1)
        self.addPermanentWidget(self._job)
        self.addPermanentWidget(self._saved)
        self.refresh()

    def say(self, message: str) -> None:
        """A message for a few seconds."""
        self.showMessage(message, SAY_MS)

    def refresh(self) -> None:
        project = self._work.session.project
        self._project.setText(str(project.folder) if project else "No project is open")
        self._saved.setText("Every change saved" if project else "")
        words = self._run_words() or self._health_words()
        self._job.setVisible(bool(words))
        self._job.setText(words)
        self._job.setAccessibleName(words)

    def _run_words(self) -> str:
        shown = self._work.runs.shown
        if shown is None or shown.state != "running":
            return ""
        history = shown.history
        if history.started is None or not history.steps:
            return f"Preparing {shown.run.name}"
        last, started = history.steps[-1], history.started
        total = started.steps_per_epoch * started.epochs
        left = duration_words(last.left_s)
        return f"Training {shown.run.name}: {100 * last.step // max(total, 1)} %, {left} left"

    def _health_words(self) -> str:
        progress = self._work.health.progress
        if progress is None:
            return ""
        return f"Looking for hidden mistakes: {progress.what}, {100 * progress.done // max(progress.total, 1)} %"
