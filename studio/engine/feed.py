"""Batches on their way from the loader to the network."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from studio.engine.devices import Placement, is_out_of_memory
from studio.engine.loader import LoadedBatch
from studio.engine.task import Targets
from studio.engine.unsampled import Unsampled
from studio.runtime.view import View


@dataclass(frozen=True)
class Batch:
    """What the network is shown in a step, all of it or in parts. rows, views: as the loader gives them."""

    rows: tuple[int, ...]
    views: tuple[View, ...]
    pictures: Tensor | Unsampled
    targets: Targets
    placement: Placement

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, part: slice) -> tuple[Tensor, Targets]:
        """Pictures (n, C, H, W) as the network takes them, and their targets; both on the device."""
        targets = self.targets_of(part)
        if isinstance(self.pictures, Unsampled):
            pictures = self.pictures.each(self._put).sample(part)
        else:
            pictures = self.pictures[part]
        order = self.placement.memory_format if pictures.ndim == 4 else torch.contiguous_format
        is_async = self.placement.is_cuda
        return pictures.to(self.placement.device, memory_format=order, non_blocking=is_async), targets

    def targets_of(self, part: slice) -> Targets:
        return tree_map(lambda tensor: self._put(tensor[part]), self.targets)

    def _put(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.placement.device, non_blocking=self.placement.is_cuda)


def feed(loaded: LoadedBatch, placement: Placement) -> Batch:
    """The batch as tensors. For a graphics card it is copied while that still works at the batch before; where there
    is no memory for all of it at once, its parts are copied when they are needed."""
    pictures = loaded.pixels_nchw if isinstance(loaded.pixels_nchw, Unsampled) else _tensor(loaded.pixels_nchw)
    batch = Batch(loaded.rows, loaded.views, pictures, tree_map(_tensor, loaded.targets), placement)
    if not placement.is_cuda:
        return batch
    try:
        return _copied(batch)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
    return batch


def pinned(loaded: LoadedBatch) -> LoadedBatch:
    """The same in memory that a graphics card can fetch by itself; for a loader's threads."""

    def pin(values: Any) -> Tensor:
        return _tensor(values).pin_memory()

    pictures = loaded.pixels_nchw
    return replace(
        loaded,
        pixels_nchw=pictures.each(pin) if isinstance(pictures, Unsampled) else pin(pictures),
        targets=tree_map(pin, loaded.targets),
    )


def _copied(batch: Batch) -> Batch:
    """In a stream of its own; the network's stream waits for it, the processor does not."""
    copying, working = _copy_stream(batch.placement.device), torch.cuda.current_stream()

    def copy(tensor: Tensor) -> Tensor:
        there = tensor.to(batch.placement.device, non_blocking=True)
        there.record_stream(working)  # its memory is not used again before the network is done with it
        return there

    with torch.cuda.stream(copying):
        pictures = batch.pictures
        batch = replace(
            batch,
            pictures=pictures.each(copy) if isinstance(pictures, Unsampled) else copy(pictures),
            targets=tree_map(copy, batch.targets),
        )
    working.wait_stream(copying)
    return batch


@cache
def _copy_stream(device: str) -> "torch.cuda.Stream":
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


def _tensor(values: Any) -> Tensor:
    return torch.from_numpy(values) if isinstance(values, np.ndarray) else values
