"""Pictures that are sampled where the network is: as they are kept, with what chance makes of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.engine.augment import Drawn, Placed
from studio.engine.holes import noise_over
from studio.engine.mixing import BatchMixer
from studio.engine.sampling import PaddedBatch, back, light_of, pad, sample_from
from studio.runtime.preprocess import Preprocess


class Draws(NamedTuple):
    """A batch's pictures and what happens to them; None where nothing of the kind happens to any.

    pixels: uint8 (N, C, H, W), each at the top left of its place. sizes_wh: (N, 2), each picture's own. back, light:
    see `studio.engine.sampling`. covered: (N, C + 1, height, width), see `noise_over`. areas: (N, 5), see
    `studio.engine.mixing.areas`; each picture is mixed with the one after it.
    """

    pixels: Tensor
    sizes_wh: Tensor
    back: Tensor
    light: Tensor | None
    covered: Tensor | None
    areas: Tensor | None

    def each(self, change: Callable[[Tensor], Tensor]) -> "Draws":
        return Draws._make(None if tensor is None else change(tensor) for tensor in self)


@dataclass(frozen=True)
class Unsampled:
    """The pictures of a batch, as they are kept; `preprocess` says what the model's are."""

    draws: Draws
    preprocess: Preprocess

    def __len__(self) -> int:
        return len(self.draws.pixels)

    def each(self, change: Callable[[Tensor], Tensor]) -> "Unsampled":
        """With all tensors changed, for example put somewhere else."""
        return replace(self, draws=self.draws.each(change))

    def sample(self, part: slice) -> Tensor:
        """Some of the pictures in the model's units, (n, C, height, width) float32, where the draws lie."""
        start, stop, _ = part.indices(len(self))
        if self.draws.areas is None:
            draws = self.draws.each(lambda tensor: tensor[start:stop])
        else:  # the one after the last too, to mix that with; after the last of the batch comes the first
            after = stop % len(self)
            draws = self.draws.each(lambda tensor: torch.cat([tensor[start:stop], tensor[after : after + 1]]))
        values = sample_from(
            PaddedBatch(draws.pixels, draws.sizes_wh),
            draws.back,
            self.preprocess.size_wh,
            self.preprocess.border,
            draws.light,
        )
        if draws.covered is not None:
            noise, is_covered = draws.covered[:, :-1], draws.covered[:, -1:].bool()
            values = torch.where(is_covered, noise.float() / 255, values)
        if draws.areas is not None:
            values = _mixed(values, draws.areas[:-1])
        return self._normalised(values)

    def _normalised(self, values_nchw: Tensor) -> Tensor:
        mean, std = (_each_channel(n, values_nchw.device) for n in (self.preprocess.mean, self.preprocess.std))
        return (values_nchw - mean) / std


class UnsampledPictures:
    """A loader's packing that leaves the sampling to whoever has the batch."""

    def __init__(self, preprocess: Preprocess, mixer: BatchMixer | None = None) -> None:
        self._preprocess, self._mixer = preprocess, mixer

    def room(self, count: int) -> NDArray[Any]:
        return np.empty(count, dtype=object)

    def put(self, room: NDArray[Any], place: int, placed: Placed) -> None:
        room[place] = placed.image_hwc

    def close(
        self, room: NDArray[Any], labels: Sequence[Placed], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[Unsampled, Any]:
        areas = None
        if self._mixer is not None:
            areas_n5, targets = self._mixer.later(self._preprocess.size_wh, targets, rows, epoch)
            areas = torch.from_numpy(areas_n5)
        padded, drawn = pad(list(room)), [label.drawn for label in labels if label.drawn is not None]
        draws = Draws(
            padded.pixels_nchw,
            padded.sizes_wh,
            back(np.stack([one.matrix for one in drawn])),
            _light(drawn),
            self._covered(drawn),
            areas,
        )
        return Unsampled(draws, self._preprocess), targets

    def _covered(self, drawn: Sequence[Drawn]) -> Tensor | None:
        if not any(one.change.holes for one in drawn):
            return None
        size_wh, channels = self._preprocess.size_wh, self._preprocess.channels
        covered = np.stack([noise_over(size_wh, channels, one.change.holes) for one in drawn])
        return torch.from_numpy(covered).permute(0, 3, 1, 2).contiguous()


@cache  # putting numbers on a graphics card waits until it has done all that it was asked for
def _each_channel(numbers: tuple[float, ...], device: torch.device) -> Tensor:
    return torch.tensor(numbers, device=device).view(1, -1, 1, 1)


def _light(drawn: Sequence[Drawn]) -> Tensor | None:
    brightness = [one.change.brightness for one in drawn]
    contrast = [one.change.contrast for one in drawn]
    if all(value == 0.5 for value in brightness) and all(value == 1 for value in contrast):
        return None
    return light_of(brightness, contrast)


def _mixed(values_nchw: Tensor, areas_n5: Tensor) -> Tensor:
    """Each picture with the one after it, but for the last, which is there only for the one before: one less."""
    height_px, width_px = values_nchw.shape[2:]
    share, left, top, right, bottom = (numbers.view(-1, 1, 1, 1) for numbers in areas_n5.unbind(dim=1))
    x = torch.arange(width_px, device=values_nchw.device).view(1, 1, 1, -1)
    y = torch.arange(height_px, device=values_nchw.device).view(1, 1, -1, 1)
    is_others = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    own_share = torch.where(is_others, torch.zeros_like(share), share)
    return own_share * values_nchw[:-1] + (1 - own_share) * values_nchw[1:]
