"""Whole groups: persons, plates, videos."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.base.targets import MaskFile
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.table import DataTable
from tests.work.splits.picture_tables import images_in, parts, split, table_of, told, with_columns

HEADS = [f"{person:02}/frame_{i:05}_rgb.jpg" for person in range(1, 25) for i in range(10)]


def camvid(shared_data: Path) -> DataTable:
    images = sorted(path.name for path in (shared_data / "camvid_tiny" / "images").glob("*.png"))
    assert len(images) == 100
    return table_of(images, [MaskFile("mask.png")])


@pytest.mark.parametrize("name", ["13", " 13 ", "13.0"])
def test_a_named_person_validates(name: str) -> None:
    table = table_of(HEADS)
    assert split(GroupSplit(valid_groups=(name,)), table) == []
    assert images_in(table, "valid") == {image for image in HEADS if image.startswith("13/")}
    assert len(images_in(table, "train")) == 230


def test_a_zero_before_a_persons_number_does_not_matter() -> None:
    table = table_of(HEADS)
    split(GroupSplit(valid_groups=("9",), test_groups=("1", "02")), table)
    assert {image[:2] for image in images_in(table, "valid")} == {"09"}
    assert {image[:2] for image in images_in(table, "test")} == {"01", "02"}


def test_folders_of_one_name_in_two_places_are_two_groups() -> None:
    table = table_of([f"{place}/img/{i}.png" for place in "abcd" for i in range(5)])
    split(GroupSplit(valid_percent=25), table)
    assert len(images_in(table, "valid")) == 5
    split(GroupSplit(valid_groups=("a/img",)), table)
    assert images_in(table, "valid") == {f"a/img/{i}.png" for i in range(5)}


def test_the_sequences_of_camvid(shared_data: Path) -> None:
    table = camvid(shared_data)
    findings = split(GroupSplit(group_by="pattern", valid_groups=("0016E5",), test_groups=("Seq05VD",)), table)
    assert findings == []
    assert {image.split("_")[0] for image in images_in(table, "valid")} == {"0016E5"}
    assert len(images_in(table, "valid")) == 38
    assert {image.split("_")[0] for image in images_in(table, "test")} == {"Seq05VD"}


@given(st.integers(0, 1000))
def test_a_drawn_sequence_of_camvid_is_whole(shared_data: Path, seed: int) -> None:
    table = camvid(shared_data)
    split(GroupSplit(group_by="pattern", seed=seed), table)
    valid, train = ({image.split("_")[0] for image in images_in(table, part)} for part in ("valid", "train"))
    assert valid
    assert not valid & train
    assert 13 <= len(images_in(table, "valid")) <= 38


def test_whole_groups_miss_the_share_and_say_so() -> None:
    table = table_of([f"{folder}/{i}.png" for folder in "ab" for i in range(10)])
    findings = split(GroupSplit(), table)
    assert told(findings) == [("info", "valid_percent")]
    assert "50 %" in findings[0].message


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (GroupSplit(), "group_by"),
        (GroupSplit(group_by="video"), "group_by"),
        (GroupSplit(group_by="column"), "column"),
        (GroupSplit(group_by="column", column="person"), "column"),
        (GroupSplit(group_by="pattern", pattern=r"(\d+)x"), "pattern"),
        (GroupSplit(group_by="pattern", pattern=""), "pattern"),
        (GroupSplit(level=2, valid_groups=("nobody",)), "valid_groups"),
    ],
)
def test_what_cannot_be_divided_marks_its_field(block: GroupSplit, field: str) -> None:
    findings = split(block, table_of(["a/1.png", "a/2.png", "a/3.png"]))
    assert told(findings) == [("error", field)]
    assert findings[0].message
    assert findings[0].hint


def test_a_column_and_pictures_without_a_value() -> None:
    table = with_columns(table_of([f"{i}.png" for i in range(9)]), person=["x", "y", ""] * 3)
    findings = split(GroupSplit(group_by="column", column="person", valid_groups=("X",)), table)
    assert told(findings) == [("warning", "column")]
    assert images_in(table, "valid") == {"0.png", "3.png", "6.png"}


def test_a_wrong_column_is_told_with_the_right_ones() -> None:
    table = with_columns(table_of(["1.png", "2.png"]), person=["x", "y"])
    findings = split(GroupSplit(group_by="column", column="persn"), table)
    assert "pictures.csv" in findings[0].message
    assert "'person'" in findings[0].hint


def test_a_name_that_fits_nothing_beside_one_that_does() -> None:
    findings = split(GroupSplit(valid_groups=("13", "99")), table_of(HEADS))
    assert told(findings) == [("warning", "valid_groups")]
    assert "'99'" in findings[0].message


def test_videos_and_the_named_group_of_an_expression() -> None:
    table = table_of([f"{i}.png" for i in range(8)], groups=["one.mp4", "two.mp4"])
    split(GroupSplit(group_by="video", valid_groups=("two.mp4",)), table)
    assert images_in(table, "valid") == {f"{i}.png" for i in (1, 3, 5, 7)}
    table = table_of(["day1_plateA_1.png", "day2_plateA_2.png", "day1_plateB_3.png"])
    split(GroupSplit(group_by="pattern", pattern=r"(day\d)_plate(?P<group>.)", valid_groups=("B",)), table)
    assert parts(table) == {"day1_plateA_1.png": "train", "day2_plateA_2.png": "train", "day1_plateB_3.png": "valid"}


def test_labels_in_few_groups_still_give_two_parts() -> None:
    targets = ["a", "b"] * 10 + [None] * 180
    for seed in range(10):
        table = table_of([f"{i // 10:02}/{i}.png" for i in range(200)], targets)
        split(GroupSplit(seed=seed), table)
        assert len(images_in(table, "valid")) == len(images_in(table, "train")) == 10


@given(st.integers(0, 99), st.integers(0, 199))
def test_labeling_one_more_picture_moves_no_group(seed: int, more: int) -> None:
    images = [f"{i % 20:02}/{i}.png" for i in range(200)]
    before = table_of(images, ["a", "b", None])
    after = table_of(images, ["a", "b", None])
    after.rows[more].target = "a"
    for table in (before, after):
        split(GroupSplit(seed=seed), table)
    assert all(row.part == parts(after)[row.image] for row in before.rows if row.part)


def test_a_broken_expression_or_a_group_in_two_parts_is_refused() -> None:
    with pytest.raises(ValidationError, match="no regular expression"):
        GroupSplit(pattern="(")
    with pytest.raises(ValidationError, match="'13'"):
        GroupSplit(valid_groups=("13",), test_groups=("13",))
