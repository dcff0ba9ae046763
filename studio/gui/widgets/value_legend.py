"""The legend of a chart: each line with its colour, its name and a value; a click hides or shows the line."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.gui.style import colour, font, px


class LegendEntry(QPushButton):
    """Checked while its line is shown."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.ink = QColor()
        self.width_px = 1.0
        self._value = ""
        self.setText(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setAutoDefault(False)
        self.setProperty("role", "legend")
        self.setAccessibleName(name)
        self.setToolTip("Click to hide or show this line")

    def set_value(self, value: str) -> None:
        """The number beside the name."""
        if value != self._value:
            if len(value) != len(self._value):
                self.updateGeometry()
            self._value = value
            self.setAccessibleDescription(value)
            self.update()

    def value(self) -> str:
        return self._value

    def sizeHint(self) -> QSize:
        name_px = QFontMetrics(font("help")).horizontalAdvance(self.text())
        return QSize(px("icon_s") + name_px + self._value_px() + 4 * px("gap_xs"), px("target_min"))

    def _value_px(self) -> int:
        return QFontMetrics(font("help_strong")).horizontalAdvance(self._value) + px("gap_xs") if self._value else 0

    def minimumSizeHint(self) -> QSize:
        return QSize(px("icon_s") + px("gap_s") + px("gap_xl"), px("target_min"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(px("gap_xs"), 0, -px("gap_xs"), 0)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(colour("accent"), px("line_width")) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(colour("hover"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), px("corner_small"), px("corner_small"))
        ink = self.ink if self.isChecked() else colour("line_strong")
        style = Qt.PenStyle.SolidLine if self.isChecked() else Qt.PenStyle.DotLine
        painter.setPen(QPen(ink, 2 * self.width_px, style))
        middle = area.center().y() + 1
        painter.drawLine(area.left(), middle, area.left() + px("icon_s"), middle)
        self._paint_words(painter, area.adjusted(px("icon_s") + px("gap_xs"), 0, 0, 0))
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRect) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font("help"))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width() - self._value_px())
        painter.setPen(colour("quiet" if self.isChecked() else "disabled"))
        painter.drawText(area, flags, name)
        if self.isChecked():
            painter.setFont(font("help_strong"))
            painter.setPen(colour("text"))
            painter.drawText(area.adjusted(metrics.horizontalAdvance(name) + px("gap_xs"), 0, 0, 0), flags, self._value)


class ValueLegend(QWidget):
    """Emits `toggled(line, is_shown)`."""

    toggled = Signal(str, bool)

    def __init__(self, lines: Sequence[tuple[str, str]]) -> None:
        """lines: (id, name) each."""
        super().__init__()
        self.entries: dict[str, LegendEntry] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_xs"))
        for line, name in lines:
            entry = LegendEntry(name)
            entry.toggled.connect(lambda shown, line=line: self.toggled.emit(line, shown))
            self.entries[line] = entry
            row.addWidget(entry)
        row.addStretch(1)
