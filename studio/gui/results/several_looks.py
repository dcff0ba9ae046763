"""One line of the Results page: whether looking several times helps, while it is measured and afterwards."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.app.looks_trial import LooksTrial, comparison_words
from studio.gui import icons
from studio.gui.style import px
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import ElidedLabel
from studio.runs.looks_comparison import Verdict, read_comparison
from studio.runs.run import Run

_ICONS: dict[Verdict, tuple[str, str]] = {
    "helps": ("good", "good"),
    "harms": ("warning", "warning"),
    "no_clear_difference": ("info", "quiet"),
}


class LooksLine(QWidget):
    """Shows nothing until somebody has asked. `show_run` says which run the page shows."""

    def __init__(self, trial: LooksTrial) -> None:
        super().__init__()
        self._trial = trial
        self._run: Run | None = None
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(trial.cancel)
        self.strip = MessageStrip()
        self.strip.closed.connect(self._put_strip_away)
        self.icon, self.words = _VerdictIcon(), ElidedLabel("")
        self._told = QWidget()
        line = QHBoxLayout(self._told)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px("gap_s"))
        line.addWidget(self.icon)
        line.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), px("gap_xs"), px("gap_l"), 0)
        column.setSpacing(px("gap_xs"))
        for part in (self.strip, self.progress, self._told):
            column.addWidget(part)
        trial.changed.subscribe(self._hear)
        self.show_run(None)

    def show_run(self, run: Run | None) -> None:
        """Say what is known of this run."""
        self._run = run
        found = read_comparison(run) if run is not None else None
        self._told.setVisible(found is not None)
        if run is not None and found is not None:
            self.icon.set_verdict(found.verdict)
            self.words.setText(comparison_words(run.recipe().task, found))
        self.setVisible(found is not None or self._trial.is_measuring or not self.strip.isHidden())

    def _put_strip_away(self) -> None:
        self.strip.hide()
        self.show_run(self._run)

    def _hear(self, what: str) -> None:
        trial = self._trial
        if what == "started" and trial.run is not None:
            self.strip.hide()
            self.progress.start(f"Looking several times with {trial.run.name}")
        elif what == "progress" and trial.progress is not None:
            self.progress.set_done(trial.progress.done, trial.progress.total)
        elif what == "ended":
            self.progress.finish()
            if trial.failure is not None:
                self.strip.say("error", trial.failure.message, trial.failure.hint, trial.failure.traceback)
        self.show_run(self._run)


class _VerdictIcon(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._verdict: Verdict = "no_clear_difference"
        self.setFixedSize(QSize(px("icon_m"), px("icon_m")))

    def set_verdict(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint_icon(painter, QRect(0, 0, px("icon_m"), px("icon_m")), *_ICONS[self._verdict])
        painter.end()
