"""The data as a table: a row a picture, to be filtered, sorted, and opened by a double click."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.app.found_rows import FoundRow
from studio.app.row_list import COLUMNS, PART_WORDS, RowFilter, RowList
from studio.base.wording import count_words, whole_words
from studio.blocks.table import Part
from studio.gui.style import px
from studio.gui.widgets.text import ElidedLabel, plain_tip

_Index = QModelIndex | QPersistentModelIndex
TYPING_MS = 150
MOST_CLASSES = 200  # in the list to choose from; the search finds the others


class RowsModel(QAbstractTableModel):
    """The rows of a `RowList` for Qt: nothing is asked about a row before it is seen."""

    def __init__(self, rows: RowList) -> None:
        super().__init__()
        self._rows = rows

    def renew(self) -> None:
        """Say that other rows are shown, or in another order."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows.shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_wanted = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if is_wanted else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            words = self._rows.words(self._rows.shown[index.row()], index.column())
            return words if role == Qt.ItemDataRole.DisplayRole else plain_tip(words)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._rows.sort(column, order == Qt.SortOrder.DescendingOrder)
        self.renew()


class _View(QTableView):
    """Enter opens a row and goes no further: on the page that opens it would mean something else."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class RowsTable(QWidget):
    """Emits `opened(picture)`, its path below the folder of the source, on a double click or Enter."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowList()
        self.model = RowsModel(self.rows)
        self._classes: tuple[str, ...] | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find by name")
        self.search.setAccessibleName("Find by name")
        self.search.setClearButtonEnabled(True)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._pause.timeout.connect(self._filter)
        self.search.textChanged.connect(lambda text: self._pause.start())
        self.part = QComboBox()
        self.part.setAccessibleName("Which part")
        self.part.addItem("All parts", None)
        for part, words in PART_WORDS.items():
            self.part.addItem(words.capitalize(), part)
        self.part.activated.connect(lambda place: self._filter())
        self.label = QComboBox()
        self.label.setAccessibleName("Which label")
        self.label.activated.connect(lambda place: self._filter())
        self.count = ElidedLabel("", "help")
        self.view = _View()
        self._dress_view()
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        for part_of_line, stretch in ((self.search, 2), (self.label, 1), (self.part, 1)):
            line.addWidget(part_of_line, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), 0, px("gap_l"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addLayout(line)
        column.addWidget(self.view, 1)
        column.addWidget(self.count)

    def show_rows(self, rows: Sequence[FoundRow], classes: tuple[str, ...]) -> None:
        """Bring the table up to date; the same rows are not laid out again."""
        if classes != self._classes:
            self._classes = classes
            self._fill_labels(classes)
        if rows is self.rows.rows:
            return
        self.rows.take(rows)
        self.model.renew()
        self._say_count()

    def _fill_labels(self, classes: tuple[str, ...]) -> None:
        self.label.clear()
        self.label.addItem("All labels", None)
        self.label.addItem("No label", "")
        for name in classes[:MOST_CLASSES]:
            self.label.addItem(name, name)

    def _filter(self) -> None:
        part: Part | None = self.part.currentData()
        self.rows.set_filter(RowFilter(self.search.text().strip(), part, self.label.currentData()))
        self.model.renew()
        self._say_count()

    def _say_count(self) -> None:
        shown, total = len(self.rows.shown), len(self.rows.rows)
        words = count_words(total, "row")
        self.count.setText(words if shown == total else f"{whole_words(shown)} of {words}")

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows.rows[self.rows.shown[index.row()]].image)

    def _dress_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setAccessibleName("Rows of the data")
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTabKeyNavigation(False)
        view.verticalHeader().setDefaultSectionSize(px("control_dense"))
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        view.setSortingEnabled(True)
        view.activated.connect(self._open)
