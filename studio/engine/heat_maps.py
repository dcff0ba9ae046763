"""Heat maps: an encoder's features, enlarged step by step with what it saw before, to a map for each point, bright
where it is."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.base.errors import UserError
from studio.engine.encoders import Encoder
from studio.engine.first_weights import draw_as_he
from studio.engine.model import EncoderAndHead
from studio.engine.skips import SizeHW, Skip, encoder_name, find_skips, watch
from studio.runtime.boxes import Grid

CELL_PX = 4  # of the maps. Source: Xiao et al. 2018, arXiv:1804.06208, section 2, as the next one
WIDEST = 256
NARROWEST = 64
_START = 0.01  # how far the last weights are drawn: maps begin nearly empty


class HeatMapHead(nn.Module):
    """From features (N, features, h, w) and an encoder's maps, largest first, to maps (N, points, H, W).

    doublings: how often the largest of them is enlarged still.
    Source: Xiao et al. 2018, arXiv:1804.06208, "Simple Baselines for Human Pose Estimation and Tracking"; what the
    encoder saw is added as Lin et al. 2017, arXiv:1612.03144, do.
    """

    def __init__(self, features: int, skip_features: Sequence[int], points: int, doublings: int) -> None:
        super().__init__()
        width = min(WIDEST, max(NARROWEST, features // 2))
        inputs = [features, *[width] * (len(skip_features) + doublings - 1)]
        beside: list[int | None] = [*reversed(skip_features), *[None] * doublings]
        self.steps = nn.ModuleList(Enlargement(*both, width) for both in zip(inputs, beside, strict=True))
        self.last = nn.Conv2d(width, points, 1)
        nn.init.normal_(self.last.weight, std=_START)
        nn.init.zeros_(self.last.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, skips: Sequence[Tensor]) -> Tensor:
        beside: list[Tensor | None] = [*reversed(skips), *[None] * (len(self.steps) - len(skips))]
        for step, skip in zip(self.steps, beside, strict=True):
            features = step(features, skip)
        maps: Tensor = self.last(features)
        return maps


class Enlargement(nn.Module):
    """Doubles both sides of maps, and adds what the encoder saw at this size, if it did."""

    def __init__(self, inputs: int, skip: int | None, outputs: int) -> None:
        super().__init__()
        self.enlarge = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=False)
        self.beside = None if skip is None else nn.Conv2d(skip, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        draw_as_he(self)

    def forward(self, maps: Tensor, skip: Tensor | None) -> Tensor:
        maps = self.enlarge(maps)
        if skip is not None and self.beside is not None:
            if maps.shape[2:] != skip.shape[2:]:  # odd sizes are one cell off after doubling
                maps = functional.interpolate(maps, skip.shape[2:], mode="nearest")
            maps = maps + self.beside(skip)
        return functional.relu(self.norm(maps))


class HeatMapNetwork(EncoderAndHead):
    """Pictures (N, C, H, W), normalised, of the size that it was made for or told to see, to maps (N, points, down,
    across).

    grid: across and down.
    """

    head: HeatMapHead

    def __init__(self, encoder: Encoder, head: HeatMapHead, skips: Sequence[Skip], grid: Grid) -> None:
        super().__init__(encoder, head)
        self.skips, self.grid = tuple(skips), grid

    def see(self, size_hw: SizeHW, channels: int = 3) -> None:
        was_training, device = self.training, next(self.parameters()).device
        with torch.no_grad():
            maps = self.eval()(torch.zeros(1, channels, *size_hw, device=device))
        self.train(was_training)
        self.grid = maps.shape[3], maps.shape[2]

    def forward(self, batch_nchw: Tensor) -> Tensor:
        with watch(self.encoder, self.skips) as seen:
            features = self.encoder(batch_nchw)
        maps: Tensor = self.head(features, [seen[skip.layer] for skip in self.skips])
        return maps


def make_heat_maps(
    encoder: Encoder, points: int, size_hw: SizeHW, *, channels: int = 3, name: str = ""
) -> HeatMapNetwork:
    """Put a head with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    skips = [skip for skip in find_skips(encoder, size_hw, channels) if _cell_px(skip, size_hw) >= CELL_PX]
    if not skips:
        raise UserError(
            f"The encoder {name or encoder_name(encoder)} looks at a picture of {size_hw[1]} x {size_hw[0]} px in one "
            "size only: it cannot draw heat maps.",
            "Choose one that goes from fine to coarse, for example resnet18 or convnext_tiny, or let the points be "
            "answered as coordinates.",
        )
    doublings = round(math.log2(_cell_px(skips[0], size_hw) / CELL_PX))
    down, across = (cells * 2**doublings for cells in skips[0].size_hw)
    head = HeatMapHead(encoder.features, [skip.features for skip in skips], points, doublings)
    return HeatMapNetwork(encoder, head, skips, (across, down))


def spots(places: Tensor, grid: Grid, sigma_px: float) -> Tensor:
    """Maps (N, points, down, across) with a round spot each, 1 at its middle. places: (N, points, 2), from -1 to 1 in
    the picture. sigma_px: in cells of the map.

    The middle lies where the point is, between cells too. Source: Zhang et al. 2020, arXiv:1910.06278, section 3.2.
    """
    x, y = (_profile(places[..., axis], count, sigma_px) for axis, count in enumerate(grid))
    return y[..., :, None] * x[..., None, :]


def differences(maps: Tensor, places: Tensor, sigma_px: float) -> Tensor:
    """How wrong each map is, (N, points): squared errors, as a share of those of an empty map."""
    wanted = spots(places, (maps.shape[3], maps.shape[2]), sigma_px)
    empty = math.pi * sigma_px**2  # the squares of a whole spot
    return (maps - wanted).square().sum((2, 3)) / empty


def _cell_px(skip: Skip, size_hw: SizeHW) -> int:
    """How many pixels a cell of this map is wide, as a power of two."""
    return int(2 ** round(math.log2(size_hw[0] / skip.size_hw[0])))


def _profile(shares: Tensor, count: int, sigma_px: float) -> Tensor:
    """(N, points, count): a spot along one side of the map."""
    middles = (shares + 1) / 2 * count - 0.5
    cells = torch.arange(count, device=shares.device, dtype=shares.dtype)
    return torch.exp(-(cells - middles[..., None]).square() / (2 * sigma_px**2))
