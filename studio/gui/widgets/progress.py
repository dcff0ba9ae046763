"""How far a job is: a bar with count, rate and time left, and a Cancel that works."""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.base.wording import count_words, duration_words, rate_words, whole_words
from studio.gui.style import ms, px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.text import ElidedLabel


class JobProgress(QWidget):
    """One job. Nothing is shown for jobs that end at once; `cancel_asked` is emitted once.

    `compact` puts everything in one line, for the status bar.
    """

    cancel_asked = Signal()

    def __init__(
        self, compact: bool = False, clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._noun, self._started_s, self._what, self._already = "", 0.0, "", 0
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.what = ElidedLabel("", "help" if compact else "body")
        self.figures = ElidedLabel("", "help")
        self.cancel = button("Cancel", "quiet", dense=True)
        self.cancel.clicked.connect(self._ask_cancel)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(ms("progress_after"))
        self._delay.timeout.connect(self.show)
        self._lay_out(compact)
        self.hide()

    def _lay_out(self, compact: bool) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        words: QBoxLayout
        if compact:
            words = QHBoxLayout()
            self.bar.setFixedWidth(px("thumbnail_m"))
            for part in (self.what, self.bar, self.figures):
                words.addWidget(part, 0, middle)
        else:
            words = QVBoxLayout()
            for part in (self.what, self.bar, self.figures):
                words.addWidget(part)
        words.setSpacing(px("gap_s") if compact else px("gap_xs"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s") if compact else px("gap_l"))
        row.addLayout(words, 1)
        row.addWidget(self.cancel, 0, middle)

    def start(self, what: str, noun: str = "picture", already: int = 0) -> None:
        """Say what begins; the bar appears once the job has taken longer than a blink.

        already: how many were done before anybody looked; they do not count for the rate.
        """
        self._what, self._noun, self._started_s, self._already = what, noun, self._clock(), already
        self.what.setText(what)
        self.bar.setAccessibleName(what)
        self.figures.setText("Starting")
        self.bar.setRange(0, 0)
        self.cancel.setText("Cancel")
        self.cancel.setAccessibleName(f"Cancel: {what}")
        self.cancel.setEnabled(True)
        self._delay.start()

    def set_done(self, done: int, total: int | None = None, per_second: float | None = None) -> None:
        """Say how far it is; rate and time left come from the clock where the job does not know them."""
        elapsed_s = self._clock() - self._started_s
        if per_second is None and done > self._already and elapsed_s > 0:
            per_second = (done - self._already) / elapsed_s
        if total is None:
            self.bar.setRange(0, 0)
            parts = [count_words(done, self._noun)]
        else:
            self.bar.setRange(0, max(total, 1))
            self.bar.setValue(min(done, total))
            parts = [f"{whole_words(done)} of {count_words(total, self._noun)}"]
        if per_second:
            parts.append(rate_words(per_second, self._noun))
            if total is not None and total > done:
                parts.append(f"{duration_words((total - done) / per_second)} left")
        self.figures.setText(" · ".join(parts))
        self.bar.setAccessibleDescription(self.figures.text())

    def finish(self) -> None:
        """Put the bar away: the job has ended, one way or another."""
        self._delay.stop()
        self.hide()

    def _ask_cancel(self) -> None:
        self.cancel.setText("Stopping")
        self.cancel.setEnabled(False)
        self.cancel_asked.emit()
