"""Which pictures an epoch holds, and how often each comes."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Tags, Target
from studio.blocks.batch import Batch
from studio.blocks.table import Row
from studio.engine.chance import epoch_order
from studio.engine.sampler import draws_an_epoch, epoch_draws, row_of


def labeled(*targets: Target, by: str = "folder") -> list[Row]:
    return [Row(f"{place}.png", target, by, "train") for place, target in enumerate(targets)]


def test_each_picture_comes_once_in_the_known_order() -> None:
    rows = [3, 5, 8, 9]
    assert epoch_draws(Batch(), rows, [], seed=4, epoch=2) == epoch_order(rows, 4, 2)


def test_rare_classes_come_as_often_as_common_ones() -> None:
    labels = labeled(*["cat"] * 90, *["dog"] * 10)
    draws = epoch_draws(Batch(sampler="balanced"), list(range(100)), labels, seed=1, epoch=0)
    assert len(draws) == len(set(draws)) == 100
    counts = Counter(labels[row_of(draw)].target for draw in draws)
    assert counts == {"cat": 50, "dog": 50}


def test_a_picture_that_comes_again_is_another_draw() -> None:
    labels = labeled(*["cat"] * 30, "dog")
    draws = epoch_draws(Batch(sampler="balanced"), list(range(31)), labels, seed=1, epoch=0)
    dogs = [draw for draw in draws if row_of(draw) == 30]
    assert len(dogs) in (15, 16)
    assert len(set(dogs)) == len(dogs)
    assert 30 in dogs  # the first one is the row itself


def test_a_picture_with_a_rare_tag_comes_more_often() -> None:
    labels = labeled(*[Tags(("sky",))] * 18, Tags(("sky", "kite")), Tags(()))
    draws = epoch_draws(Batch(sampler="balanced"), list(range(20)), labels, seed=3, epoch=1)
    counts = Counter(row_of(draw) for draw in draws)
    assert counts[18] > 3 * max(counts[row] for row in range(18))


def test_labels_given_here_come_more_often() -> None:
    labels = [*labeled(*["cat"] * 60), *labeled(*["cat"] * 20, by="Ada")]
    draws = epoch_draws(Batch(sampler="given", given_times=3), list(range(80)), labels, seed=1, epoch=0)
    given_here = sum(row_of(draw) >= 60 for draw in draws)
    assert given_here == 40  # 20 that weigh 3, of 20 x 3 + 60 x 1


@given(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=60),
    st.sampled_from(["balanced", "given"]),
    st.integers(0, 2**31 - 1),
    st.integers(0, 1000),
)
def test_any_epoch_is_as_long_as_its_rows_and_the_same_again(
    targets: list[str | None], sampler: str, seed: int, epoch: int
) -> None:
    labels = [Row(f"{place}.png", target, "folder", "train") for place, target in enumerate(targets)]
    rows, batch = list(range(len(targets))), Batch.model_validate({"sampler": sampler})
    draws = epoch_draws(batch, rows, labels, seed, epoch)
    assert len(draws) == len(set(draws)) == len(rows)
    assert {row_of(draw) for draw in draws} <= set(rows)
    assert draws == epoch_draws(batch, rows, labels, seed, epoch)


@pytest.mark.parametrize("epoch", range(3))
def test_balanced_epochs_differ(epoch: int) -> None:
    labels = labeled(*["cat"] * 50, *["dog"] * 5)
    rows, batch = list(range(55)), Batch(sampler="balanced")
    here = np.array([row_of(draw) for draw in epoch_draws(batch, rows, labels, 1, epoch)])
    there = np.array([row_of(draw) for draw in epoch_draws(batch, rows, labels, 1, epoch + 1)])
    assert not np.array_equal(here, there)


def test_corrected_pictures_come_more_often_and_the_others_once() -> None:
    labels = labeled(*["cat"] * 80)
    for row in labels[70:]:
        row.changed = True
    batch, rows = Batch(sampler="corrected", corrected_times=5), list(range(80))
    draws = epoch_draws(batch, rows, labels, seed=1, epoch=0)
    assert len(draws) == draws_an_epoch(batch, rows, labels) == 70 + 10 * 5
    counts = Counter(row_of(draw) for draw in draws)
    assert [counts[row] for row in range(70)] == [1] * 70
    assert [counts[row] for row in range(70, 80)] == [5] * 10


def test_few_corrections_of_very_many_pictures_take_a_part_of_them_each_epoch() -> None:
    labels = labeled(*["cat"] * 50_000)
    for row in labels[::10_000]:
        row.changed = True
    batch, rows = Batch(sampler="corrected", corrected_times=5), list(range(50_000))
    epochs = [Counter(map(row_of, epoch_draws(batch, rows, labels, 1, epoch))) for epoch in range(2)]
    assert draws_an_epoch(batch, rows, labels) == 2025
    for counts in epochs:
        assert all(counts[row] in (5, 6) or counts[row] == 4 for row in range(0, 50_000, 10_000))
        assert counts.total() == 2025
    assert len(set(epochs[0]) & set(epochs[1])) < 400  # others in the next epoch
