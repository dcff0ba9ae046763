"""The same label for every picture."""

import pytest

from studio.base.targets import Numbers
from studio.blocks.labels.constant import Constant
from studio.blocks.table import DataTable, GivenLabel, Row
from studio.work.build import Surroundings, build


class Corrections:
    """One picture is corrected."""

    def class_names(self, label_set: str) -> list[str]:
        return ["other"]

    def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
        return {"b.png": GivenLabel("other", "Ada", reviewed=True)}


def table() -> DataTable:
    return DataTable(root="/photos", rows=[Row("a.png"), Row("b.png")])


def test_a_class_for_all_is_nothing_to_learn_until_one_is_corrected() -> None:
    rows = table()
    assert [finding.level for finding in build(Constant(value="sky"), rows, Surroundings())] == ["error"]
    assert [row.target for row in rows.rows] == ["sky", "sky"]
    findings = build(Constant(value="sky"), rows, Surroundings(label_sets=Corrections()))
    assert [(row.target, row.by_rule, row.labeled_by) for row in rows.rows] == [
        ("sky", "sky", "constant"),
        ("other", "sky", "Ada"),
    ]
    assert rows.classes == ["other", "sky"]
    assert "error" not in [finding.level for finding in findings]


def test_a_number_for_all() -> None:
    rows = table()
    findings = build(Constant(meaning="number", value="2,5"), rows, Surroundings())
    assert [row.target for row in rows.rows] == [Numbers((2.5,))] * 2
    assert rows.number_names == ("value",)
    assert [finding.level for finding in findings] == ["warning"]


def test_a_number_must_be_one() -> None:
    with pytest.raises(ValueError, match="Write a number"):
        Constant(meaning="number", value="sky")
