"""The end of each sequence."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studio.blocks.split.last_part import LastPartSplit
from tests.work.splits.picture_tables import images_in, parts, split, table_of, told


def test_the_end_in_the_order_of_numbers() -> None:
    table = table_of([f"a/{i}.png" for i in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)])
    assert split(LastPartSplit(), table) == []
    assert images_in(table, "valid") == {"a/9.png", "a/10.png"}


def test_train_gap_validation_gap_test() -> None:
    table = table_of([f"{i}.png" for i in range(20)])
    split(LastPartSplit(valid_percent=20, test_percent=10, gap=2), table)
    expected = ["train"] * 10 + ["unused"] * 2 + ["valid"] * 4 + ["unused"] * 2 + ["test"] * 2
    assert [row.part for row in table.rows] == expected


def test_each_folder_is_a_sequence_and_a_short_one_trains() -> None:
    table = table_of([*(f"a/{i}.png" for i in range(10)), *(f"b/{i}.png" for i in range(20)), "c/1.png", "c/2.png"])
    findings = split(LastPartSplit(gap=1), table)
    assert told(findings) == [("info", "gap")]
    assert images_in(table, "valid") == {"a/8.png", "a/9.png", "b/16.png", "b/17.png", "b/18.png", "b/19.png"}
    assert images_in(table, "unused") == {"a/7.png", "b/15.png"}
    assert parts(table)["c/2.png"] == "train"
    split(LastPartSplit(group_by="nothing"), table)
    assert images_in(table, "valid") == {"c/1.png", "c/2.png", "b/19.png", "b/18.png", "b/17.png", "b/16.png"}


def test_a_gap_counts_pictures_without_a_label_too() -> None:
    table = table_of([f"{i:02}.png" for i in range(30)], ["a", None, None])
    split(LastPartSplit(valid_percent=30, gap=2), table)
    assert images_in(table, "valid") == {"21.png", "24.png", "27.png"}
    assert images_in(table, "unused") == set()
    split(LastPartSplit(valid_percent=30, gap=3), table)
    assert images_in(table, "unused") == {"18.png"}


def test_a_gap_larger_than_the_sequence_is_an_error() -> None:
    assert told(split(LastPartSplit(gap=50), table_of([f"{i}.png" for i in range(30)]))) == [("error", "gap")]


@given(st.integers(2, 80), st.integers(0, 6), st.sampled_from([10.0, 20.0, 50.0]), st.sampled_from([0.0, 10.0, 30.0]))
def test_no_neighbours_on_two_sides(count: int, gap: int, valid_percent: float, test_percent: float) -> None:
    table = table_of([f"{i}.png" for i in range(count)])
    split(LastPartSplit(valid_percent=valid_percent, test_percent=test_percent, gap=gap), table)
    places = {part: [i for i, row in enumerate(table.rows) if row.part == part] for part in ("train", "valid", "test")}
    for one, other in (("train", "valid"), ("valid", "test"), ("train", "test")):
        if places[one] and places[other]:
            assert min(places[other]) - max(places[one]) > gap
    if places["valid"]:
        assert abs(len(places["valid"]) - valid_percent / 100 * count) <= 1
        assert abs(len(places["test"]) - test_percent / 100 * count) <= 1


def test_the_stack_of_the_microscope(shared_data: Path) -> None:
    folder = shared_data / "isbi2012_em" / "data" / "membrane" / "train" / "image"
    table = table_of(sorted(path.name for path in folder.glob("*.png")))
    split(LastPartSplit(gap=2), table)
    assert images_in(table, "valid") == {f"{i}.png" for i in range(24, 30)}
    assert images_in(table, "unused") == {"22.png", "23.png"}
