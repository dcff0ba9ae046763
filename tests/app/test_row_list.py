"""The data as a table, without a window: filters, order, and a hundred thousand rows."""

import pytest

from studio.app.found_rows import FoundRow
from studio.app.row_list import RowFilter, RowList
from studio.base.targets import Objects, Tags, Target, Thing
from studio.blocks.table import Part


def a_row(image: str, target: Target | None, part: Part) -> FoundRow:
    return FoundRow(image=image, target=target, part=part)


ROWS = [
    a_row("a/One.jpg", "cat", "train"),
    a_row("a/two.jpg", "Dog", "valid"),
    a_row("b/three.jpg", None, ""),
    a_row("b/four.jpg", Tags(("cat", "road")), "test"),
    a_row("b/five.jpg", Objects((Thing("road", 0, 0, 4, 4),)), "train"),
]


@pytest.fixture
def rows() -> RowList:
    made = RowList()
    made.take(ROWS)
    return made


def test_everything_is_shown_in_the_tables_order(rows: RowList) -> None:
    assert rows.shown == [0, 1, 2, 3, 4]
    assert [rows.words(3, column) for column in range(3)] == ["b/four.jpg", "cat, road", "to test"]
    assert [rows.words(2, column) for column in range(3)] == ["b/three.jpg", "", "not labeled"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (RowFilter(search="ONE"), [0]),
        (RowFilter(part="train"), [0, 4]),
        (RowFilter(part=""), [2]),
        (RowFilter(class_name="cat"), [0, 3]),
        (RowFilter(class_name="road"), [3, 4]),
        (RowFilter(class_name=""), [2]),
        (RowFilter(search="b/", part="train", class_name="road"), [4]),
        (RowFilter(search="nowhere"), []),
    ],
)
def test_a_filter_lets_through(rows: RowList, wanted: RowFilter, shown: list[int]) -> None:
    rows.set_filter(wanted)
    assert rows.shown == shown


def test_rows_are_sorted_by_words_in_any_case(rows: RowList) -> None:
    rows.sort(1, is_falling=False)
    assert [rows.words(place, 1) for place in rows.shown] == ["", "1 road", "cat", "cat, road", "Dog"]
    rows.sort(1, is_falling=True)
    assert rows.words(rows.shown[0], 1) == "Dog"
    rows.sort(0, is_falling=True)
    assert rows.shown == [4, 3, 2, 1, 0]


def test_filter_and_order_stay_when_other_rows_come(rows: RowList) -> None:
    rows.set_filter(RowFilter(part="train"))
    rows.sort(0, is_falling=True)
    rows.take(ROWS[:1] * 3)
    assert rows.shown == [2, 1, 0]
