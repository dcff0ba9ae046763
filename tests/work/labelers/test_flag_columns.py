"""Columns of yes and no."""

import pytest

from studio.base.targets import Tags
from studio.blocks.labels.flag_columns import FlagColumns

TEXT = "file,dog,cat,size\na.png,1,No,12\nb.png,x,TRUE,3\nc.png,,0.0,1\n"
IMAGES = ("a.png", "b.png", "c.png")


@pytest.mark.parametrize("columns", [(), ("dog", "cat")])
def test_columns_that_hold_yes_and_no(label_csv, columns: tuple[str, ...]) -> None:
    rows, findings = label_csv(TEXT, FlagColumns, IMAGES, columns=columns)
    assert [row.target for row in rows.rows] == [Tags(("dog",)), Tags(("dog", "cat")), Tags(())]
    assert rows.classes == ["dog", "cat"]
    assert [finding.message for finding in findings if finding.level == "info"] == (
        [] if columns else ["The tags are dog, cat."]
    )


def test_neither_yes_nor_no(label_csv) -> None:
    rows, findings = label_csv(TEXT.replace("TRUE", "perhaps"), FlagColumns, IMAGES, columns=("dog", "cat"))
    assert rows.rows[1].target is None
    assert findings[0].level == "error"
    assert "labels.csv, line 3, column 'cat': 'perhaps' is neither yes nor no" in findings[0].message


def test_no_such_columns(label_csv) -> None:
    _, findings = label_csv("file,size\na.png,12\nb.png,3\n", FlagColumns)
    assert [(finding.level, finding.field) for finding in findings] == [("error", "columns")]
