"""How the pictures of a batch are put together. No torch here."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.engine.augment import Placed
from studio.runtime.preprocess import Preprocess

# Gives the pictures of a batch mixed with each other, and their targets, for (pictures, targets, rows, epoch).
MixesBatch = Callable[[NDArray[Any], Any, Sequence[int], int], tuple[NDArray[Any], Any]]


class Packing(Protocol):
    """Called by the loader's threads."""

    def room(self, count: int) -> NDArray[Any]:
        """For so many pictures, the first dimension being theirs."""

    def put(self, room: NDArray[Any], place: int, placed: Placed) -> None:
        """Put one picture into its place."""

    def close(
        self, room: NDArray[Any], labels: Sequence[Placed], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[Any, Any]:
        """The pictures as the batch has them, and its targets. The labels have no pictures any more."""


class NormalisedPictures:
    """In the model's units, float32 (N, C, height, width)."""

    def __init__(self, preprocess: Preprocess) -> None:
        self._preprocess = preprocess

    def room(self, count: int) -> NDArray[Any]:
        (width_px, height_px), channels = self._preprocess.size_wh, self._preprocess.channels
        return np.empty((count, channels, height_px, width_px), dtype=np.float32)

    def put(self, room: NDArray[Any], place: int, placed: Placed) -> None:
        self._preprocess.normalise_into(room[place], placed.image_hwc)

    def close(
        self, room: NDArray[Any], labels: Sequence[Placed], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[Any, Any]:
        return room, targets


class NoPictures:
    """Only what the pictures are labeled with."""

    def room(self, count: int) -> NDArray[Any]:
        return np.empty((count, 0), dtype=np.float32)

    def put(self, room: NDArray[Any], place: int, placed: Placed) -> None:
        """Nothing of a picture is kept."""

    def close(
        self, room: NDArray[Any], labels: Sequence[Placed], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[Any, Any]:
        return room, targets


class MixedPictures:
    """The same, mixed with each other before they are brought to the model's units."""

    def __init__(self, preprocess: Preprocess, mix: MixesBatch) -> None:
        self._preprocess, self._mix = preprocess, mix

    def room(self, count: int) -> NDArray[Any]:
        (width_px, height_px), channels = self._preprocess.size_wh, self._preprocess.channels
        return np.empty((count, height_px, width_px, channels), dtype=self._preprocess.dtype)

    def put(self, room: NDArray[Any], place: int, placed: Placed) -> None:
        room[place] = placed.image_hwc

    def close(
        self, room: NDArray[Any], labels: Sequence[Placed], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[Any, Any]:
        mixed, targets = self._mix(room, targets, rows, epoch)
        return self._preprocess.normalise(mixed), targets
