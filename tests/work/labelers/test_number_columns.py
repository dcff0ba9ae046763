"""Columns of numbers."""

import pytest

from studio.base.targets import Numbers
from studio.blocks.labels.number_columns import NumberColumns


def test_numbers(label_csv) -> None:
    text = "file,age,mass\na.png,3,1.5e-1\nb.png,-4.25,2\nc.png,,\n"
    rows, findings = label_csv(text, NumberColumns, ("a.png", "b.png", "c.png"), columns=("age", "mass"))
    assert [row.target for row in rows.rows] == [Numbers((3.0, 0.15)), Numbers((-4.25, 2.0)), None]
    assert rows.number_names == ("age", "mass")
    assert findings == []


@pytest.mark.parametrize(
    ("cell", "words"), [("nan", "'nan' is not"), ("inf", "'inf'"), ("two", "'two'"), ("", "empty")]
)
def test_what_is_no_number_is_told_with_its_place(label_csv, cell: str, words: str) -> None:
    text = f"file,age,mass\na.png,3,1\nb.png,4,{cell}\n"
    rows, findings = label_csv(text, NumberColumns, columns=("age", "mass"))
    assert [row.target for row in rows.rows] == [Numbers((3.0, 1.0)), None]
    assert findings[0].level == "error"
    assert "labels.csv, line 3, column 'mass'" in findings[0].message
    assert words in findings[0].message
    rows, findings = label_csv(text, NumberColumns, columns=("age", "mass"), skip_bad=True)
    assert [row.image for row in rows.rows] == ["a.png"]
    assert [finding.level for finding in findings if finding.field != "columns"] == ["warning"]


def test_a_decimal_comma_found_in_the_column(label_csv) -> None:
    rows, _ = label_csv("file;v\na.png;1,234\nb.png;0,5\n", NumberColumns, columns=("v",))
    assert [row.target for row in rows.rows] == [Numbers((1.234,)), Numbers((0.5,))]


@pytest.mark.parametrize(("decimal", "expected"), [("comma", 1.234), ("point", 1234.0)])
def test_a_comma_that_may_be_both(label_csv, decimal: str, expected: float) -> None:
    text = "file;v\na.png;1,234\nb.png;2\n"
    _, findings = label_csv(text, NumberColumns, columns=("v",))
    assert "may be 1.234 or 1234" in findings[0].message
    rows, _ = label_csv(text, NumberColumns, columns=("v",), decimal=decimal)
    assert [row.target for row in rows.rows] == [Numbers((expected,)), Numbers((2.0,))]


def test_the_same_number_everywhere(label_csv) -> None:
    _, findings = label_csv("file,v\na.png,2\nb.png,2.0\n", NumberColumns, columns=("v",))
    assert [finding.level for finding in findings] == ["warning"]
    assert "nothing to learn" in findings[0].message


def test_no_column_is_chosen(label_csv) -> None:
    _, findings = label_csv("file,v\na.png,2\n", NumberColumns, columns=())
    assert [(finding.level, finding.field) for finding in findings] == [("error", "columns")]
