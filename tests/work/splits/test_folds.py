"""Folds: disjoint, together everything, alike."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.base.targets import Tags
from studio.blocks.split.folds import FoldSplit
from tests.work.splits.picture_tables import images_in, split, table_of, told


@settings(deadline=None)
@given(
    st.integers(20, 90), st.integers(2, 6), st.booleans(), st.sampled_from(["nothing", "folder"]),
    st.sampled_from([0.0, 20.0]), st.integers(0, 999),
)  # fmt: skip
def test_folds_are_disjoint_and_cover_all(
    count: int, folds: int, stratified: bool, group_by: str, test_percent: float, seed: int
) -> None:
    images = [f"{i % 17}/{i}.png" for i in range(count)]
    seen: Counter[str] = Counter()
    tested: set[str] = set()
    for fold in range(1, folds + 1):
        table = table_of(images, ["a", "a", "b"])
        block = FoldSplit(
            folds=folds, valid_fold=fold, stratified=stratified, group_by=group_by, test_percent=test_percent, seed=seed
        )
        split(block, table)
        seen.update(images_in(table, "valid"))
        tested |= images_in(table, "test")
        assert images_in(table, "valid") | images_in(table, "train") | images_in(table, "test") == set(images)
    assert max(seen.values()) == 1
    assert set(seen) | tested == set(images)
    assert not set(seen) & tested
    assert bool(tested) == bool(test_percent)


def sizes_of(block: FoldSplit, images: list[str], targets: list[object]) -> list[Counter[object]]:
    found = []
    for fold in range(1, block.folds + 1):
        table = table_of(images, targets)
        split(block.model_copy(update={"valid_fold": fold}), table)
        found.append(Counter(row.target for row in table.rows if row.part == "valid"))
    return found


@given(st.integers(10, 100), st.integers(2, 8), st.integers(0, 99))
def test_folds_have_one_size(count: int, folds: int, seed: int) -> None:
    images = [f"{i}.png" for i in range(count)]
    sizes = sizes_of(FoldSplit(folds=folds, stratified=False, seed=seed), images, ["a", "b"])
    assert max(size.total() for size in sizes) - min(size.total() for size in sizes) <= 1


@given(st.integers(0, 99))
def test_each_fold_has_its_share_of_each_class(seed: int) -> None:
    targets = ["often"] * 70 + ["rare"] * 10 + ["some"] * 20
    for fold in sizes_of(FoldSplit(seed=seed), [f"{i}.png" for i in range(100)], targets):
        assert fold == {"often": 14, "rare": 2, "some": 4}


def test_groups_stay_whole_and_classes_even() -> None:
    # Thirty persons with ten pictures each; five of them have the rare class.
    images = [f"{person:02}/{i}.png" for person in range(30) for i in range(10)]
    targets = ["rare" if i < 3 and person % 6 == 0 else "often" for person in range(30) for i in range(10)]
    for seed in range(10):
        for fold in sizes_of(FoldSplit(group_by="folder", seed=seed), images, targets):
            assert fold == {"often": 57, "rare": 3}


def test_several_classes_a_picture() -> None:
    targets = [Tags(tuple("abc"[: 1 + i % 3])) for i in range(60)]
    for fold in sizes_of(FoldSplit(), [f"{i}.png" for i in range(60)], targets):
        assert set(fold.values()) == {4}


def test_fewer_groups_than_folds_is_an_error() -> None:
    table = table_of([f"{folder}/{i}.png" for folder in "abc" for i in range(5)])
    (finding,) = split(FoldSplit(group_by="folder"), table)
    assert (finding.level, finding.field) == ("error", "folds")
    assert "3 groups" in finding.message


def test_a_missing_column_is_told() -> None:
    assert told(split(FoldSplit(group_by="column"), table_of(["1.png", "2.png"]))) == [("error", "column")]


def test_a_fold_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValidationError, match="only 3 folds"):
        FoldSplit(folds=3, valid_fold=4)
