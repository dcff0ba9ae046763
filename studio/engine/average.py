"""An average of the weights over the steps, which follows them slowly: often better than the last ones."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class AveragedWeights:
    """After each step the average moves towards the weights by 1 - decay, and buffers that hold fractions likewise.

    At first it moves faster, so that the start is soon forgotten: after n steps decay is at most (1 + n) / (10 + n).
    Source: Polyak and Juditsky 1992; the warm-up is that of TensorFlow's `ExponentialMovingAverage`.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self._names, self._live = list(model.state_dict()), list(model.state_dict().values())
        self._averaged = [tensor.clone(memory_format=torch.preserve_format) for tensor in self._live]
        self._counters = [place for place, tensor in enumerate(self._live) if not tensor.is_floating_point()]
        self._fractions = [place for place, tensor in enumerate(self._live) if tensor.is_floating_point()]

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """`step`: how many steps are done, with this one."""
        toward = 1 - min(self.decay, (1 + step) / (10 + step))
        own, live = ([tensors[place] for place in self._fractions] for tensors in (self._averaged, self._live))
        torch._foreach_lerp_(own, live, toward)
        for place in self._counters:
            self._averaged[place].copy_(self._live[place])

    def state(self) -> dict[str, Tensor]:
        """By the names that the network's own weights have."""
        return dict(zip(self._names, self._averaged, strict=True))

    @torch.no_grad()
    def restore(self, state: dict[str, Tensor]) -> None:
        for name, own in zip(self._names, self._averaged, strict=True):
            own.copy_(state[name])

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While it is open, the network has the averaged weights."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for own, live in zip(self._averaged, self._live, strict=True):
            kept = live.clone()
            live.copy_(own)
            own.copy_(kept)
