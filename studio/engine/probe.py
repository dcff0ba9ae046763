"""Trying out what the machine is fast at, with two steps, instead of assuming it."""

import copy
import json
import logging
import time
from contextlib import suppress
from pathlib import Path

import torch
from torch import nn

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder
from studio.engine.devices import Placement

log = logging.getLogger(__name__)

_TIMED_STEPS = 2


def is_channels_last_faster(
    model: nn.Module, name: str, size_wh: tuple[int, int], batch_size: int, device: str, threads: int
) -> bool:
    """Measured once for a model, size and device, then remembered in the user's cache folder.

    `name` tells models apart. The model itself and torch's generators are left as they were.
    """
    key = " ".join(map(str, (name, *size_wh, batch_size, device, _device_name(device), threads, torch.__version__)))
    file = user_folder("cache") / "probes.json"
    known = _read(file)
    if key not in known:
        known[key] = _measure(model, size_wh, batch_size, device)
        with suppress(UserError):  # a full cache disk: measured again next time
            write_atomically(file, json.dumps(known, indent=1).encode())
    return known[key]


def _measure(model: nn.Module, size_wh: tuple[int, int], batch_size: int, device: str) -> bool:
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if device == "cuda" else []):
        seconds = {
            channels_last: _step_s(copy.deepcopy(model), Placement(device, channels_last), size_wh, batch_size)
            for channels_last in (False, True)
        }
    log.info("A step takes %.3f s, with channels last %.3f s.", seconds[False], seconds[True])
    return seconds[True] < seconds[False]


def _step_s(model: nn.Module, placement: Placement, size_wh: tuple[int, int], batch_size: int) -> float:
    """The shortest of a few steps, after one that warms up."""
    model = placement.put(model).train()
    shape = (batch_size, 3, size_wh[1], size_wh[0])
    pictures = torch.rand(shape).to(placement.device, memory_format=placement.memory_format)
    taken = []
    for _ in range(1 + _TIMED_STEPS):
        began = time.perf_counter()
        # The sum read back waits for a graphics card to be done.
        float(sum(p.grad.sum() for p in _after_step(model, pictures).parameters() if p.grad is not None))
        taken.append(time.perf_counter() - began)
    return min(taken[1:])


def _after_step(model: nn.Module, pictures: torch.Tensor) -> nn.Module:
    model.zero_grad()
    model(pictures).sum().backward()
    return model


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else torch.backends.cpu.get_cpu_capability()


def _read(file: Path) -> dict[str, bool]:
    try:
        known = json.loads(file.read_bytes())
        return {str(key): value for key, value in known.items() if isinstance(value, bool)}
    except (OSError, ValueError, AttributeError):
        return {}
