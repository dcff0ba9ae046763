"""Parts by a column of the table."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from studio.blocks.split.by_column import SplitByColumn
from tests.work.splits.picture_tables import images_in, split, table_of, told, with_columns


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("True False True False", "valid train valid train"),
        ("1 0 1 0", "valid train valid train"),
        ("1.0 0.0 1.0 0.0", "valid train valid train"),
        ("YES no yes No", "valid train valid train"),
        ("train val Test training", "train valid test train"),
        ("_ valid _ valid", "train valid train valid"),
    ],
)
def test_the_usual_words(cells: str, expected: str) -> None:
    values = [cell.replace("_", " ") for cell in cells.split(" ")]
    table = with_columns(table_of([f"{i}.png" for i in range(4)], ["a"]), is_valid=values)
    assert [finding for finding in split(SplitByColumn(), table) if finding.level == "error"] == []
    assert [row.part for row in table.rows] == expected.split(" ")


def test_given_values() -> None:
    table = with_columns(table_of([f"{i}.png" for i in range(6)], ["a"]), plate=["P1", "p2", "P3 ", "04", "4.0", ""])
    block = SplitByColumn(column="plate", valid_values=("P2", "p3"), test_values=("4",))
    assert split(block, table) == []
    assert [row.part for row in table.rows] == ["train", "valid", "valid", "test", "test", "train"]


def test_a_value_that_is_not_there_is_told() -> None:
    table = with_columns(table_of(["1.png", "2.png"], ["a"]), fold=["1", "2"])
    (finding,) = split(SplitByColumn(column="fold", valid_values=("2", "3")), table)
    assert finding.level == "warning"
    assert "'3'" in finding.message
    assert "'1', '2'" in finding.hint


def test_a_word_that_says_nothing_names_its_line() -> None:
    table = with_columns(table_of(["1.png", "2.png", "3.png"]), split=["train", "fold 7", "valid"])
    (finding,) = split(SplitByColumn(column="split"), table)
    assert (finding.level, finding.field) == ("error", "valid_values")
    assert "pictures.csv, line 3, column 'split'" in finding.message
    assert "'fold 7'" in finding.message


def test_without_table_or_column() -> None:
    assert told(split(SplitByColumn(), table_of(["1.png"]))) == [("error", "column")]
    table = with_columns(table_of(["1.png"]), isvalid=["1"])
    (finding,) = split(SplitByColumn(), table)
    assert "'isvalid'" in finding.hint


def test_a_value_in_two_parts_is_refused() -> None:
    with pytest.raises(ValidationError, match="'2'"):
        SplitByColumn(valid_values=("1", "2"), test_values=("2",))


def test_the_column_of_the_reviews(shared_data: Path) -> None:
    with (shared_data / "imdb_sample" / "texts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = table_of([f"{i}.txt" for i in range(len(rows))], [row["label"] for row in rows])
    with_columns(table, label=[row["label"] for row in rows], is_valid=[row["is_valid"] for row in rows])
    assert split(SplitByColumn(), table) == []
    assert Counter(row.part for row in table.rows) == {"train": 800, "valid": 200}
    assert len(images_in(table, "valid")) == 200
