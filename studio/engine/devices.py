"""What computes: a graphics card where there is one, otherwise all cores of the processor."""

import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from studio.base.errors import UserError
from studio.engine.loader import LoadedBatch


@dataclass(frozen=True)
class Placement:
    """Where tensors live, and in which order of memory. Channels-last suits convolutions on most processors."""

    device: str
    channels_last: bool = False

    @property
    def memory_format(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def put(self, model: nn.Module) -> nn.Module:
        return model.to(self.device, memory_format=self.memory_format)  # type: ignore[call-overload, no-any-return]

    def tensors(self, batch: LoadedBatch) -> tuple[Tensor, Any]:
        """Pictures (N, C, H, W), and targets as they are in the batch, their arrays as tensors."""
        pictures = torch.from_numpy(batch.pixels_nchw).to(self.device, memory_format=self.memory_format)
        return pictures, tree_map(lambda array: torch.from_numpy(array).to(self.device), batch.targets)


def choose_device(wanted: str) -> str:
    """ "cpu", "cuda" or "mps". Raises UserError when the wanted one is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(device for device, is_there in there.items() if is_there)
    if not there[wanted]:
        raise UserError(
            f"This machine has no device {wanted!r} that can be used.",
            "Set the device of the Training block to 'Automatic', or install the driver.",
        )
    return wanted


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch ran out of memory: on a graphics card it has a class for that, on a processor only words."""
    return isinstance(error, torch.OutOfMemoryError) or "allocate memory" in str(error)


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def device_facts() -> dict[str, str]:
    """What there is to compute with, in words, by name: for the doctor."""
    facts = {
        "processor": f"{usable_cores()} usable cores, {torch.backends.cpu.get_cpu_capability()}",
        "graphics card": "none that torch can use",
    }
    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
        facts["graphics card"] = f"{', '.join(names)} (CUDA {torch.version.cuda})"
    elif torch.backends.mps.is_available():
        facts["graphics card"] = "Apple graphics (MPS)"
    return facts
