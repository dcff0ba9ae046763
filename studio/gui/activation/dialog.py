"""Where did the model look? One picture after the other, for the answer it gave or for any other."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.app.activation import Activations, Seen
from studio.app.session import Session
from studio.base.wording import percent_words
from studio.gui.activation.heat_view import HeatView
from studio.gui.style import px
from studio.gui.widgets.buttons import button, icon_button
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.text import ElidedLabel, plain
from studio.jobs.messages import Failed
from studio.runs.run import Run

SENTENCE = (
    "Warm colours mark what speaks most for the answer, no colour what does not count. Warm ground behind a thing says "
    "that the model learned the ground."
)


class ActivationDialog(QDialog):
    """Begins with the picture at `current`. The answer that is asked about stays chosen from picture to picture."""

    def __init__(self, session: Session, run: Run, paths: Sequence[Path], current: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Where did it look?")
        self._paths, self._current = list(paths), current
        self._activations = Activations(session, run, self._show, self._fail)
        self._wanted = ""  # what somebody chose to ask about; "": the surest answer
        self.view = HeatView()
        self.about = QComboBox()
        self.about.setAccessibleName("Ask about")
        self.about.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.about.activated.connect(self._choose)
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.name, self.place = ElidedLabel("", "strong"), plain("", "quiet")
        self.note = plain("", "help", wrap=True)
        self.previous = icon_button("chevron_left", "Previous picture")
        self.previous.clicked.connect(lambda: self.step(-1))
        self.following = icon_button("chevron_right", "Next picture")
        self.following.clicked.connect(lambda: self.step(1))
        for key, by in (("A", -1), ("Left", -1), ("D", 1), ("Right", 1)):
            shortcut = QShortcut(QKeySequence(key), self.view.picture)
            shortcut.activated.connect(lambda by=by: self.step(by))
        self.view.picture.setFocusPolicy(self.about.focusPolicy())
        self._lay_out()
        self.view.picture.setFocus()
        self._ask()

    def step(self, by: int) -> None:
        """Go to another picture; nothing happens at the ends."""
        place = self._current + by
        if 0 <= place < len(self._paths):
            self._current = place
            self._ask()

    def done(self, result: int) -> None:
        self._activations.cancel()
        super().done(result)

    def _ask(self) -> None:
        path = self._paths[self._current]
        self.strip.hide()
        self.view.show_seen(None)
        self.note.setText("Asking the model …")
        self.name.setText(path.name)
        self.place.setText(f"{self._current + 1} of {len(self._paths)}")
        self.previous.setEnabled(self._current > 0)
        self.following.setEnabled(self._current + 1 < len(self._paths))
        self._activations.ask(path, self._wanted)

    def _show(self, seen: Seen) -> None:
        self.view.show_seen(seen)
        with QSignalBlocker(self.about):
            if {self.about.itemData(row) for row in range(self.about.count())} != set(seen.others):
                self.about.clear()
                for name in seen.others:
                    self.about.addItem(" ".join(name.split()), name)
            self.about.setCurrentIndex(self.about.findData(seen.about))
        share = "" if seen.share is None else f" ({percent_words(seen.share)})"
        across, down = seen.cells
        if seen.heat_hw.any():
            words = f"What speaks for '{seen.about}'{share}. The model tells {across} x {down} places apart here."
        else:
            words = f"Nothing in this picture speaks for '{seen.about}'{share}."
        self.note.setText(words)

    def _fail(self, event: Failed) -> None:
        self.note.setText("")
        self.strip.say("error", event.message, event.hint, event.traceback)

    def _choose(self, row: int) -> None:
        self._wanted = str(self.about.itemData(row))
        self._ask()

    def _lay_out(self) -> None:
        leave = button("Close", "quiet")
        leave.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.setSpacing(px("gap_s"))
        top.addWidget(self.name, 1)
        top.addWidget(self.place)
        top.addWidget(self.previous)
        top.addWidget(self.following)
        below = QHBoxLayout()
        below.setSpacing(px("gap_s"))
        below.addWidget(plain("Ask about", "field"))
        below.addWidget(self.about)
        below.addWidget(self.note, 1)
        below.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_l"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_m"))
        column.addWidget(plain("Where did it look?", "title"))
        column.addWidget(plain(SENTENCE, "quiet", wrap=True))
        column.addWidget(self.strip)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addLayout(below)
        self.resize(px("panel_max") + px("panel"), px("panel_max") + px("thumbnail_m"))
