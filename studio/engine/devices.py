"""What computes: a graphics card where there is one, otherwise all cores of the processor."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from studio.base.errors import UserError


@dataclass(frozen=True)
class Placement:
    """Where tensors live, and in which order of memory. Channels-last suits convolutions on most processors."""

    device: str
    channels_last: bool = False

    @property
    def is_cuda(self) -> bool:
        return self.device.startswith("cuda")

    @property
    def memory_format(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def put(self, model: nn.Module) -> nn.Module:
        if self.is_cuda:
            # Pictures of a run have one size: which convolution is the fastest is found out at its first steps.
            torch.backends.cudnn.benchmark = True
        return model.to(self.device, memory_format=self.memory_format)  # type: ignore[call-overload, no-any-return]


def soon(number: Tensor) -> Callable[[], float]:
    """The value of a tensor with one number, for whoever asks later: the answer waits for what was computed until now,
    and not for what is computed after it."""
    if not number.is_cuda:
        return lambda: float(number)
    there = torch.empty((), dtype=number.dtype, pin_memory=True).copy_(number, non_blocking=True)
    copied = torch.cuda.Event()  # type: ignore[no-untyped-call]
    copied.record()

    def read() -> float:
        copied.synchronize()
        return float(there)

    return read


def seed_generators(seed: int) -> None:
    """`torch.manual_seed` for the processor and the devices in use. That one also notes, for every kind of device that
    is not in use, from where it was called, and keeps the note: 1.5 ms at each call, and memory that grows."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.manual_seed_all(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)


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


def samples_batches(device: str) -> bool:
    """Whether the device samples pictures a batch at a time, faster than the processor does one by one."""
    return device != "cpu"


# What torch's parts say on a processor without enough memory: its own allocator, and oneDNN, which says nearly the same
# ("... a primitive descriptor") of what it cannot do at all.
_NO_MEMORY = re.compile(r"allocate memory|could not create a (primitive(?! descriptor)|memory)")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch ran out of memory: on a graphics card it has a class for that, on a processor mostly only words."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and _NO_MEMORY.search(str(error)) is not None


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
