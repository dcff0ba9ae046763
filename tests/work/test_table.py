"""The data blocks at work: targets, parts and findings."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import DataTable, GivenLabel, Row
from studio.work.build import Surroundings, build
from studio.work.table import build_table

AROUND = Surroundings()


class Labels:
    """A label set as a project gives it."""

    def __init__(self, **labels: GivenLabel) -> None:
        self.labels = {name.replace("__", "/") + ".png": label for name, label in labels.items()}

    def class_names(self, label_set: str) -> list[str]:
        if label_set != "classes":
            raise UserError(f"There is no label set '{label_set}'.", "Choose another.")
        return ["z", "a"]

    def class_labels(self, label_set: str) -> dict[str, GivenLabel]:
        self.class_names(label_set)
        return self.labels


def table(*images: str) -> DataTable:
    return DataTable(root="/photos", rows=[Row(image) for image in images])


def levels(findings: list) -> list[str]:
    return [finding.level for finding in findings]


def test_the_folder_is_the_class() -> None:
    rows = table("a/1.png", "b/2.png", "top.png", "b/deep/3.png")
    build(ParentFolder(), rows, AROUND)
    assert [row.target for row in rows.rows] == ["a", "b", None, "deep"]
    build(ParentFolder(level=2), rows, AROUND)
    assert [row.target for row in rows.rows] == [None, None, None, "b"]


def test_folders_without_a_class() -> None:
    rows = table("train/a/1.png", "test/2.png", "test/a/3.png")
    build(ParentFolder(unlabeled_folders=("test",)), rows, AROUND)
    assert [row.target for row in rows.rows] == ["a", None, None]


def test_a_persons_label_wins_over_the_folder() -> None:
    rows = table("a/1.png", "b/2.png", "b/3.png")
    around = Surroundings(label_sets=Labels(b__2=GivenLabel("a", "Ada", False)))
    build(ParentFolder(), rows, around)
    assert [(row.target, row.by_rule, row.labeled_by) for row in rows.rows] == [
        ("a", "a", "folder"),
        ("a", "b", "Ada"),
        ("b", "b", "folder"),
    ]


def test_a_label_set_and_its_order_of_classes() -> None:
    around = Surroundings(
        label_sets=Labels(
            x=GivenLabel("a", "Ada", True), y=GivenLabel("z", "Ada", False), w=GivenLabel("new", "Ada", True)
        )
    )
    rows = table("x.png", "y.png", "n.png", "w.png")
    build(FromLabelSet(), rows, around)
    assert [row.target for row in rows.rows] == ["a", "z", None, "new"]
    assert rows.classes == ["z", "a", "new"]
    build(FromLabelSet(reviewed_only=True), rows, around)
    assert [row.target for row in rows.rows] == ["a", None, None, "new"]


def test_an_unknown_label_set_marks_its_field() -> None:
    findings = build(FromLabelSet(label_set="other"), table("x.png"), Surroundings(label_sets=Labels()))
    assert (findings[0].level, findings[0].field) == ("error", "label_set")


def test_classes_are_ordered_as_people_do() -> None:
    rows = table("10/a.png", "2/b.png", "B/c.png", "a/d.png")
    build(ParentFolder(), rows, AROUND)
    assert rows.classes == ["2", "10", "a", "B"]


@pytest.mark.parametrize(("images", "word"), [(("a/1.png", "a/2.png"), "same class"), (("test/1.png",), "No picture")])
def test_one_class_or_none_is_an_error(images: tuple[str, ...], word: str) -> None:
    findings = build(ParentFolder(unlabeled_folders=("test",)), table(*images), AROUND)
    assert levels(findings) == ["error"]
    assert word in findings[0].message
    assert findings[0].hint


def test_a_random_split_is_numpys_permutation() -> None:
    rows = table(*(f"{'ab'[i % 2]}/{i}.png" for i in range(100)))
    build(ParentFolder(), rows, AROUND)
    build(RandomSplit(valid_percent=20, seed=42), rows, AROUND)
    np.random.seed(42)
    expected = set(np.random.permutation(100)[:20].tolist())
    assert {i for i, row in enumerate(rows.rows) if row.part == "valid"} == expected


@given(st.sets(st.integers(0, 59), min_size=4), st.integers(0, 59), st.integers(0, 1000))
def test_labeling_one_more_picture_moves_no_other(labeled: set[int], more: int, seed: int) -> None:
    def parts(which: set[int]) -> list[str]:
        rows = table(*(f"{i}.png" for i in range(60)))
        for i in which:
            rows.rows[i].target = "ab"[i % 2]
        build(RandomSplit(seed=seed, valid_percent=50), rows, AROUND)
        return [row.part for row in rows.rows]

    before, after = parts(labeled), parts(labeled | {more})
    drawn = [i for i in labeled if before[i] == "valid"]
    if 1 < len(drawn) < len(labeled) - 1:  # with fewer, one may stand in for a part that would be empty
        assert [after[i] for i in labeled] == [before[i] for i in labeled]
    assert "valid" in after
    assert "train" in after


def test_split_by_folder() -> None:
    rows = table("train/a/1.png", "train/b/2.png", "valid/a/3.png", "valid/b/6.png", "extra/b/4.png", "test/5.png")
    build(ParentFolder(unlabeled_folders=("test",)), rows, AROUND)
    findings = build(SplitByFolder(), rows, AROUND)
    assert [row.part for row in rows.rows] == ["train", "train", "valid", "valid", "unused", ""]
    assert levels(findings) == ["info"]


def test_a_split_without_a_part_is_an_error() -> None:
    rows = table("train/a/1.png", "train/b/2.png")
    build(ParentFolder(), rows, AROUND)
    assert levels(build(SplitByFolder(), rows, AROUND)) == ["error"]


def test_a_class_that_is_never_trained_is_a_warning() -> None:
    rows = table("train/a/1.png", "train/b/2.png", "valid/a/4.png", "valid/b/5.png", "valid/c/3.png")
    build(ParentFolder(), rows, AROUND)
    findings = build(SplitByFolder(), rows, AROUND)
    assert levels(findings) == ["warning"]
    assert "'c'" in findings[0].message


def test_an_empty_folder_ends_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No pictures were found") as refused:
        build_table(Recipe(source=Folder(path=str(tmp_path))), AROUND)
    assert str(tmp_path) in refused.value.message


def test_a_relative_source_lies_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    rows = DataTable(root="")
    findings = build(Folder(path="pictures"), rows, Surroundings(project_folder=tmp_path))
    assert rows.root == str(tmp_path / "pictures")
    assert findings[0].field == "path"
