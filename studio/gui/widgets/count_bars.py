"""How many there are of each: a name, a bar in its colour, and the count, one a line."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.base.wording import whole_words
from studio.gui.style import colour, font, px


class Counted(NamedTuple):
    """One line; `colour` is #RRGGBB."""

    name: str
    amount: int
    colour: str


class CountBars(QWidget):
    """As high as its lines; only the visible ones are drawn."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Counted, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: Sequence[Counted]) -> None:
        """Show these; bars are drawn to the largest count."""
        self.lines = tuple(lines)
        self.setAccessibleDescription(", ".join(f"{line.name}: {whole_words(line.amount)}" for line in self.lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px("panel_min"), len(self.lines) * _line_px())

    def minimumSizeHint(self) -> QSize:
        return QSize(px("number_min"), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("help"))
        most = max((line.amount for line in self.lines), default=0) or 1
        count_px = painter.fontMetrics().horizontalAdvance(whole_words(most)) + px("gap_s")
        name_px = (self.width() - count_px) * 2 // 5
        first, last = event.rect().top() // _line_px(), event.rect().bottom() // _line_px()
        for place in range(max(first, 0), min(last + 1, len(self.lines))):
            area = QRect(0, place * _line_px(), self.width(), _line_px())
            _paint_line(painter, area, self.lines[place], most, name_px, count_px)
        painter.end()


def _line_px() -> int:
    return px("target_min")


def _paint_line(painter: QPainter, area: QRect, line: Counted, most: int, name_px: int, count_px: int) -> None:
    middle = Qt.AlignmentFlag.AlignVCenter
    name = " ".join(line.name.split())
    shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, name_px - px("gap_s"))
    painter.setPen(colour("text"))
    painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)
    painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, whole_words(line.amount))
    room = area.width() - name_px - count_px
    bar = QRectF(area.left() + name_px, area.center().y() - px("bar") / 2, room * line.amount / most, px("bar"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(line.colour))
    painter.drawRoundedRect(bar, px("ring"), px("ring"))
