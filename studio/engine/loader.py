"""Batches, made by threads ahead of the model."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.engine.chance import epoch_order
from studio.runtime.preprocess import Preprocess

# More batches ahead than this only take memory: the model is the slow one, or the threads are.
_AHEAD = 3


@dataclass(frozen=True)
class LoadedBatch:
    """What the model sees in one step. `rows` are row numbers in the run's labels."""

    rows: tuple[int, ...]
    pixels_nchw: NDArray[np.float32]
    targets: NDArray[np.int64]


# Gives the model's square, uint8 (side, side, 3), for (row, epoch). Raises UserError when it cannot.
PlacesPicture = Callable[[int, int], NDArray[np.uint8]]


class Loader:
    """Makes the batches of an epoch. A picture that has gone since the start of the run is left out of its batch:
    the other rows keep their batches and their draws."""

    def __init__(
        self,
        place: PlacesPicture,
        targets: dict[int, int],
        preprocess: Preprocess,
        threads: int,
        on_lost: Callable[[int, UserError], None],
    ) -> None:
        """`on_lost` hears of a row that cannot be read any more, from a loader's thread."""
        self._place = place
        self._targets = targets
        self._preprocess = preprocess
        self._threads = threads
        self._on_lost = on_lost

    def batches(self, batches_of_rows: Sequence[Sequence[int]], epoch: int) -> Generator[LoadedBatch]:
        """In the given order, whichever thread is done first. Closing the iterator ends the threads."""
        pool = ThreadPoolExecutor(min(self._threads, _AHEAD), thread_name_prefix="loader")
        under_way: deque[Future[LoadedBatch]] = deque()
        try:
            for rows in batches_of_rows:
                under_way.append(pool.submit(self._make, rows, epoch))
                if len(under_way) > _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _make(self, rows: Sequence[int], epoch: int) -> LoadedBatch:
        squares, found = [], []
        for row in rows:
            try:
                squares.append(self._place(row, epoch))
                found.append(row)
            except UserError as error:
                self._on_lost(row, error)
        if len(squares) < min(2, len(rows)):  # a norm layer cannot learn from a single picture
            raise UserError(
                "Nearly all pictures of a batch have gone since the training started.",
                "Put the pictures back and go on with the run, or start a new one.",
            )
        targets = np.array([self._targets[row] for row in found], dtype=np.int64)
        return LoadedBatch(tuple(found), self._preprocess.normalise(np.stack(squares)), targets)


def training_batches(rows: list[int], batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """All rows in the epoch's order; a smaller batch at the end is dropped, unless it is the only one."""
    order = epoch_order(rows, seed, epoch)
    count = batches_per_epoch(len(rows), batch_size)
    return cut(order, batch_size)[:count]


def batches_per_epoch(rows: int, batch_size: int) -> int:
    return max(1, rows // batch_size)


def cut(rows: Sequence[int], batch_size: int) -> list[list[int]]:
    """The rows in batches, the last one smaller where they do not divide."""
    return [list(rows[start : start + batch_size]) for start in range(0, len(rows), batch_size)]
