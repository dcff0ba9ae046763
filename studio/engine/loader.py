"""Batches, made by threads ahead of the model."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.errors import UserError
from studio.engine.augment import Placed
from studio.engine.packing import MixedPictures, MixesBatch, NormalisedPictures, Packing
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

# More batches ahead than this only take memory: the model is the slow one, or the threads are.
_AHEAD = 3
_LEAST_PART = 8  # pictures that a thread makes in one go


@dataclass(frozen=True)
class LoadedBatch:
    """What the model sees in one step. `rows` are row numbers in the run's labels. pixels_nchw: float32, or what the
    loader's packing makes to be sampled later. targets: arrays, as the task makes them. views: how each picture lies in
    its original."""

    rows: tuple[int, ...]
    pixels_nchw: Any
    targets: Any
    views: tuple[View, ...] = ()


# Gives the model's picture and its label for (row, epoch). Raises UserError when it cannot.
PlacesPicture = Callable[[int, int], Placed]

# Gives the targets of a batch from its labels; the pictures are no longer there.
Collates = Callable[[Sequence[Placed]], Any]

# Gives the batch to be used instead; called by the loader's threads.
FinishesBatch = Callable[[LoadedBatch], LoadedBatch]

_Made = tuple[int, Placed]


def as_it_is(batch: LoadedBatch) -> LoadedBatch:
    """The batch itself."""
    return batch


class Loader:
    """Makes the batches of an epoch. A picture that has gone since the start of the run is left out of its batch:
    the other rows keep their batches and their draws."""

    def __init__(
        self,
        place: PlacesPicture,
        collate: Collates,
        preprocess: Preprocess,
        threads: int,
        on_lost: Callable[[int, UserError], None],
        mix: MixesBatch | None = None,
        packing: Packing | None = None,
        finish: FinishesBatch = as_it_is,
    ) -> None:
        """`on_lost` hears of a row that cannot be read any more, from a loader's thread. None for `mix`: each picture
        stays by itself. packing: another way than that to put pictures together."""
        self._place = place
        self._collate = collate
        self._threads = threads
        self._on_lost = on_lost
        usual = NormalisedPictures(preprocess) if mix is None else MixedPictures(preprocess, mix)
        self._packing: Packing = packing or usual
        self._finish = finish

    def batches(self, batches_of_rows: Sequence[Sequence[int]], epoch: int) -> Generator[LoadedBatch]:
        """In the given order, whichever thread is done first. Closing the iterator ends the threads."""
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="loader")
        under_way: deque[Future[LoadedBatch]] = deque()
        try:
            for rows in batches_of_rows:
                under_way.append(self._begin(pool, rows, epoch))
                if len(under_way) > _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, pool: ThreadPoolExecutor, rows: Sequence[int], epoch: int) -> Future[LoadedBatch]:
        """All threads work at one batch, so that the first one is there soon and few take up memory.

        Parts are begun in order: whoever puts them together waits only for those that others are making.
        """
        room, size = self._packing.room(len(rows)), max(_LEAST_PART, -(-len(rows) // self._threads))
        parts = [
            pool.submit(self._make, rows[start : start + size], epoch, room[start : start + size])
            for start in range(0, len(rows), size)
        ]
        return pool.submit(self._put_together, parts, size, room, epoch)

    def _make(self, rows: Sequence[int], epoch: int, room: NDArray[Any]) -> list[_Made]:
        """Fill the room from its beginning; gives the rows whose pictures are there, with their labels."""
        found: list[_Made] = []
        for row in rows:
            try:
                placed = self._place(row, epoch)
            except UserError as error:
                self._on_lost(row, error)
                continue
            self._packing.put(room, len(found), placed)
            found.append((row, placed.without_picture()))
        return found

    def _put_together(self, parts: list[Future[list[_Made]]], size: int, room: NDArray[Any], epoch: int) -> LoadedBatch:
        found = [part.result() for part in parts]
        rows = tuple(row for part in found for row, _ in part)
        labels = [label for part in found for _, label in part]
        check_what_is_left(len(rows), len(room))
        if len(rows) < len(room):
            room = np.concatenate([room[number * size :][: len(part)] for number, part in enumerate(found)])
        pictures, targets = self._packing.close(room, labels, self._collate(labels), rows, epoch)
        views = tuple(label.view for label in labels if label.view is not None)
        return self._finish(LoadedBatch(rows, pictures, targets, views))


def check_what_is_left(rows: int, wanted: int) -> None:
    """Raises UserError when too many pictures of a batch have gone: a norm layer cannot learn from a single one."""
    if rows < min(2, wanted):
        raise UserError(
            "Nearly all pictures of a batch have gone since the training started.",
            "Put the pictures back and go on with the run, or start a new one.",
        )


def training_batches(draws: list[int], batch_size: int) -> list[list[int]]:
    """An epoch's draws in their order; a smaller batch at the end is dropped, unless it is the only one."""
    return cut(draws, batch_size)[: batches_per_epoch(len(draws), batch_size)]


def batches_per_epoch(rows: int, batch_size: int) -> int:
    return max(1, rows // batch_size)


def cut(rows: Sequence[int], batch_size: int) -> list[list[int]]:
    """The rows in batches, the last one smaller where they do not divide."""
    return [list(rows[start : start + batch_size]) for start in range(0, len(rows), batch_size)]
