"""The parts of a report as widgets: each kind of part is drawn here, whatever task declared it."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.gui.charts import Chart, Line
from studio.gui.results.confusion_matrix import ConfusionMatrix
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.number_table import Cell, Column, NumberTable
from studio.gui.widgets.term import Term
from studio.gui.widgets.text import plain
from studio.runs import report
from studio.runs.report import AnyPart

DOUBT_COLUMNS = [
    Column("Picture"),
    Column("Label"),
    Column("Model", explanation="What the model says instead."),
    Column("About"),
    Column("Doubt", "high", "From 0 to 1: the larger, the more the label is in doubt."),
]

WIDE = 6  # columns: with more of them each has to do with less room


class PartView(QWidget):
    """A part with its title and what it comes to.

    Emits `images_asked(title, pictures)`, `cell_asked(actual, predicted)`, `threshold_asked(value)`, `copied(words)`.
    """

    images_asked = Signal(str, list)
    cell_asked = Signal(str, str)
    threshold_asked = Signal(float)
    copied = Signal(str)

    def __init__(self, part: AnyPart) -> None:
        super().__init__()
        self.part = part
        self.head = QHBoxLayout()
        self.head.setSpacing(px("gap_s"))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(px("gap_xs"))
        if part.explanation:
            self.head.addWidget(Term(part.title, part.explanation, "section"))
        else:
            self.head.addWidget(plain(part.title, "section"))
        self.head.addStretch(1)
        self.column.addLayout(self.head)
        if part.note:
            self.column.addWidget(plain(part.note, "help", wrap=True))

    def add_table(self, table: NumberTable, nothing: str) -> None:
        """`nothing` is said instead of a table without rows."""
        if not table.figures.rowCount():
            if nothing:
                self.column.addWidget(plain(nothing, "help", wrap=True))
            self.column.addStretch(1)
            return
        if table.figures.columnCount() > WIDE:
            table.horizontalHeader().setMinimumSectionSize(px("control") + px("gap_xl"))
        self.column.addWidget(table, 1)
        copy = button("Copy as CSV", "quiet", "copy", dense=True)
        copy.clicked.connect(lambda: self._copy(table))
        self.head.addWidget(copy)

    def _copy(self, table: NumberTable) -> None:
        table.copy_csv()
        self.copied.emit(f"{table.accessibleName()}: copied as CSV.")


class MatrixView(PartView):
    def __init__(self, part: report.Matrix) -> None:
        super().__init__(part)
        self.names = part.names
        self.matrix = ConfusionMatrix(part.counted, part.outside)
        self.matrix.set_counts(part.names, part.counts)
        self.matrix.chosen.connect(lambda row, column: self.cell_asked.emit(self.names[row], self.names[column]))
        self._pictures = {(cell.row, cell.column): cell.images for cell in part.pictures}
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.matrix)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.column.addWidget(area, 1)

    def pictures_of(self, actual: str, predicted: str) -> tuple[str, ...]:
        """Those that the report names for a cell."""
        return self._pictures.get(self._cell(actual, predicted), ())

    def select(self, cell: tuple[str, str] | None) -> None:
        """Mark a cell, (actual, predicted); None: none."""
        self.matrix.select(self._cell(*cell) if cell else None)

    def _cell(self, actual: str, predicted: str) -> tuple[int, int]:
        return self.names.index(actual), self.names.index(predicted)


class TableView(PartView):
    def __init__(self, part: report.Table) -> None:
        super().__init__(part)
        self._table_part = part
        self.table = NumberTable(part.title)
        columns = [Column(each.title, each.best, each.explanation) for each in part.columns]
        self.table.set_content(columns, [list(row) for row in part.rows])
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.add_table(self.table, "Nothing was taken for anything else.")

    def _choose(self, index: QModelIndex) -> None:
        part, row = self._table_part, source_row(self.table, index)
        if part.id == "most_confused":
            self.cell_asked.emit(str(part.rows[row][0]), str(part.rows[row][1]))
        elif part.pictures:
            self.images_asked.emit(f"{part.columns[0].title} '{part.rows[row][0]}'", list(part.pictures[row]))


class DoubtsView(PartView):
    def __init__(self, part: report.Doubts) -> None:
        super().__init__(part)
        self._doubts = part.doubts
        self.table = NumberTable(part.title)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of pictures differ at their ends
        rows: list[list[Cell]] = [
            [doubt.image, doubt.given, doubt.suggested, doubt.about, doubt.score] for doubt in part.doubts
        ]
        shown = DOUBT_COLUMNS if any(doubt.about for doubt in part.doubts) else DOUBT_COLUMNS[:3] + DOUBT_COLUMNS[4:]
        self.table.set_content(shown, rows if shown is DOUBT_COLUMNS else [row[:3] + row[4:] for row in rows])
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.add_table(self.table, "")

    def _choose(self, index: QModelIndex) -> None:
        doubt = self._doubts[source_row(self.table, index)]
        self.images_asked.emit("", [doubt.image])


class ShareChart(Chart):
    least_move: ClassVar[float] = 0.01


class ChartView(PartView):
    def __init__(self, part: report.Chart) -> None:
        super().__init__(part)
        inks = iter((4, 5, 2, 6, 0, 1))  # blue, vermillion, green: those that are told apart best come first
        lines = [
            Line(each.name, each.name, "quiet", "pale") if each.style == "reference" else
            Line(each.name, each.name, next(inks), each.style)
            for each in part.lines
        ]  # fmt: skip
        self.chart = ShareChart(part.axes[1].capitalize(), part.explanation, part.axes, lines, is_share=True)
        self.chart.pointed.connect(lambda x: self.chart.point_at(x, f"{part.axes[0]} {x:.2f}" if x is not None else ""))
        for each in part.lines:
            y = np.array([np.nan if value is None else value for value in each.y], dtype=np.float64)
            self.chart.set_line(each.name, np.array(each.x, dtype=np.float64), y)
        if part.marked is not None:
            self.chart.set_best(*part.marked)
        self.chart.redraw()
        self.column.addWidget(self.chart, 1)
        self.take = None
        if part.choice is not None:
            best = part.choice.best
            self.take = button(f"Take {best:g} as the threshold", dense=True)
            self.take.setEnabled(abs(best - part.choice.now) > 1e-9)
            self.take.clicked.connect(lambda: self.threshold_asked.emit(best))
            self.head.addWidget(self.take)


VIEWS: dict[type[AnyPart], Callable[..., PartView]] = {
    report.Matrix: MatrixView,
    report.Table: TableView,
    report.Chart: ChartView,
    report.Doubts: DoubtsView,
}


def part_view(part: AnyPart) -> PartView:
    """What draws a part."""
    return VIEWS[type(part)](part)


def source_row(table: NumberTable, index: QModelIndex | QPersistentModelIndex) -> int:
    """The row of what was set, however the table is sorted."""
    model = table.model()
    assert isinstance(model, QSortFilterProxyModel)
    return model.mapToSource(index).row()
