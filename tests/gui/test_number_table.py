import csv
import io

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from studio.gui.widgets.number_table import Column, NumberTable

COLUMNS = [Column("Class"), Column("Loss", "low"), Column("Accuracy", "high"), Column("Count")]
ROWS = [
    ["rose", 0.51234, 0.9, 1200],
    ["iris", 0.4, 0.95, 30],
    ["=cmd|'/c calc'!A0", None, float("nan"), 9],
]


@pytest.fixture
def table(qtbot: QtBot) -> NumberTable:
    made = NumberTable("Scores of each class")
    qtbot.addWidget(made)
    made.set_content(COLUMNS, ROWS)
    made.show()
    return made


def column_texts(table: NumberTable, column: int) -> list[str]:
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_the_model_keeps_the_rules_of_qt(table: NumberTable, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(table.figures)


def test_numbers_are_short_and_at_the_right(table: NumberTable) -> None:
    assert column_texts(table, 1) == ["0.512", "0.400", ""]
    assert column_texts(table, 3) == ["1\u2009200", "30", "9"]
    right = table.model().index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    left = table.model().index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight
    assert left & Qt.AlignmentFlag.AlignLeft


def test_the_best_is_bold_and_a_missing_number_never_is(table: NumberTable) -> None:
    def bold(column: int) -> list[bool]:
        model = table.model()
        return [model.index(row, column).data(Qt.ItemDataRole.FontRole) is not None for row in range(3)]

    assert bold(1) == [False, True, False]
    assert bold(2) == [False, True, False]
    assert bold(3) == [False, False, False]


def test_it_sorts_by_number_and_leaves_gaps_at_the_end(table: NumberTable) -> None:
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert column_texts(table, 3) == ["9", "30", "1\u2009200"]
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert column_texts(table, 1) == ["0.400", "0.512", ""]
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert column_texts(table, 1) == ["0.512", "0.400", ""]


def test_it_is_copied_whole_in_full_numbers_and_runs_nothing(table: NumberTable) -> None:
    read = list(csv.reader(io.StringIO(table.csv_text())))
    assert read[0] == ["Class", "Loss", "Accuracy", "Count"]
    assert read[1] == ["rose", "0.51234", "0.9", "1200"]
    assert read[3][0] == "'=cmd|'/c calc'!A0"


def test_selected_rows_are_copied_alone(table: NumberTable) -> None:
    table.selectRow(1)
    read = list(csv.reader(io.StringIO(table.csv_text())))
    assert [row[0] for row in read] == ["Class", "iris"]
