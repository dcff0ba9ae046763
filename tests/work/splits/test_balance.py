"""Shares of the rows that have their share of every class."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.work.splits.balance import draw_share

ONE_CLASS = st.lists(st.sampled_from("abcdef").map(lambda name: (name,)), min_size=2, max_size=120)
SHARE = st.sampled_from([0.05, 0.1, 0.2, 1 / 3, 0.5, 0.8])


def counted(strata: list[tuple[str, ...]], rows: set[int]) -> Counter[str]:
    return Counter(name for row in rows for name in strata[row])


@given(ONE_CLASS, SHARE)
def test_each_class_gives_its_share_within_one(strata: list[tuple[str, ...]], share: float) -> None:
    drawn = draw_share(range(len(strata)), strata, share)
    everything, inside = counted(strata, set(range(len(strata)))), counted(strata, drawn)
    only_singles = max(everything.values()) == 1
    for name, count in everything.items():
        assert abs(inside[name] - share * count) <= 1
        if count >= 2:
            assert 1 <= inside[name] <= count - 1
        elif not only_singles:
            assert inside[name] == 0
    # No more is missing or too much than the rule for small classes asks for.
    assert abs(len(drawn) - share * len(strata)) <= max(1, len(everything))


@given(ONE_CLASS, SHARE)
def test_without_that_rule_the_whole_is_exact(strata: list[tuple[str, ...]], share: float) -> None:
    drawn = draw_share(range(len(strata)), strata, share, keep_both=False)
    assert len(drawn) == int(share * len(strata) + 0.5)
    for name, count in counted(strata, set(range(len(strata)))).items():
        assert abs(counted(strata, drawn)[name] - share * count) < 1


@given(ONE_CLASS, SHARE, st.sampled_from("abcdefg"), st.integers(0, 120))
def test_one_more_row_moves_few(strata: list[tuple[str, ...]], share: float, name: str, place: int) -> None:
    new = len(strata)
    order = list(range(new))
    before = draw_share(order, strata, share)
    order.insert(min(place, new), new)
    after = draw_share(order, [*strata, (name,)], share)
    assert len((before ^ after) - {new}) <= 3


def test_the_first_of_a_class_are_drawn() -> None:
    strata = [("a",)] * 10 + [("b",)] * 5
    assert draw_share([9, 3, 12, 0, 1, 2, 14, 4, 5, 6, 7, 8, 10, 11, 13], strata, 0.2) == {9, 3, 12}


TAGS = st.lists(st.sets(st.sampled_from("abcdefgh")).map(lambda s: tuple(sorted(s))), min_size=2, max_size=80)


@settings(deadline=None)
@given(TAGS, SHARE)
def test_several_classes_divide_all_rows(strata: list[tuple[str, ...]], share: float) -> None:
    drawn = draw_share(range(len(strata)), strata, share)
    assert 0 < len(drawn) < len(strata)
    assert drawn == draw_share(range(len(strata)), strata, share)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_several_classes_are_balanced_better_than_by_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    often = 1 / np.arange(1, 18)  # like the tags of satellite pictures: some common, many rare
    strata = [tuple(str(i) for i in np.flatnonzero(row)) for row in rng.random((400, 17)) < often * 0.8]
    drawn = draw_share(rng.permutation(400).tolist(), strata, 0.2)
    by_chance = set(rng.permutation(400)[:80].tolist())
    assert missed(strata, drawn) < missed(strata, by_chance)
    assert abs(len(drawn) - 80) <= 17  # one for each class
    everything, inside = counted(strata, set(range(400))), counted(strata, drawn)
    assert all(0 < inside[name] < count for name, count in everything.items() if count >= 2)


def missed(strata: list[tuple[str, ...]], rows: set[int]) -> float:
    """How far the shares of the classes are from a fifth, on average."""
    everything, inside = counted(strata, set(range(len(strata)))), counted(strata, rows)
    return float(np.mean([abs(inside[name] / count - 0.2) for name, count in everything.items()]))


def test_a_class_on_one_side_is_brought_to_the_other() -> None:
    # a, b and c, the rarer ones, put rows 0 to 2 to the rest: x would not be drawn.
    strata = [("a", "x"), ("b", "x"), ("c", "x"), ("a",), ("b",), ("c",), ("y",), ("y",), ("y",)]
    drawn = draw_share([3, 4, 5, 0, 1, 2, 6, 7, 8], strata, 0.3)
    inside, outside = counted(strata, drawn), counted(strata, set(range(9)) - drawn)
    assert all(inside[name] and outside[name] for name in "abcxy")


def test_what_cannot_be_on_both_sides_ends() -> None:
    # Three rows, each with two of three classes: one class is always on one side only.
    drawn = draw_share([0, 1, 2], [("a", "b"), ("b", "c"), ("c", "a")], 0.3)
    assert 0 < len(drawn) < 3
