"""A random part of each class."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.targets import MaskFile, Numbers, Target
from studio.blocks.split.stratified import StratifiedSplit
from tests.work.splits.picture_tables import images_in, parts, split, table_of, told


def test_a_rare_class_is_in_all_parts() -> None:
    targets = ["often"] * 97 + ["rare"] * 3
    table = table_of([f"{i}.png" for i in range(100)], targets)
    assert split(StratifiedSplit(test_percent=10), table) == []
    counts = Counter((row.target, row.part) for row in table.rows)
    assert [counts["rare", part] for part in ("train", "valid", "test")] == [1, 1, 1]
    assert counts["often", "valid"] == 19
    assert sum(count for (_, part), count in counts.items() if part == "test") == 10


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=8, max_size=80), st.integers(0, 79), st.integers(0, 99)
)
def test_labeling_one_more_picture_moves_few(labels: list[str | None], more: int, seed: int) -> None:
    images = [f"{i}.png" for i in range(len(labels))]
    more %= len(labels)
    before, after = table_of(images, labels), table_of(images, labels)
    after.rows[more].target = labels[more] or "b"
    for table in (before, after):
        split(StratifiedSplit(seed=seed), table)
    moved = [row.image for row in before.rows if row.part and row.part != parts(after)[row.image]]
    assert len(moved) <= 3


def test_numbers_are_balanced_from_low_to_high() -> None:
    table = table_of([f"{i}.png" for i in range(200)], [Numbers((float(i * i),)) for i in range(200)])
    split(StratifiedSplit(seed=3), table)
    valid = sorted(int(image.removesuffix(".png")) for image in images_in(table, "valid"))
    assert len(valid) == 40
    assert Counter(place // 20 for place in valid) == dict.fromkeys(range(10), 4)


def test_masks_have_no_classes_to_balance() -> None:
    masks: list[Target] = [MaskFile(f"{i}.png") for i in range(50)]
    table = table_of([f"{i}.png" for i in range(50)], masks)
    assert split(StratifiedSplit(test_percent=20), table) == []
    assert Counter(row.part for row in table.rows) == {"train": 30, "valid": 10, "test": 10}


def test_two_pictures_are_one_each() -> None:
    for targets in (["a", "b"], ["a"], [MaskFile("m.png")]):
        table = table_of(["1.png", "2.png"], targets)
        split(StratifiedSplit(), table)
        assert sorted(parts(table).values()) == ["train", "valid"]


def test_one_label_cannot_be_divided() -> None:
    table = table_of(["1.png", "2.png"], ["a", None])
    assert told(split(StratifiedSplit(), table)) == [("error", "valid_percent")]
