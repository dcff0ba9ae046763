"""A grid of thumbnails over any number of rows: only what is visible is laid out, painted and asked for.

Qt's own list view places every row at each change of its width (0.2 s for 100,000 rows), so places are computed here.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from studio.gui.style import font, px
from studio.gui.widgets.thumbnail_model import ThumbnailModel
from studio.gui.widgets.thumbnail_painter import TileState, paint_thumbnail
from studio.gui.widgets.tiles import Tiles

Size = Literal["s", "m", "l"]
_Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction


class ThumbnailGrid(QAbstractItemView):
    """Emits `opened(row)` on a double click or Enter, `current_changed(row)` when another one becomes the current."""

    opened = Signal(int)
    current_changed = Signal(int)

    def __init__(self, model: ThumbnailModel, size: Size = "m", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._size: Size = size
        self._hovered = -1
        self._caption_px = 0
        self.painted_count = 0  # tiles drawn by the last repaint
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(0)
        self._look_timer.timeout.connect(lambda: self.model().see(self.visible_rows()))
        self.setAccessibleName("Pictures")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.setModel(model)
        model.modelReset.connect(self.updateGeometries)
        self.set_multiple(False)

    def model(self) -> ThumbnailModel:
        """The rows."""
        return self._rows

    def set_size(self, size: Size) -> None:
        """Show small, medium or large thumbnails; what was current stays in view."""
        self._size = size
        self.updateGeometries()
        self.viewport().update()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def set_captions(self, shown: bool, lines: int = 1) -> None:
        """Write labels and note below each picture, on one line or on two, or leave them to the tooltip."""
        self._caption_px = lines * QFontMetrics(font("help")).height() + px("ring") if shown else 0
        self.updateGeometries()
        self.viewport().update()

    def set_multiple(self, multiple: bool) -> None:
        """Let several be selected, with Shift and Ctrl, or one only."""
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if multiple else mode.SingleSelection)

    def current_row(self) -> int:
        """The current row, -1 for none."""
        return self.currentIndex().row()

    def set_current_row(self, row: int) -> None:
        """Make a row the current one, selected and in view."""
        # Not setCurrentIndex: that looks at the modifier keys, and Ctrl+Z would add to what is selected.
        index = self.model().index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def set_selected_rows(self, rows: Iterable[int]) -> None:
        """Select these and no others; the current one stays the current one."""
        selection = QItemSelection()
        for _, stretch in groupby(enumerate(sorted(rows)), lambda placed: placed[1] - placed[0]):
            places = [row for _, row in stretch]
            selection.select(self.model().index(places[0]), self.model().index(places[-1]))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selected_rows(self) -> list[int]:
        """The selected rows in their order."""
        stretches = list(self.selectionModel().selection())  # type: ignore[call-overload]  # iterable, but not in the stubs
        return sorted(row for stretch in stretches for row in range(stretch.top(), stretch.bottom() + 1))

    def visible_rows(self) -> range:
        """The rows of which something can be seen."""
        top = self.verticalScrollBar().value()
        return self._tiles().between(top, top + self.viewport().height() - 1)

    def _tiles(self) -> Tiles:
        return Tiles(
            count=self.model().rowCount(), width_px=self.viewport().width(), tile_px=px(f"thumbnail_{self._size}"),
            foot_px=px("foot") + px("ring") + self._caption_px, gap_px=px("gap_s"), margin_px=px("gap_s"),
        )  # fmt: skip

    # What Qt asks of a view

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid():
            return QRect()
        return QRect(*self._tiles().rect(index.row())).translated(0, -self.verticalScrollBar().value())

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self._tiles().at(point.x(), point.y() + self.verticalScrollBar().value())
        return QModelIndex() if row is None else self.model().index(row)

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        _, top, _, height = self._tiles().rect(index.row())
        bar, room, gap = self.verticalScrollBar(), self.viewport().height(), px("gap_s")
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(top - (room - height) // 2)
        elif top - gap < bar.value():
            bar.setValue(top - gap)
        elif top + height + gap > bar.value() + room:
            bar.setValue(top + height + gap - room)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        tiles, last = self._tiles(), self.model().rowCount() - 1
        if last < 0:
            return QModelIndex()
        page = max(1, self.viewport().height() // tiles.row_height_px) * tiles.columns
        steps = {
            _Move.MoveLeft: -1, _Move.MovePrevious: -1, _Move.MoveRight: 1, _Move.MoveNext: 1,
            _Move.MoveUp: -tiles.columns, _Move.MoveDown: tiles.columns,
            _Move.MovePageUp: -page, _Move.MovePageDown: page, _Move.MoveHome: -last, _Move.MoveEnd: last,
        }  # fmt: skip
        here = self.current_row()
        there = 0 if here < 0 else here + steps[action]
        if action in (_Move.MoveUp, _Move.MoveDown) and not 0 <= there <= last:
            there = here
        return self.model().index(min(max(there, 0), last))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        # Qt names the two ends of a stretch by the corners of a rectangle: what lies between is a run of rows.
        tiles, scrolled = self._tiles(), self.verticalScrollBar().value()
        ends = [tiles.nearest(point.x(), point.y() + scrolled) for point in (rect.topLeft(), rect.bottomRight())]
        rows = sorted(row for row in ends if row is not None)
        selection = QItemSelection()
        if rows:
            selection.select(self.model().index(rows[0]), self.model().index(rows[-1]))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: _Index) -> bool:
        return False

    def updateGeometries(self) -> None:
        super().updateGeometries()
        tiles, bar = self._tiles(), self.verticalScrollBar()
        bar.setRange(0, max(0, tiles.height_px - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(tiles.row_height_px // 2)
        self._look_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self._look_timer.start()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        for index in (current, previous):
            self.viewport().update(
                self.visualRect(index).adjusted(-px("gap_xs"), -px("gap_xs"), px("gap_xs"), px("gap_xs"))
            )
        if current.isValid():
            self.current_changed.emit(current.row())

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here; Qt would go through every row for a name that begins so."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row() >= 0:
            self.opened.emit(self.current_row())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        model, tiles, scrolled = self.model(), self._tiles(), self.verticalScrollBar().value()
        dirty = event.rect()
        selection, current = self.selectionModel(), self.current_row()
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.painted_count = 0
        for row in tiles.between(dirty.top() + scrolled, dirty.bottom() + scrolled):
            rect = QRect(*tiles.rect(row)).translated(0, -scrolled)
            if not rect.adjusted(-px("gap_xs"), -px("gap_xs"), px("gap_xs"), px("gap_xs")).intersects(dirty):
                continue
            state = TileState(
                selected=selection.isSelected(model.index(row)),
                current=row == current and self.hasFocus(),
                hovered=row == self._hovered,
            )
            shown, pixmap, is_broken = model.thumbnail(row), model.pixmap(row), model.is_broken(row)
            paint_thumbnail(painter, rect, shown, pixmap, is_broken, state, self._caption_px)
            self.painted_count += 1
        painter.end()
