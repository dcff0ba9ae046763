"""Classes from file names, also with expressions that would never end."""

import time
from pathlib import Path

import pytest

from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.table import DataTable, Row
from studio.work.build import Surroundings, build
from studio.work.labelers import name_pattern


def table(*images: str) -> DataTable:
    return DataTable(root="/photos", rows=[Row(image) for image in images])


def test_mnist_by_its_folders(label_folder, shared_data: Path) -> None:
    rows, findings = label_folder(shared_data / "mnist_tiny", NamePattern(pattern=r"^(?:train|valid)/(\d)/"))
    assert rows.classes == ["3", "7"]
    assert sum(row.target is not None for row in rows.rows) == 1408
    assert [finding.level for finding in findings] == ["warning"]
    assert "20 pictures do not match" in findings[0].message
    assert "test/1503.png" in findings[0].message


def test_the_group_called_label_counts() -> None:
    rows = table("s1_rose_12.jpg", "s2_tulip_3.jpg")
    build(NamePattern(pattern=r"(s\d)_(?P<label>[a-z]+)_"), rows, Surroundings())
    assert [(row.target, row.by_rule, row.labeled_by) for row in rows.rows] == [
        ("rose", "rose", "name"),
        ("tulip", "tulip", "name"),
    ]


def test_only_the_name_is_searched_when_said() -> None:
    rows = table("a_1/b_2.png", "a_1/c_2.png")
    build(NamePattern(pattern=r"^([a-z])_", search="name"), rows, Surroundings())
    assert [row.target for row in rows.rows] == ["b", "c"]


def test_a_bad_expression_is_told_at_its_place() -> None:
    findings = build(NamePattern(pattern="([a-z]+"), table("a.png"), Surroundings())
    assert [(finding.level, finding.field) for finding in findings] == [("error", "pattern")]
    assert "at sign 1" in findings[0].message


def test_nothing_matches() -> None:
    findings = build(NamePattern(pattern=r"(\d+)"), table("a.png", "b.png"), Surroundings())
    assert [(finding.level, finding.field) for finding in findings] == [("error", "pattern")]


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"((a|aa)+)$"])
def test_an_endless_expression_ends(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_pattern, "LIMIT_S", 0.5)
    rows = table("a", "a" * 60 + "!", "aa")
    start = time.monotonic()
    findings = build(NamePattern(pattern=pattern), rows, Surroundings())
    assert time.monotonic() - start < 30
    assert [(finding.level, finding.field) for finding in findings] == [("error", "pattern")]
    assert "aaa!" in findings[0].message
    assert all(row.target is None for row in rows.rows)


def test_a_repeat_inside_a_repeat_that_ends_is_used() -> None:
    rows = table("x/y/rose.png", "z/tulip.png")
    assert build(NamePattern(pattern=r"^(?:\w+/)+(\w+)\."), rows, Surroundings())[0].level == "warning"
    assert [row.target for row in rows.rows] == ["rose", "tulip"]


def test_many_names_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_pattern, "LIMIT_S", 0.0)
    findings = build(NamePattern(pattern=r"(\d)"), table("a1.png", "b2.png"), Surroundings())
    assert findings[0].level == "error"
    assert "too long" in findings[0].message
