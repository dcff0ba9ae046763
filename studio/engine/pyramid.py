"""Maps of several sizes and one width: an encoder's, from fine to coarse, each knowing what the coarser ones see."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import FeaturePyramidNetwork

from studio.base.errors import UserError
from studio.engine.encoders import Encoder
from studio.engine.skips import SizeHW, Skip, encoder_name, find_skips
from studio.runtime.boxes import Grid

FINEST_PX = 8  # a cell's side on the finest map, as in the papers
SMALL_PX = 192  # in pictures lower or narrower than this, things are smaller too: half of it
LEAST_CELLS = 4  # a map no longer than this is for things longer than the picture: see `matching.REACH`
WIDTHS = 64, 256  # of the pyramid's maps, at least and at most; the papers have 256 on a resnet50
NORM_GROUPS = 32  # of the norm layers of torchvision's heads, which divide the width


@dataclass(frozen=True)
class Base:
    """What a detector stands on: the encoder's maps besides its last one, and the grids of all its maps, those below
    the encoder's among them, both largest first. features: of the encoder's maps."""

    skips: tuple[Skip, ...]
    features: tuple[int, ...]
    grids: tuple[Grid, ...]
    size_wh: tuple[int, int]

    @property
    def width(self) -> int:
        """Half as wide as the encoder's last map but one: the head is as strong as the encoder."""
        least, most = WIDTHS
        return min(most, max(least, self.skips[-1].features // 2 // NORM_GROUPS * NORM_GROUPS))

    @property
    def halves(self) -> int:
        """How many maps there are below the encoder's."""
        return len(self.grids) - len(self.features)


def base_of(
    encoder: Encoder,
    size_hw: SizeHW,
    channels: int = 3,
    *,
    name: str = "",
    finest_px: int = FINEST_PX,
    least_cells: int = LEAST_CELLS,
) -> Base:
    """What there is in an encoder that was made for `size_hw`. finest_px: a cell's side on the finest map; half of it
    in small pictures. least_cells: no map is shorter than half of this, but for the encoder's own.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    skips = fine_maps(encoder, size_hw, channels, name=name, finest_px=finest_px)
    sizes = map_sizes(encoder, skips, size_hw, channels, least_cells=least_cells)
    features = *(skip.features for skip in skips), encoder.features
    return Base(tuple(skips), features, tuple((across, down) for down, across in sizes), (size_hw[1], size_hw[0]))


def fine_maps(
    encoder: Encoder, size_hw: SizeHW, channels: int = 3, *, name: str = "", finest_px: int = FINEST_PX
) -> list[Skip]:
    """Which maps of an encoder, made for `size_hw`, the pyramid stands on besides its last one, largest first.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    finest_px = finest_px if min(size_hw) >= SMALL_PX else finest_px // 2
    skips = find_skips(encoder, size_hw, channels)
    found = [skip for skip in skips if round(math.log2(size_hw[0] / skip.size_hw[0])) >= math.log2(finest_px)]
    if not found:
        raise UserError(
            f"The encoder {name or encoder_name(encoder)} looks at a picture of {size_hw[1]} x {size_hw[0]} px in "
            "one size only: it cannot find things.",
            "Choose larger pictures, or an encoder that goes from fine to coarse, for example resnet18 or "
            "convnext_tiny.",
        )
    return found


def map_sizes(
    encoder: Encoder, skips: Sequence[Skip], size_hw: SizeHW, channels: int = 3, *, least_cells: int = LEAST_CELLS
) -> list[SizeHW]:
    """The sizes of these maps, of the encoder's last, and of as many halves of it as there can be things for."""
    was_training = encoder.training
    with torch.no_grad():
        last = encoder.eval()(torch.zeros(1, channels, *size_hw))
    encoder.train(was_training)
    sizes = [skip.size_hw for skip in skips] + [(last.shape[2], last.shape[3])]
    while max(half := (-(-sizes[-1][0] // 2), -(-sizes[-1][1] // 2))) > least_cells:
        sizes.append(half)
    return sizes


class Pyramid(nn.Module):
    """From an encoder's maps, largest first, to maps (N, width, H, W), `halves` more of them.

    Source: Lin et al. 2017, "Feature Pyramid Networks for Object Detection", with the halves of the FCOS paper, each
    made of the one before.
    """

    def __init__(self, features: Sequence[int], width: int, halves: int) -> None:
        super().__init__()
        self.mix = FeaturePyramidNetwork(list(features), width)
        self.halve = nn.ModuleList(nn.Conv2d(width, width, 3, stride=2, padding=1) for _ in range(halves))
        for layer in self.halve:
            assert isinstance(layer, nn.Conv2d)
            nn.init.kaiming_uniform_(layer.weight, a=1)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        found = list(self.mix(OrderedDict((str(number), one) for number, one in enumerate(maps))).values())
        for layer in self.halve:
            found.append(layer(functional.relu(found[-1])))
        return found
