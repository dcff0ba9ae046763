"""What a body that stands still says of each picture, kept: the head then learns from that."""

import json
import math
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch.utils._pytree import tree_map

from studio.base.errors import UserError
from studio.base.files import write_all, write_atomically
from studio.engine.loader import LoadedBatch
from studio.engine.task import Targets
from studio.runtime.view import View

LIMIT_BYTES = 8 << 30
_VERSION = 1


@dataclass(frozen=True)
class Labels:
    """What the task made of rows: targets are arrays, a row each in the order of `rows`. views: of some of them."""

    rows: tuple[int, ...]
    targets: Targets
    views: dict[int, View]

    @classmethod
    def of(cls, batches: Sequence[LoadedBatch], with_views: set[int]) -> "Labels":
        """Those of several batches; views only of the rows that are named, as they take more room than the rest."""
        rows = tuple(row for batch in batches for row in batch.rows)
        seen = [pair for batch in batches for pair in zip(batch.rows, batch.views, strict=True)]
        views = {row: view for row, view in seen if row in with_views}
        first, *others = (batch.targets for batch in batches)
        targets = tree_map(lambda *parts: np.concatenate(parts), first, *others)
        return cls(rows, targets, views)


class KeptFeatures:
    """Features of rows with their labels; any of them make a batch, as fast as memory is read."""

    def __init__(self, features: NDArray[np.float32], labels: Labels) -> None:
        """features: (N, ...), in the order of the labels' rows."""
        self._features, self._labels = features, labels
        self._places = {row: place for place, row in enumerate(labels.rows)}

    def __contains__(self, row: int) -> bool:
        return row in self._places

    def batch(self, rows: Sequence[int], known_as: Sequence[int] | None = None) -> LoadedBatch:
        """The features of these rows as a batch has its pictures. known_as: what the batch calls them."""
        places = np.array([self._places[row] for row in rows], dtype=np.int64)
        views = tuple(view for row in rows if (view := self._labels.views.get(row)) is not None)
        targets = tree_map(lambda array: array[places], self._labels.targets)
        return LoadedBatch(tuple(known_as or rows), self._features[places], targets, views)


class FeatureFile:
    """Features on the disk, from where they are mapped into memory: a run that goes on finds them there."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._numbers, self._index = folder / f"{name}.float32", folder / f"{name}.json"
        self._descriptor = -1

    def read(self) -> tuple[NDArray[np.float32], tuple[int, ...]] | None:
        """(N, ...) and whose features they are; None when there are none yet, or they are damaged."""
        try:
            known = json.loads(self._index.read_bytes())
            rows, shape = tuple(map(int, known["rows"])), tuple(map(int, known["shape"]))
            is_whole = known["version"] == _VERSION and self._numbers.stat().st_size == 4 * len(rows) * math.prod(shape)
            if not is_whole or not rows:
                return None
            # Seen as a plain array: numpy takes several times as long to cut a piece from a memmap.
            return np.asarray(np.memmap(self._numbers, np.float32, "r", shape=(len(rows), *shape))), rows
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def has_room(self, size_bytes: int) -> bool:
        """Whether so much may be written: within the limit, and at most half of what is free on the disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return size_bytes <= min(LIMIT_BYTES, shutil.disk_usage(self._folder).free // 2)

    def append(self, features: NDArray[np.float32]) -> None:
        """Write, not map: a full disk is an error that can be caught then. Raises OSError."""
        if self._descriptor < 0:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._numbers, flags, 0o644)
        write_all(self._descriptor, np.ascontiguousarray(features).tobytes())

    def finish(self, rows: Sequence[int], shape: Sequence[int]) -> None:
        """From now on they can be read. Raises OSError."""
        os.fsync(self._descriptor)
        self.close()
        known = {"version": _VERSION, "rows": list(rows), "shape": list(shape)}
        try:
            write_atomically(self._index, json.dumps(known).encode())
        except UserError as error:
            raise OSError(error.message) from error

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
