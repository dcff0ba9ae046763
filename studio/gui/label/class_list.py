"""The classes with their keys, colours and counts: a click or the key gives one, F2 or a double click renames it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.app.labeling import ShownClass
from studio.base.wording import count_words, whole_words
from studio.gui.label.colours import class_hex
from studio.gui.style import colour, font, px
from studio.gui.widgets.text import plain_tip

_Index = QModelIndex | QPersistentModelIndex


class ClassModel(QAbstractListModel):
    """One row a class. Emits `renamed(old, new)` when a name has been typed; whoever hears it changes the project."""

    renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[ShownClass] = []
        self.of_picture: str | None = None

    def show_classes(self, classes: Sequence[ShownClass]) -> None:
        """Show these classes; where only counts differ nothing moves."""
        names = [entry.name for entry in classes]
        if names == [entry.name for entry in self.classes]:
            self.classes = list(classes)
            self._say_changed()
        else:
            self.beginResetModel()
            self.classes = list(classes)
            self.endResetModel()

    def show_picture(self, class_name: str | None) -> None:
        """Mark the class of the current picture."""
        self.of_picture = class_name
        self._say_changed()

    def _say_changed(self) -> None:
        if self.classes:
            self.dataChanged.emit(self.index(0), self.index(len(self.classes) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.classes)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.classes):
            return None
        entry = self.classes[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(entry.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            key = f", key {entry.key}" if entry.key else ""
            mark = ", the class of this picture" if entry.name == self.of_picture else ""
            return f"{entry.name}{key}, {count_words(entry.count, 'picture')}{mark}"
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        new_name = str(value).strip()
        old_name = self.classes[index.row()].name
        if role == Qt.ItemDataRole.EditRole and new_name and new_name != old_name:
            self.renamed.emit(old_name, new_name)
        return False  # the project says what is shown


class _ClassPainter(QStyledItemDelegate):
    """Key, colour, name, count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(px("panel_min") // 2, px("control"))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        editor.setProperty("dense", True)
        editor.setAccessibleName(f"New name of {index.data()}")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        area = QRect(option.rect)
        area.setLeft(area.left() + _name_left())
        editor.setGeometry(area)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, ClassModel)
        entry = model.classes[index.row()]
        area, state = QRect(option.rect), option.state
        is_his = entry.name == model.of_picture
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, area, is_his, state)
        self._paint_key(painter, area, entry.key)
        side = px("dot")
        dot = QRectF(
            area.left() + px("gap_s") + px("badge") + px("gap_s"), area.center().y() - side / 2 + 1, side, side
        )
        painter.setPen(colour("quiet"))
        painter.setBrush(QColor(class_hex(entry.colour_index)))
        painter.drawEllipse(dot)
        count = whole_words(entry.count)
        painter.setFont(font("help"))
        painter.setPen(colour("quiet"))
        right = area.adjusted(0, 0, -px("gap_s"), 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, count)
        name = area.adjusted(_name_left(), 0, -px("gap_l") - painter.fontMetrics().horizontalAdvance(count), 0)
        painter.setFont(font("strong" if is_his else "body"))
        painter.setPen(colour("text"))
        shown = painter.fontMetrics().elidedText(
            entry.name.replace("\n", " "), Qt.TextElideMode.ElideRight, name.width()
        )
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, is_his: bool, state: QStyle.StateFlag) -> None:
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        is_under = bool(state & QStyle.StateFlag.State_MouseOver)
        if not (is_his or has_focus or is_under):
            return
        painter.setPen(QPen(colour("accent"), px("line_width")) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent_soft" if is_his else "hover") if is_his or is_under else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), px("corner"), px("corner"))

    def _paint_key(self, painter: QPainter, area: QRect, key: str) -> None:
        if not key:
            return
        side = px("badge")
        box = QRect(area.left() + px("gap_s"), area.center().y() - side // 2 + 1, side, side)
        painter.setPen(QPen(colour("line_strong"), px("line_width")))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), px("corner_small"), px("corner_small"))
        painter.setFont(font("help"))
        painter.setPen(colour("quiet"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)


def _name_left() -> int:
    return px("gap_s") + px("badge") + px("gap_s") + px("dot") + px("gap_s")


class ClassList(QListView):
    """Emits `given(name)` on a click or Space, `renaming()` before a name is edited, `deleted(name)` on Del."""

    given = Signal(str)
    renaming = Signal()
    deleted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.classes = ClassModel()
        self.setModel(self.classes)
        self.setItemDelegate(_ClassPainter(self))
        self.setAccessibleName("Classes")
        self.setAccessibleDescription("Space gives the class, F2 renames it, Del deletes it")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(4 * px("control"))
        self._pressed = QPersistentModelIndex()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.classes.classes:
            painter = QPainter(self.viewport())
            painter.setFont(font("help"))
            painter.setPen(colour("quiet"))
            wrap = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect(), wrap, "There are no classes yet. Add the first one below.")
            painter.end()

    def name_at(self, index: _Index) -> str:
        return self.classes.classes[index.row()].name

    def keyboardSearch(self, search: str) -> None:
        """Letters and digits are shortcuts here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Delete and index.isValid():
            self.deleted.emit(self.name_at(index))
        elif event.key() == Qt.Key.Key_Space and index.isValid():
            self.given.emit(self.name_at(index))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = QPersistentModelIndex(self.indexAt(event.position().toPoint()) if is_left else QModelIndex())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self._pressed.isValid() and self._pressed == index:
            self.given.emit(self.name_at(index))
        self._pressed = QPersistentModelIndex()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            row = index.row()
            self.renaming.emit()
            self.edit(self.classes.index(row))
