"""Lots and whole groups."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from studio.work.splits.drawing import draw_groups, in_drawn_order, lot

SIZES = st.dictionaries(st.text(max_size=4), st.integers(1, 50), min_size=2, max_size=30)


def test_lots_stay_what_they_are() -> None:
    # Written down: if these change, the parts of every project change.
    assert [lot(0, "a.png"), lot(42, "a.png"), lot(42, "ä/b.png")] == [
        16_888_438_407_327_443_991,
        15_416_205_702_547_646_356,
        10_754_997_508_114_157_689,
    ]


def test_lots_are_even() -> None:
    tenths = Counter(lot(7, f"{i}.png") * 10 >> 64 for i in range(10_000))
    assert all(850 < tenths[i] < 1150 for i in range(10))


@given(st.sets(st.text(max_size=5), min_size=1), st.text(max_size=5), st.integers(0, 99))
def test_a_new_name_leaves_the_order_of_the_others(names: set[str], new: str, seed: int) -> None:
    with_new = in_drawn_order(seed, names | {new})
    assert [name for name in with_new if name in names] == in_drawn_order(seed, names)


@given(SIZES, st.integers(0, 99), st.floats(0.01, 0.99))
def test_groups_reach_the_share_within_one_group(sizes: dict[str, int], seed: int, share: float) -> None:
    total = sum(sizes.values())
    drawn = draw_groups(sizes, seed, share * total)
    assert 0 < len(drawn) < len(sizes)
    assert abs(sum(sizes[name] for name in drawn) - share * total) <= max(sizes.values())


@given(SIZES, st.integers(0, 99))
def test_taken_groups_are_not_drawn_again(sizes: dict[str, int], seed: int) -> None:
    first = draw_groups(sizes, seed, 0.3 * sum(sizes.values()))
    second = draw_groups(sizes, seed, 0.3 * sum(sizes.values()), first)
    assert not first & second
    assert len(first | second) < len(sizes)


def test_a_group_much_larger_than_the_share_is_passed_over() -> None:
    sizes = {"large": 900, **{f"{i}": 10 for i in range(10)}}
    for seed in range(20):
        assert sum(sizes[name] for name in draw_groups(sizes, seed, 50)) == 50


def test_nothing_to_draw() -> None:
    assert draw_groups({"only": 5}, 0, 2) == set()
    assert draw_groups({"a": 5, "b": 5}, 0, 0) == set()
