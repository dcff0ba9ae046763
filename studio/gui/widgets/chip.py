"""Chips that name a class with its colour, and badges that count or state something."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from studio.gui.style import colour, px, set_property
from studio.gui.widgets.text import ElidedLabel, plain


class ColourDot(QWidget):
    """A small round patch of a class's colour."""

    def __init__(self, colour_hex: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor(colour_hex)
        self.setFixedSize(QSize(px("dot"), px("dot")))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The thin edge keeps a colour visible that is close to the surface's own.
        painter.setPen(colour("quiet"))
        painter.setBrush(self._colour)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()


class Chip(QFrame):
    """A class: its colour and its name. `on_stage` for the grey around a picture."""

    def __init__(self, text: str, colour_hex: str, *, on_stage: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        self.setProperty("stage", on_stage)
        self.setAccessibleName(text)
        self.label = ElidedLabel(text, "chip")
        self.label.setProperty("stage", on_stage)
        row = QHBoxLayout(self)
        row.setContentsMargins(px("gap_s"), px("ring"), px("gap_s"), px("ring"))
        row.setSpacing(px("gap_xs") + px("ring"))
        row.addWidget(ColourDot(colour_hex))
        row.addWidget(self.label)


def badge(text: str, tone: str = "") -> QLabel:
    """A short word or count on a soft ground; `tone` is accent, good, warning, wrong, or none."""
    made = plain(text, "badge")
    made.setProperty("tone", tone)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Change the tone of a badge or a text."""
    set_property(widget, "tone", tone)
