"""Running out of memory is not an end: the work is tried again with fewer pictures at once."""

import ctypes
import gc
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.engine.devices import is_out_of_memory
from studio.engine.feed import Batch
from studio.engine.task import EngineTask

ResultT = TypeVar("ResultT")
_LESS_MEMORY = (
    "Choose smaller pictures or a smaller encoder and start a new run; or end other programs and resume this one."
)
OnLess = Callable[[int], None]  # hears how many pictures go through the network at once from now on


class TooLittleMemoryError(RuntimeError):
    """Not even the smallest part of a batch fits: so many pictures."""

    def __init__(self, at_once: int) -> None:
        super().__init__(f"{at_once} at once do not fit into memory")
        self.at_once = at_once


class Memory:
    """How many pictures of a batch go through the network at once: fewer after each time that they did not fit.

    at_once: how many now. least: with fewer it cannot go on. Where those do not fit, raises TooLittleMemoryError.
    """

    def __init__(self, at_once: int = sys.maxsize, least: int = 1, on_less: OnLess = lambda at_once: None) -> None:
        self.least = least
        self.at_once = max(at_once, least)
        self._on_less = on_less

    def attempt(self, count: int, work: Callable[[list[slice]], ResultT], undo: Callable[[], None]) -> ResultT:
        """What `work` gives for the parts of a batch of `count` pictures. Where it runs out of memory, `undo` puts
        back what it changed, and it is done again with smaller parts."""
        while True:
            with self._less_on_failure(count):
                return work(cut_evenly(count, self.at_once, self.least))
            undo()
            _release()

    def each(self, count: int, work: Callable[[slice], None]) -> None:
        """Do the work part by part, in order, going on with smaller parts where one does not fit."""
        done = 0
        while done < count:
            part = slice(done, min(count, done + self.at_once))
            with self._less_on_failure(part.stop - part.start):
                work(part)
                done = part.stop
                continue
            _release()

    @contextmanager
    def _less_on_failure(self, count: int) -> Iterator[None]:
        """Takes an out-of-memory error for an answer. Nothing may hold on to the error: it holds what was computed."""
        tried = min(count, self.at_once)
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if tried <= self.least:
                raise TooLittleMemoryError(tried) from error
            self.at_once = max(self.least, tried // 2)
            self._on_less(self.at_once)


class BeforeTry:
    """What a forward pass changes of a network: its buffers and the random state. Kept before a try, so that a failed
    one leaves no trace."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        buffers = list(model.buffers())
        # One call for all tensors of a type costs a fraction of one for each.
        self._live = [[b for b in buffers if b.dtype == kind] for kind in {b.dtype for b in buffers}]
        self._kept = [[torch.empty_like(b) for b in group] for group in self._live]
        self._chance = Chances()

    @torch.no_grad()
    def keep(self) -> None:
        for kept, live in zip(self._kept, self._live, strict=True):
            torch._foreach_copy_(kept, live)
        self._chance.keep()

    @torch.no_grad()
    def put_back(self) -> None:
        for kept, live in zip(self._kept, self._live, strict=True):
            torch._foreach_copy_(live, kept)
        self._chance.put_back()
        for parameter in self._model.parameters():
            parameter.grad = None


class Chances:
    """The random states of torch: the processor's, and the current accelerator's."""

    def __init__(self) -> None:
        self._states: list[Tensor] = []

    def keep(self) -> None:
        self._states = [torch.get_rng_state()]
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            self._states.append(torch.cuda.get_rng_state())

    def put_back(self) -> None:
        torch.set_rng_state(self._states[0])
        if len(self._states) > 1:
            torch.cuda.set_rng_state(self._states[1])


def least_at_once(model: nn.Module) -> int:
    """How many pictures a network needs to learn: batch norm takes the spread of at least two."""
    has_batch_norm = any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in model.modules())
    return 2 if has_batch_norm else 1


@contextmanager
def too_little_in_words(size_wh: tuple[int, int]) -> Iterator[None]:
    """Makes a UserError of what no smaller part of a batch could mend. size_wh: of a picture."""
    try:
        yield
    except TooLittleMemoryError as error:
        pictures = f"{count_words(error.at_once, 'picture')} of {size_wh[0]} x {size_wh[1]} px at once"
        raise UserError(
            f"There is not enough memory for {pictures}, and with fewer it cannot go on.", _LESS_MEMORY
        ) from error
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise UserError("There is not enough memory to go on.", _LESS_MEMORY) from error


def cut_evenly(count: int, at_once: int, least: int = 1) -> list[slice]:
    """A batch in as few parts as it takes, none smaller than `least`: sizes differ by one at most."""
    parts = max(1, min(math.ceil(count / at_once), count // least))
    ends = [count * number // parts for number in range(parts + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


def shares(batch: Batch, parts: Sequence[slice], task: EngineTask) -> Sequence[Tensor | None]:
    """What the loss of each part counts in that of the whole batch, so that their sum is just that; None: all."""
    if len(parts) == 1:
        return (None,)
    targets = batch.targets_of(slice(None))
    weights = task.weights(targets, torch.zeros(len(batch), device=batch.placement.device))
    # Where nothing counts in the whole batch, each part's loss is 0 as the batch's would be.
    total = weights.sum().clamp(min=torch.finfo(weights.dtype).tiny)
    return [weights[part].sum() / total for part in parts]


def _release() -> None:
    """Give back what the failed try took; a device keeps freed memory for itself otherwise."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if sys.platform == "linux":  # glibc keeps what was freed; oneDNN's code needs pages of its own
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL("libc.so.6").malloc_trim(0)
