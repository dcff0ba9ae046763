"""The figures of a run: scores of each class, and which classes it confuses."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from studio.app.results import ClassResults
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.number_table import Cell, Column, NumberTable

SCORES = [
    Column("Class"),
    Column("Pictures", explanation="How many of the validation pictures are of this class."),
    Column("Precision", "high", "Of the pictures that were taken for this class, the share that is of it."),
    Column("Recall", "high", "Of the pictures of this class, the share that was recognised."),
    Column("F1", "high", "The harmonic mean of precision and recall: high only where both are."),
]
CONFUSED = [
    Column("Actual"),
    Column("Taken for"),
    Column("Pictures", explanation="How often that happened. Double-click to see them."),
]
MOST = 100


class ResultFigures(QWidget):
    """Two tables. Emits `cell_asked(actual, predicted)` and `copied(words)`."""

    cell_asked = Signal(str, str)
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.scores = NumberTable("Scores of each class")
        self.confused = NumberTable("Most confused classes")
        self.confused.activated.connect(lambda index: self._ask(index.row()))
        self.confused.clicked.connect(lambda index: self._ask(index.row()))
        self.tabs = QTabWidget()
        self.tabs.addTab(self.scores, "Scores of each class")
        self.tabs.addTab(self.confused, "Most confused")
        self.copy = button("Copy as CSV", "quiet", "copy", dense=True)
        self.copy.clicked.connect(self._copy)
        corner = QWidget()
        line = QHBoxLayout(corner)
        line.setContentsMargins(0, 0, 0, px("gap_xs"))
        line.addWidget(self.copy)
        self.tabs.setCornerWidget(corner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def show_results(self, results: ClassResults) -> None:
        """Show a run's figures."""
        scores: list[list[Cell]] = [
            [score.name, score.pictures, score.precision, score.recall, score.f1] for score in results.scores()
        ]
        self.scores.set_content(SCORES, scores)
        pairs: list[list[Cell]] = [[pair.actual, pair.predicted, pair.count] for pair in results.most_confused(MOST)]
        self.confused.set_content(CONFUSED, pairs)

    def _ask(self, row: int) -> None:
        model = self.confused.model()
        self.cell_asked.emit(str(model.index(row, 0).data()), str(model.index(row, 1).data()))

    def _copy(self) -> None:
        table = self.scores if self.tabs.currentWidget() is self.scores else self.confused
        table.copy_csv()
        self.copied.emit(f"{table.accessibleName()}: copied as CSV.")
