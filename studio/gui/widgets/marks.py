"""The small marks that say how far something is: an icon, a colour and a word each, never a colour alone."""

from typing import Literal, NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.gui import icons
from studio.gui.style import px

State = Literal["empty", "ready", "warning", "running", "done", "failed"]


class Mark(NamedTuple):
    """How a state is shown and said."""

    icon: str
    colour: str
    words: str


MARKS: dict[State, Mark] = {
    "empty": Mark("mark_empty", "line_strong", "nothing yet"),
    "ready": Mark("mark_ready", "quiet", "ready"),
    "warning": Mark("mark_warning", "warning", "needs a look"),
    "running": Mark("mark_running", "accent", "running"),
    "done": Mark("mark_done", "good", "done"),
    "failed": Mark("mark_failed", "wrong", "failed"),
}


class StateMark(QWidget):
    """One mark as a widget."""

    def __init__(self, state: State = "empty", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(QSize(px("mark"), px("mark")))
        self.set_state(state)

    def set_state(self, state: State) -> None:
        """Show another state."""
        self.state = state
        self.setAccessibleName(MARKS[state].words)
        self.setToolTip(MARKS[state].words.capitalize())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint_icon(painter, self.rect(), MARKS[self.state].icon, MARKS[self.state].colour)
        painter.end()
