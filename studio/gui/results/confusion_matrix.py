"""The confusion matrix: what each class was taken for, by counts and shades; a cell is chosen by mouse or keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.base.wording import count_words, percent_words, whole_words
from studio.gui.style import colour, font, look, px
from studio.gui.widgets.text import plain_tip
from studio.imaging.palettes import text_colour_on

Cell = tuple[int, int]  # (row: the actual class, column: the predicted one)
PALEST = 0.12  # how much of its colour a cell with a single picture has


class ConfusionMatrix(QWidget):
    """Emits `chosen(row, column)` on a click, Enter or Space. Arrow keys move the cell that has the focus."""

    chosen = Signal(int, int)

    def __init__(self, counted: str = "picture", outside: str = "") -> None:
        """counted: a word for one of what is counted. outside: the name of the last row and column where those are no
        class, but what was missed and what was not there."""
        super().__init__()
        self._counted, self._outside = counted, " ".join(outside.split())
        self.classes: list[str] = []
        self.counts: list[list[int]] = []
        self.current: Cell = (0, 0)
        self.selected: Cell | None = None
        self._longest_px: int | None = None  # measured once: every cell asks for it
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix")
        look.changed.connect(self._dress)

    def set_counts(self, classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Show these: a row for each actual class, a column for each predicted one."""
        self.classes, self.counts = [" ".join(name.split()) for name in classes], [list(row) for row in counts]
        self.current, self.selected, self._longest_px = (0, 0), None, None
        self._describe()
        self.updateGeometry()
        self.setMinimumSize(self.minimumSizeHint())
        self.update()

    def select(self, cell: Cell | None) -> None:
        """Mark the cell whose pictures are shown."""
        self.selected = cell
        if cell is not None:
            self.current = cell
        self._describe()
        self.update()

    def words(self, cell: Cell) -> str:
        """A cell in a sentence."""
        row, column = cell
        count, total = self.counts[row][column], sum(self.counts[row])
        if self._outside and len(self.classes) - 1 in cell:
            return self._words_outside(row, column, count)
        share = f" ({percent_words(count / total)})" if total else ""
        what = f"{whole_words(count)} of {count_words(total, self._counted)} of '{self.classes[row]}'"
        verb = "was" if count == 1 else "were"
        if row == column:
            return f"{what} {verb} recognised{share}"
        return f"{what} {verb} taken for '{self.classes[column]}'{share}"

    def _words_outside(self, row: int, column: int, count: int) -> str:
        if row < len(self.classes) - 1:
            return f"{count_words(count, self._counted)} of '{self.classes[row]}' missed"
        return f"{count_words(count, self._counted)} seen as '{self.classes[column]}' where {self._outside} is"

    def rect_of(self, cell: Cell) -> QRect:
        """Where a cell is drawn."""
        side = self._side_px()
        return QRect(self._left_px() + cell[1] * side, self._top_px() + cell[0] * side, side, side)

    def cell_at(self, point: QPoint) -> Cell | None:
        side = self._side_px()
        column, row = (point.x() - self._left_px()) // side, (point.y() - self._top_px()) // side
        size = len(self.classes)
        return (row, column) if 0 <= row < size and 0 <= column < size else None

    # --- sizes ------------------------------------------------------------------------------------------------------

    def _names_px(self) -> int:
        if self._longest_px is None:
            metrics = self.fontMetrics()
            self._longest_px = max((metrics.horizontalAdvance(name) for name in self.classes), default=0)
        return min(self._longest_px, px("thumbnail_m")) + px("gap_s")

    def _left_px(self) -> int:
        return px("gap_l") + self._names_px()

    def _stand_px(self, side: int) -> int:
        """How high the names of the columns are: upright where they do not fit into a cell."""
        return px("target_min") if self._names_px() <= side else self._names_px()

    def _top_px(self) -> int:
        return px("gap_l") + self._stand_px(self._side_px())

    def _side_px(self) -> int:
        size = max(len(self.classes), 1)
        room = min(self.width() - self._left_px(), self.height() - px("gap_l") - self._names_px()) - px("gap_xs")
        return min(max(room // size, px("target_min")), 3 * px("control"))

    def minimumSizeHint(self) -> QSize:
        cells = max(len(self.classes), 1) * px("target_min") + px("gap_xs")
        return QSize(self._left_px() + cells, px("gap_l") + self._names_px() + cells)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _dress(self) -> None:
        self._longest_px = None
        self.update()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.classes:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("help"))
        self._paint_names(painter)
        for row, counts in enumerate(self.counts):
            total = sum(counts)
            for column, count in enumerate(counts):
                if self.rect_of((row, column)).intersects(event.rect()):
                    self._paint_cell(painter, (row, column), count, count / total if total else 0.0)
        painter.end()

    def _paint_names(self, painter: QPainter) -> None:
        side, left, top = self._side_px(), self._left_px(), self._top_px()
        whole_px = side * len(self.classes)
        metrics, centre = painter.fontMetrics(), Qt.AlignmentFlag.AlignCenter
        painter.setPen(colour("quiet"))
        painter.drawText(QRect(left, 0, whole_px, px("gap_l")), centre, "Predicted")
        painter.save()
        painter.translate(0, top + whole_px)
        painter.rotate(-90)
        painter.drawText(QRect(0, 0, whole_px, px("gap_l")), centre, "Actual")
        painter.restore()
        painter.setPen(colour("text"))
        names_px = self._names_px() - px("gap_s")
        is_upright = self._names_px() > side
        for place, name in enumerate(self.classes):
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names_px + 1)
            beside = QRect(px("gap_l"), top + place * side, names_px, side)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            if is_upright:
                painter.save()
                painter.translate(left + place * side, top - px("gap_xs"))
                painter.rotate(-90)
                painter.drawText(
                    QRect(0, 0, names_px, side), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown
                )
                painter.restore()
            else:
                painter.drawText(QRect(left + place * side, px("gap_l"), side, px("target_min")), centre, shown)

    def _paint_cell(self, painter: QPainter, cell: Cell, count: int, share: float) -> None:
        area = QRectF(self.rect_of(cell)).adjusted(1, 1, -1, -1)
        ground = colour("hover")
        if count:
            ink = colour("accent" if cell[0] == cell[1] else "wrong")
            ground = _mixed(colour("surface"), ink, PALEST + (1 - PALEST) * share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(area, px("corner_small"), px("corner_small"))
        if count:
            painter.setPen(QColor(*text_colour_on((ground.red(), ground.green(), ground.blue()))))
            words = _short(count)
            if painter.fontMetrics().horizontalAdvance(words) <= area.width():  # else the tooltip says it
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        is_current = self.hasFocus() and cell == self.current
        if cell == self.selected or is_current:
            style = Qt.PenStyle.SolidLine if cell == self.selected else Qt.PenStyle.DashLine
            painter.setPen(QPen(colour("text"), px("ring"), style))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, px("corner_small"), px("corner_small"))

    # --- mouse and keys ---------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tip(self.words(cell)), self, self.rect_of(cell))
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._move(cell)
            self.chosen.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, column = self.current
        last = len(self.classes) - 1
        moves: dict[int, Cell] = {
            Qt.Key.Key_Left: (row, column - 1),
            Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Up: (row - 1, column),
            Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_Home: (row, 0),
            Qt.Key.Key_End: (row, last),
        }
        if last >= 0 and event.key() in moves:
            there = moves[event.key()]
            self._move((min(max(there[0], 0), last), min(max(there[1], 0), last)))
        elif last >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(*self.current)
        else:
            super().keyPressEvent(event)

    def _move(self, cell: Cell) -> None:
        self.current = cell
        self._describe()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words(self.current) if self.classes else "")


def _short(count: int) -> str:
    """A count that fits into a cell, from ten thousand on: 12 345 gives "12k", 1 234 567 "1.2M"."""
    for unit, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= max(unit, 10**4):
            return f"{count / unit:.1f}{name}" if count < 10 * unit else f"{count // unit}{name}"
    return whole_words(count)


def _mixed(ground: QColor, ink: QColor, share: float) -> QColor:
    def mix(one: int, other: int) -> int:
        return round(one + (other - one) * share)

    return QColor(mix(ground.red(), ink.red()), mix(ground.green(), ink.green()), mix(ground.blue(), ink.blue()))
