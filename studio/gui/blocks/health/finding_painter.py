"""How one finding is drawn: how bad it is, which step it is about, what is wrong and what to do, and how many."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.app.health_words import LEVEL_WORDS, Level, amount_words, step_title
from studio.gui import icons
from studio.gui.blocks.messages import below, one_line
from studio.gui.style import colour, font, px
from studio.jobs.messages import HealthFound

_Index = QModelIndex | QPersistentModelIndex
FINDING_ROLE = Qt.ItemDataRole.UserRole
_LOOKS: dict[Level, tuple[str, str]] = {
    "error": ("error", "wrong"),
    "warning": ("warning", "warning"),
    "info": ("info", "accent"),
}


class FindingPainter(QStyledItemDelegate):
    """Draws a finding as wide as its list; nothing of its text is cut off."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        width_px = self._view.viewport().width()
        finding: HealthFound = index.data(FINDING_ROLE)
        parts = [wrapped(text, role, _text_width(width_px)) for text, role, _ in _texts(finding)]
        height_px = sum(_height(part) for part in parts) + px("ring") * len(parts)
        return QSize(width_px, height_px + _first_line_px() + 2 * px("gap_s"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area, finding = QRect(option.rect), index.data(FINDING_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, area, option.state, is_last=index.row() + 1 == index.model().rowCount())
        inside = area.adjusted(px("gap_m"), px("gap_s"), -px("gap_m"), -px("gap_s"))
        _paint_first_line(painter, QRect(inside.topLeft(), QSize(inside.width(), _first_line_px())), finding)
        top_px = inside.top() + _first_line_px()
        for text, role, token in _texts(finding):
            part = wrapped(text, role, _text_width(area.width()))
            painter.setPen(colour(token))
            part.draw(painter, QPointF(inside.left() + _text_left(), top_px + px("ring")))
            top_px += _height(part) + px("ring")
        painter.restore()


def wrapped(text: str, role: str, width_px: int) -> QTextLayout:
    """The text in lines no wider than that; a path that is longer is broken where it must be."""
    layout = QTextLayout(text, font(role))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top_px = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width_px)
        line.setPosition(QPointF(0, top_px))
        top_px += line.height()
    layout.endLayout()
    return layout


def _texts(finding: HealthFound) -> list[tuple[str, str, str]]:
    """What stands below the first line: text, kind of type, colour."""
    texts = [(finding.message, "body", "text"), (finding.hint, "help", "quiet")]
    return [(one_line(below(finding.root, text)), role, token) for text, role, token in texts if text]


def _height(layout: QTextLayout) -> int:
    return round(layout.boundingRect().height())


def _first_line_px() -> int:
    return px("icon_m")


def _text_left() -> int:
    return px("icon_m") + px("gap_s")


def _text_width(width_px: int) -> int:
    return max(width_px - 2 * px("gap_m") - _text_left(), px("panel_min") // 2)


def _paint_ground(painter: QPainter, area: QRect, state: QStyle.StateFlag, is_last: bool) -> None:
    is_selected = bool(state & QStyle.StateFlag.State_Selected)
    if is_selected or state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, colour("accent_soft" if is_selected else "hover"))
    if not is_last:
        painter.fillRect(area.left(), area.bottom(), area.width(), px("line_width"), colour("line"))
    if is_selected:
        painter.fillRect(area.left(), area.top(), px("accent_line"), area.height(), colour("accent"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour("accent"), px("line_width")))
            painter.drawRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_first_line(painter: QPainter, line: QRect, finding: HealthFound) -> None:
    icon, token = _LOOKS[finding.level]
    side = px("icon_m")
    icons.paint_icon(painter, QRect(line.topLeft(), QSize(side, side)), icon, token)
    middle = Qt.AlignmentFlag.AlignVCenter
    rest = line.adjusted(_text_left(), 0, 0, 0)
    painter.setFont(font("strong"))
    painter.setPen(colour(token))
    word = LEVEL_WORDS[finding.level]
    painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, word)
    rest.setLeft(rest.left() + painter.fontMetrics().horizontalAdvance(word) + px("gap_s"))
    painter.setFont(font("help"))
    painter.setPen(colour("quiet"))
    amount, step, metrics = amount_words(finding), step_title(finding.step), painter.fontMetrics()
    painter.drawText(rest, middle | Qt.AlignmentFlag.AlignRight, amount)
    rest.setRight(rest.right() - metrics.horizontalAdvance(amount) - px("gap_s"))
    shown = metrics.elidedText(step, Qt.TextElideMode.ElideRight, rest.width())
    painter.drawText(rest, middle | Qt.AlignmentFlag.AlignLeft, shown)
