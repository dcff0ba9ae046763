"""What holds for every block that divides: parts are disjoint by construction, cover all, and are drawn again alike."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.targets import MaskFile, Numbers, Objects, Tags, Target, Thing
from studio.blocks.block import Block
from studio.blocks.recipe import block_types
from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.by_list import SplitByList
from studio.blocks.split.by_pattern import SplitByPattern
from studio.blocks.split.by_place import PlaceSplit
from studio.blocks.split.folds import FoldSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.split.stratified import StratifiedSplit
from studio.blocks.table import DataTable
from studio.work.splits.groups import groups_of
from tests.work.splits.picture_tables import parts, split, table_of, with_columns

CLASSES = ("cat", "dog", "owl")


def target() -> st.SearchStrategy[Target | None]:
    box = st.sampled_from(CLASSES).map(lambda name: Thing(name, 0, 0, 1, 1))
    return st.one_of(
        st.none(),
        st.sampled_from(CLASSES),
        st.sets(st.sampled_from(CLASSES)).map(lambda names: Tags(tuple(names))),
        st.floats(-5, 5).map(lambda value: Numbers((value,))),
        st.lists(box, max_size=3).map(lambda things: Objects(tuple(things))),
        st.just(MaskFile("mask.png")),
    )


@st.composite
def tables(draw: st.DrawFn) -> DataTable:
    count = draw(st.integers(2, 60))
    images = [f"p{i % 7}/v{i % 3}_{i}.png" for i in range(count)]
    table = table_of(images, draw(st.lists(target(), min_size=count, max_size=count)), [f"film {i}" for i in range(5)])
    degrees = st.floats(-80, 80).map(str)
    return with_columns(
        table,
        person=[f"{i % 4}" for i in range(count)],
        north=draw(st.lists(degrees, min_size=count, max_size=count)),
        east=draw(st.lists(degrees, min_size=count, max_size=count)),
    )


SEEDS = st.integers(0, 10_000)
SHARES = {"valid_percent": st.sampled_from([5.0, 20.0, 33.0, 50.0]), "test_percent": st.sampled_from([0.0, 10.0, 40.0])}
GROUPED = st.sampled_from(
    [{"group_by": "folder"}, {"group_by": "column", "column": "person"}, {"group_by": "video"}, {"group_by": "pattern"}]
)
GROUP_BLOCKS = st.builds(lambda group, **more: GroupSplit(**group, **more), group=GROUPED, seed=SEEDS, **SHARES)
FOLD_BLOCKS = st.builds(
    lambda group, folds, which, **more: FoldSplit(**group, folds=folds, valid_fold=1 + which % folds, **more),
    group=st.one_of(st.just({}), GROUPED),
    folds=st.integers(2, 6),
    which=st.integers(0, 5),
    stratified=st.booleans(),
    seed=SEEDS,
    test_percent=SHARES["test_percent"],
)
PLACE_BLOCKS = st.builds(
    PlaceSplit, latitude=st.just("north"), longitude=st.just("east"), distance_m=st.sampled_from([1e5, 1e6]),
    seed=SEEDS, **SHARES,
)  # fmt: skip
BLOCKS: dict[type[Block], st.SearchStrategy[Block]] = {
    RandomSplit: st.builds(RandomSplit, seed=SEEDS, **SHARES),
    StratifiedSplit: st.builds(StratifiedSplit, seed=SEEDS, **SHARES),
    GroupSplit: GROUP_BLOCKS,
    PlaceSplit: PLACE_BLOCKS,
    LastPartSplit: st.builds(
        lambda group, **more: LastPartSplit(**group, **more), group=GROUPED, gap=st.integers(0, 3)
    ),
    FoldSplit: FOLD_BLOCKS,
    SplitByFolder: st.just(SplitByFolder(train="p0", valid=("p1", "p2"), test=("p3",))),
    SplitByColumn: st.just(SplitByColumn(column="person", valid_values=("1",), test_values=("2.0",))),
    SplitByList: st.just(SplitByList(file="none.txt")),
    SplitByPattern: st.just(SplitByPattern(valid_pattern="v1_", test_pattern="p3/")),
}


def test_every_block_is_here() -> None:
    assert set(BLOCKS) == set(block_types()["split"])


@pytest.mark.parametrize("kind", BLOCKS, ids=lambda kind: kind.__name__)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_parts_are_whole_and_drawn_again_alike(kind: type[Block], data: st.DataObject) -> None:
    block, table = data.draw(BLOCKS[kind]), data.draw(tables())
    findings = split(block, table)
    before = parts(table)
    if any(finding.level == "error" for finding in findings) and not any(before.values()):
        return  # told, and nothing divided
    for row in table.rows:
        assert row.part in (("",) if row.target is None else ("train", "valid", "test", "unused"))
    if any(row.target is not None for row in table.rows) and not any(f.level == "error" for f in findings):
        assert {"train", "valid"} <= set(before.values())
    split(block, table)
    assert parts(table) == before
    wants_test = any(getattr(block, name, None) for name in ("test_percent", "test_values", "test_pattern", "test"))
    assert wants_test or "test" not in before.values()


@pytest.mark.parametrize("kind", [StratifiedSplit, GroupSplit, PlaceSplit, LastPartSplit, FoldSplit, SplitByColumn])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), shuffle=st.integers())
def test_the_order_of_the_rows_does_not_matter(kind: type[Block], data: st.DataObject, shuffle: int) -> None:
    block, table = data.draw(BLOCKS[kind]), data.draw(tables())
    split(block, table)
    before = parts(table)
    random.Random(shuffle).shuffle(table.rows)
    split(block, table)
    assert parts(table) == before


@settings(max_examples=150, deadline=None)
@given(block=st.one_of(GROUP_BLOCKS, FOLD_BLOCKS.filter(lambda block: block.group_by != "nothing")), table=tables())
def test_a_group_never_straddles(block: GroupSplit | FoldSplit, table: DataTable) -> None:
    split(block, table)
    groups, _ = groups_of(block, table)
    in_parts = {(group, row.part) for group, row in zip(groups, table.rows, strict=True) if row.part}
    assert max(Counter(group for group, _ in in_parts).values(), default=1) == 1


@settings(max_examples=100, deadline=None)
@given(data=st.data(), count=st.integers(10, 200))
def test_shares_are_within_one_row_or_group(data: st.DataObject, count: int) -> None:
    block = data.draw(st.one_of(BLOCKS[RandomSplit], BLOCKS[StratifiedSplit], GROUP_BLOCKS))
    table = with_columns(
        table_of([f"p{i % 13}/v{i % 11}_{i}.png" for i in range(count)], ["a", "b", "a"], [f"{i}" for i in range(9)]),
        person=[f"{i % 8}" for i in range(count)],
    )
    split(block, table)
    groups, _ = groups_of(block, table) if isinstance(block, GroupSplit) else ([row.image for row in table.rows], [])
    # One row; of each class at least one where classes are kept on both sides.
    largest = max(Counter(groups).values()) + (2 if isinstance(block, StratifiedSplit) else 0)
    found = Counter(row.part for row in table.rows)
    assert abs(found["valid"] - block.valid_percent / 100 * count) <= largest
    assert abs(found["test"] - block.test_percent / 100 * count) <= largest
