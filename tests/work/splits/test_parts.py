"""What is told about parts."""

from studio.base.targets import Tags
from studio.blocks.table import DataTable, Part
from studio.work.splits.parts import part_findings, set_parts
from tests.work.splits.picture_tables import table_of


def divided(targets: list[object], *parts: Part) -> DataTable:
    table = table_of([f"{i}.png" for i in range(len(parts))], targets)  # type: ignore[arg-type]
    set_parts(table, parts)
    return table


def test_unlabeled_rows_have_no_part() -> None:
    table = divided(["a", None], "train", "valid", "test", "unused")
    assert [row.part for row in table.rows] == ["train", "", "test", ""]


def test_classes_in_one_part_are_named() -> None:
    table = divided(["a", "b", "c", "a"], "train", "train", "valid", "valid", "train")
    never_trained, never_checked = part_findings(table, "setting", "hint")
    assert "'c'" in never_trained.message
    assert "cannot learn" in never_trained.message
    assert "'b'" in never_checked.message
    assert "'a'" not in never_checked.message + never_trained.message
    assert {never_trained.field, never_checked.field} == {"setting"}


def test_many_classes_are_counted_after_five() -> None:
    table = divided([f"c{i}" for i in range(8)] + ["x", "x"], *["train"] * 9, "valid")
    (finding,) = part_findings(table, "", "")
    assert "'c4' and 3 more" in finding.message


def test_a_class_only_in_the_test_part_is_never_trained() -> None:
    table = divided([Tags(("a", "b")), Tags(("a",)), Tags(("a",))], "test", "train", "valid")
    (finding,) = part_findings(table, "", "")
    assert "No training picture of 'b'" in finding.message


def test_empty_parts() -> None:
    assert part_findings(divided([None], "train"), "", "") == []
    assert "to train on" in part_findings(divided(["a"], "valid"), "", "")[0].message
    assert "to check" in part_findings(divided(["a"], "train"), "", "")[0].message
    (finding,) = part_findings(divided(["a"], "train", "valid"), "", "", "test_percent")
    assert (finding.level, finding.field) == ("warning", "test_percent")
