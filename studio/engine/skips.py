"""Where an encoder makes its maps smaller, and what those maps were before: the finer views that a mask needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from studio.engine.encoders import Encoder

SizeHW = tuple[int, int]


@dataclass(frozen=True)
class Skip:
    """The last map of a size. layer: which part of the encoder's network gives it."""

    layer: str
    features: int
    size_hw: SizeHW


def find_skips(encoder: Encoder, size_hw: SizeHW, channels: int = 3) -> list[Skip]:
    """The maps just before each change of size, largest first; none for networks that know one size only.

    Found by one empty picture of `size_hw` in evaluation mode: nothing of the network changes, and nothing is drawn.
    Source: the idea is fastai's, `DynamicUnet`; layers are looked into where several sizes hide in one.
    """
    calls: list[tuple[str, SizeHW, Skip]] = []
    handles = [
        layer.register_forward_hook(_recorder(calls, name, encoder.channels_last))
        for name, layer in encoder.net.named_modules()
        if name
    ]
    was_training = encoder.training
    try:
        encoder.eval()
        with torch.no_grad():
            encoder(torch.zeros(1, channels, *size_hw))
    finally:
        encoder.train(was_training)
        for handle in handles:
            handle.remove()
    steps = _steps(encoder.net, "", {name: (size, place, skip) for place, (name, size, skip) in enumerate(calls)})
    return _before_changes([skip for _, skip in steps], size_hw)


def encoder_name(encoder: Encoder) -> str:
    """What timm calls the network."""
    return str(getattr(encoder.net, "pretrained_cfg", {}).get("architecture") or type(encoder.net).__name__)


@contextmanager
def watch(encoder: Encoder, skips: Sequence[Skip]) -> Iterator[dict[str, Tensor]]:
    """While it is open, the maps (N, features, H, W) of these layers, by the layer's name, as the encoder makes them.

    Hooks that stayed would hold a batch's maps in memory whoever uses the encoder next.
    """
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        def hook(layer: nn.Module, inputs: Any, output: Tensor) -> None:
            seen[name] = output.permute(0, 3, 1, 2) if encoder.channels_last else output

        return hook

    handles = [encoder.net.get_submodule(skip.layer).register_forward_hook(keep(skip.layer)) for skip in skips]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


_Calls = dict[str, tuple[SizeHW, int, Skip]]  # by layer: the size that came in, when it was done, and what it gave


def _recorder(calls: list[tuple[str, SizeHW, Skip]], name: str, channels_last: bool) -> Any:
    def hook(layer: nn.Module, inputs: Any, output: Any) -> None:
        given = inputs[0] if inputs else None
        if not (isinstance(given, Tensor) and isinstance(output, Tensor) and given.ndim == output.ndim == 4):
            return
        height, width, features = (1, 2, 3) if channels_last else (2, 3, 1)
        size_hw = output.shape[height], output.shape[width]
        calls.append((name, (given.shape[height], given.shape[width]), Skip(name, output.shape[features], size_hw)))

    return hook


def _steps(layer: nn.Module, name: str, calls: _Calls) -> list[tuple[int, Skip]]:
    """The layers that follow each other, in the order in which they are done, none with two changes of size in it."""
    inside = sorted(
        (step for child, part in layer.named_children() for step in _steps(part, f"{name}.{child}".strip("."), calls)),
        key=lambda step: step[0],
    )
    if name not in calls:
        return inside
    given_hw, place, itself = calls[name]
    return inside if len(_changes([skip for _, skip in inside], given_hw)) > 1 else [(place, itself)]


def _changes(steps: Sequence[Skip], given_hw: SizeHW) -> list[int]:
    """Which of the steps give smaller maps than all before; larger ones are branches of something else."""
    found, least_px = [], given_hw[0] * given_hw[1]
    for number, step in enumerate(steps):
        if step.size_hw[0] * step.size_hw[1] < least_px:
            found.append(number)
            least_px = step.size_hw[0] * step.size_hw[1]
    return found


def _before_changes(steps: Sequence[Skip], size_hw: SizeHW) -> list[Skip]:
    """The last step of each size but the smallest one."""
    starts = _changes(steps, size_hw)
    found = []
    for start, end in zip([0, *starts], starts, strict=False):
        size = steps[start].size_hw
        same = [step for step in steps[start:end] if step.size_hw == size]
        found += same[-1:]
    return found
