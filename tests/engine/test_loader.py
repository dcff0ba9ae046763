"""Batches: which rows, in which order, and what happens when a picture goes away."""

import threading
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.engine.loader import Loader, batches_per_epoch, cut, training_batches
from studio.runtime.preprocess import Preprocess

PREPROCESS = Preprocess(4, "crop")


@given(count=st.integers(2, 200), size=st.integers(2, 40), epoch=st.integers(0, 5))
def test_training_batches_are_full_unless_there_is_only_one(count: int, size: int, epoch: int) -> None:
    batches = training_batches(list(range(count)), size, 0, epoch)
    assert len(batches) == batches_per_epoch(count, size) == max(1, count // size)
    assert {len(batch) for batch in batches} == {min(size, count)}
    seen = [row for batch in batches for row in batch]
    assert len(seen) == len(set(seen))


@given(count=st.integers(0, 100), size=st.integers(1, 40))
def test_cut_keeps_every_row_in_order(count: int, size: int) -> None:
    rows = list(range(count))
    assert [row for batch in cut(rows, size) for row in batch] == rows


def square_of(row: int, epoch: int) -> NDArray[np.uint8]:
    if row == 13:
        raise UserError("13.png no longer exists.")
    return np.full((4, 4, 3), row, np.uint8)


def make_loader(lost: list[int], place: object = square_of, threads: int = 3) -> Loader:
    targets = {row: row % 2 for row in range(100)}
    return Loader(place, targets, PREPROCESS, threads, lambda row, error: lost.append(row))  # type: ignore[arg-type]


def test_batches_come_in_order_with_their_targets() -> None:
    batches_of_rows = cut(range(60, 99), 4)
    with closing(make_loader([]).batches(batches_of_rows, 0)) as batches:
        for expected, batch in zip(batches_of_rows, batches, strict=True):
            assert list(batch.rows) == expected
            assert batch.targets.tolist() == [row % 2 for row in expected]
            assert batch.pixels_nchw[:, 0, 0, 0] == pytest.approx(np.array(expected) / 255)


def test_a_lost_picture_leaves_the_other_rows_where_they_are() -> None:
    lost: list[int] = []
    batches_of_rows = cut(range(8, 20), 4)
    with closing(make_loader(lost).batches(batches_of_rows, 0)) as batches:
        assert [batch.rows for batch in batches] == [(8, 9, 10, 11), (12, 14, 15), (16, 17, 18, 19)]
    assert lost == [13]


def test_when_nothing_to_learn_from_is_left_it_says_so() -> None:
    for rows in ([13], [12, 13]):
        with closing(make_loader([]).batches([rows], 0)) as batches, pytest.raises(UserError, match="gone"):
            next(batches)


def test_it_works_only_a_few_batches_ahead() -> None:
    made: list[int] = []
    seen = threading.Lock()

    def place(row: int, epoch: int) -> NDArray[np.uint8]:
        with seen:
            made.append(row)
        return np.zeros((4, 4, 3), np.uint8)

    with closing(make_loader([], place).batches(cut(range(100), 1), 0)) as batches:
        next(batches)
    assert len(made) <= 6
