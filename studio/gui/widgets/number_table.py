"""A table of figures: right-aligned, three significant digits, sortable, the best value bold, copied as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from studio.base.wording import number_words
from studio.gui.style import font, px
from studio.gui.widgets.text import plain_tip

Cell = str | int | float | None
_Index = QModelIndex | QPersistentModelIndex
_VALUE_ROLE = Qt.ItemDataRole.UserRole
# A spreadsheet would run a cell that begins so; an apostrophe in front makes it text (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """One column; `best` says which number wins, if one does."""

    title: str
    best: Literal["", "high", "low"] = ""
    explanation: str = ""


class NumberTableModel(QAbstractTableModel):
    """The cells as they are; `data` in the display role gives them in words."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[Column] = ()
        self._rows: Sequence[Sequence[Cell]] = ()
        self._best: list[float | None] = []

    def set_content(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._columns, self._rows = columns, rows
        self._best = [self._best_of(place) for place in range(len(columns))]
        self.endResetModel()

    def _best_of(self, place: int) -> float | None:
        numbers = [cell for row in self._rows if isinstance(cell := row[place], int | float) and cell == cell]
        wins = {"high": max, "low": min}.get(self._columns[place].best)
        return wins(numbers) if wins and len(numbers) > 1 else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._columns[section].explanation)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self._rows[index.row()][index.column()]
        if role == _VALUE_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell if isinstance(cell, str) else number_words(cell)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and cell is not None and cell == self._best[index.column()]:
            return QFont(font("help_strong"))
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(cell, str):
            return plain_tip(cell)
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_text = any(isinstance(row[column], str) for row in self._rows)
        return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignLeft if is_text else Qt.AlignmentFlag.AlignRight)


class _ByValue(QSortFilterProxyModel):
    """Sorts numbers as numbers; empty cells and not-a-numbers stand at the end, whichever way it is sorted."""

    def lessThan(self, left: _Index, right: _Index) -> bool:
        return self._key(left) < self._key(right)

    def _key(self, index: _Index) -> tuple[int, float, str]:
        cell = index.data(_VALUE_ROLE)
        if isinstance(cell, str):
            return 1, 0.0, cell.casefold()
        if cell is None or cell != cell:
            return (2 if self.sortOrder() == Qt.SortOrder.AscendingOrder else -1), 0.0, ""
        return 0, float(cell), ""


class NumberTable(QTableView):
    """Figures in rows. Ctrl+C, or the menu, copies the selected rows (all if none) as CSV in their order on screen."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = NumberTableModel()
        self._sorted = _ByValue(self)
        self._sorted.setSourceModel(self.figures)
        self.setModel(self._sorted)
        self.setAccessibleName(name)
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(px("control_dense"))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(px("rail_min"))
        copy = QAction("Copy as CSV", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_csv)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def set_content(self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
        """Show other figures; a row has one cell a column. The order is that of `rows` until a head is clicked."""
        header = self.horizontalHeader()
        first_time = self.figures.columnCount() != len(columns)
        self.figures.set_content(columns, rows)
        if first_time:
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def csv_text(self) -> str:
        """The selected rows, or all, with a line of titles; numbers in full, with a point."""
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        places = range(self._sorted.columnCount())
        writer.writerow([_harmless(self._sorted.headerData(place, Qt.Orientation.Horizontal)) for place in places])
        for row in chosen or range(self._sorted.rowCount()):
            writer.writerow([_harmless(self._sorted.index(row, place).data(_VALUE_ROLE)) for place in places])
        return out.getvalue()

    def copy_csv(self) -> None:
        """Put the figures on the clipboard."""
        QGuiApplication.clipboard().setText(self.csv_text())


def _harmless(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
