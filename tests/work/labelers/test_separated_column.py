"""Several tags in one cell."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Tags
from studio.blocks.labels.separated_column import SeparatedColumn
from studio.work.labelers.separated_column import split_tags


def test_coco_tiny(label_folder, shared_data: Path) -> None:
    rows, findings = label_folder(shared_data / "coco_tiny", SeparatedColumn(table="DERIVED_labels.csv"))
    assert rows.classes == ["book", "chair", "couch", "remote", "tv", "vase"]
    by_image = {row.image: row.target for row in rows.rows}
    assert by_image["train/000000542959.jpg"] == Tags(("chair", "vase"))
    assert by_image["train/000000129739.jpg"] == Tags(("book", "couch", "remote", "tv", "vase"))
    assert sum(len(target.names) > 1 for target in by_image.values()) == 40
    assert [finding.level for finding in findings if finding.level == "error"] == []


def test_coco128_empty_cells(label_folder, shared_data: Path) -> None:
    folder = shared_data / "coco128_train"
    block = SeparatedColumn(table=str(folder / "DERIVED_scene_tags.csv"))
    rows, _ = label_folder(folder / "images", block)
    unlabeled = [row.image for row in rows.rows if row.target is None]
    assert 0 < len(unlabeled) < len(rows.rows)
    rows, _ = label_folder(folder / "images", block.model_copy(update={"empty_means": "no_tags"}))
    assert [row.image for row in rows.rows if row.target == Tags(())] == unlabeled


def test_blood_cells_with_both_separators(label_folder, shared_data: Path) -> None:
    folder = shared_data / "bccd"
    table = str(folder / "wbc_multilabel" / "labels.csv")
    block = SeparatedColumn(table=table, column="Category", separator=",", picture_column="Image", match_by="number")
    rows, findings = label_folder(folder / "BCCD" / "JPEGImages", block)
    assert rows.classes == ["BASOPHIL", "EOSINOPHIL", "LYMPHOCYTE", "MONOCYTE", "NEUTROPHIL"]
    assert "47 rows of labels.csv name no picture here" in findings[0].message
    counts = [len(row.target.names) for row in rows.rows if row.target is not None]
    assert max(counts) == 2
    assert all(len(set(row.target.names)) == len(row.target.names) for row in rows.rows if row.target is not None)


@pytest.mark.parametrize(
    ("cell", "separator", "tags"),
    [
        ("clear primary  water", " ", ("clear", "primary", "water")),
        ("a, b,c ,", ",", ("a", "b", "c")),
        ("a, a", ", ", ("a",)),
        ("New York; Rome", ";", ("New York", "Rome")),
        ("a|b", "|", ("a", "b")),
        ("a -> b", "->", ("a", "b")),
        ("", ",", ()),
    ],
)
def test_cells(cell: str, separator: str, tags: tuple[str, ...]) -> None:
    assert split_tags(cell, separator) == tags


def test_another_separator(label_csv) -> None:
    rows, _ = label_csv("file,tags\na.png,x & y\nb.png,x\n", SeparatedColumn, separator="other", other_separator="&")
    assert [row.target for row in rows.rows] == [Tags(("x", "y")), Tags(("x",))]


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1)


@given(st.lists(WORDS, max_size=6), st.sampled_from([" ", ",", ";", "|", "/", "::"]), st.sampled_from(["", " ", "  "]))
def test_what_is_put_together_comes_apart(words: list[str], separator: str, space: str) -> None:
    cell = f"{space}{separator}{space}".join(words)
    assert split_tags(cell, separator) == tuple(dict.fromkeys(words))
