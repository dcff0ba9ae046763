"""Batches: which rows, in which order, and what happens when a picture goes away."""

import threading
from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.engine.augment import Placed
from studio.engine.chance import epoch_order
from studio.engine.loader import Loader, batches_per_epoch, cut, training_batches
from studio.runtime.preprocess import Preprocess

PREPROCESS = Preprocess(4, "crop")


@given(count=st.integers(2, 200), size=st.integers(2, 40), epoch=st.integers(0, 5))
def test_training_batches_are_full_unless_there_is_only_one(count: int, size: int, epoch: int) -> None:
    batches = training_batches(epoch_order(list(range(count)), 0, epoch), size)
    assert len(batches) == batches_per_epoch(count, size) == max(1, count // size)
    assert {len(batch) for batch in batches} == {min(size, count)}
    seen = [row for batch in batches for row in batch]
    assert len(seen) == len(set(seen))


@given(count=st.integers(0, 100), size=st.integers(1, 40))
def test_cut_keeps_every_row_in_order(count: int, size: int) -> None:
    rows = list(range(count))
    assert [row for batch in cut(rows, size) for row in batch] == rows


def square_of(row: int, epoch: int) -> Placed:
    if row == 13:
        raise UserError("13.png no longer exists.")
    return Placed(np.full((4, 4, 3), row, np.uint8), str(row % 2))


def numbers_of(labels: Sequence[Placed]) -> NDArray[np.int64]:
    assert all(label.image_hwc.size == 0 for label in labels)
    return np.array([int(str(label.target)) for label in labels])


def make_loader(lost: list[int], place: object = square_of, threads: int = 3) -> Loader:
    return Loader(place, numbers_of, PREPROCESS, threads, lambda row, error: lost.append(row))  # type: ignore[arg-type]


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


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_batch_is_the_same_however_many_threads_share_it(threads: int) -> None:
    lost: list[int] = []
    with closing(make_loader(lost, threads=threads).batches([range(50), range(50, 90)], 0)) as batches:
        first, second = batches
    assert first.rows == tuple(row for row in range(50) if row != 13)
    assert lost == [13]
    for batch in (first, second):
        assert batch.targets.tolist() == [row % 2 for row in batch.rows]
        expected = PREPROCESS.normalise(np.stack([square_of(row, 0).image_hwc for row in batch.rows]))
        np.testing.assert_array_equal(batch.pixels_nchw, expected)


def test_a_mixed_batch_is_mixed_as_a_whole() -> None:
    def mix(
        images: NDArray[np.uint8], classes: NDArray[np.int64], rows: Sequence[int], epoch: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        assert images[:, 0, 0, 0].tolist() == list(rows)
        return images[::-1], np.eye(2, dtype=np.float32)[classes]

    loader = Loader(square_of, numbers_of, PREPROCESS, 2, lambda row, error: None, mix)
    with closing(loader.batches([range(30)], 0)) as batches:
        (batch,) = batches
    assert batch.rows == tuple(row for row in range(30) if row != 13)
    assert batch.pixels_nchw[:, 0, 0, 0] == pytest.approx(np.array(batch.rows[::-1]) / 255)
    assert batch.targets.shape == (29, 2)


def test_when_nothing_to_learn_from_is_left_it_says_so() -> None:
    for rows in ([13], [12, 13]):
        with closing(make_loader([]).batches([rows], 0)) as batches, pytest.raises(UserError, match="gone"):
            next(batches)


def test_it_works_only_a_few_batches_ahead() -> None:
    made: list[int] = []
    seen = threading.Lock()

    def place(row: int, epoch: int) -> Placed:
        with seen:
            made.append(row)
        return Placed(np.zeros((4, 4, 3), np.uint8), "0")

    with closing(make_loader([], place).batches(cut(range(100), 1), 0)) as batches:
        next(batches)
    assert len(made) <= 6
