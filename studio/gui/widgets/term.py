"""A word from deep learning with a dotted underline; what it means is shown on hover and on focus."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QToolTip, QWidget

from studio.gui.style import colour, px
from studio.gui.widgets.text import plain_tip


class Term(QLabel):
    """`text` as a label that explains itself in one sentence."""

    def __init__(self, text: str, explanation: str, role: str = "term", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setText(text)
        self.setToolTip(plain_tip(explanation))
        self.setAccessibleName(text)
        self.setAccessibleDescription(explanation)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.WhatsThisCursor)
        self.setContentsMargins(0, 0, 0, px("ring"))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.toolTip(), self)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QToolTip.hideText()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        metrics = self.fontMetrics()
        painter = QPainter(self)
        pen = QPen(colour("accent" if self.hasFocus() else "quiet"), px("line_width"), Qt.PenStyle.DotLine)
        painter.setPen(pen)
        baseline = (self.contentsRect().height() + metrics.ascent() - metrics.descent()) // 2
        y = min(baseline + px("accent_line"), self.height() - px("line_width"))
        painter.drawLine(0, y, metrics.horizontalAdvance(self.text()), y)
        painter.end()
