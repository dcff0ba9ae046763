"""Names of columns: each once, and near ones are named when one is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.work.tables.columns import column_place, unique_names
from studio.work.tables.table import Table


def test_names_are_made_unique() -> None:
    assert unique_names(["x", "y", "x", "", "x"], 6) == ("x", "y", "x 2", "column 4", "x 3", "column 6")
    assert unique_names([], 2) == ("column 1", "column 2")
    assert unique_names(["x", "x", "x 2"], 3) == ("x", "x 3", "x 2")


@given(st.lists(st.sampled_from(["x", "x 2", "x 3", "column 2", "", " x "]), max_size=8), st.integers(0, 8))
def test_always_as_many_as_wanted_and_each_once(names: list[str], width: int) -> None:
    unique = unique_names(names[:width], width)
    assert len(unique) == len(set(unique)) == width


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [("lable", "Did you mean 'label'"), ("Label ", "Did you mean 'label'"), ("zzz", "Its columns are 'name', 'label'")],
)
def test_a_missing_column_names_the_near_ones(wanted: str, hint: str) -> None:
    table = Table("t.csv", ("name", "label"), [], [])
    assert column_place(table, "label") == 1
    with pytest.raises(UserError, match=r"t\.csv has no column") as refused:
        column_place(table, wanted)
    assert hint in refused.value.hint


def test_of_many_columns_only_some_are_listed() -> None:
    table = Table("t.csv", tuple(f"c{i}" for i in range(100)), [], [])
    with pytest.raises(UserError) as refused:
        column_place(table, "zzz")
    assert "and 92 more" in refused.value.hint
