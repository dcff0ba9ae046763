"""The U-Net: an encoder's features, enlarged step by step with what the encoder saw before, to scores a pixel."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.base.errors import UserError
from studio.engine.encoders import Encoder
from studio.engine.model import EncoderAndHead
from studio.engine.pixel_shuffle import PixelShuffle
from studio.engine.self_attention import SelfAttention
from studio.engine.skips import SizeHW, Skip, encoder_name, find_skips, watch
from studio.runtime.card import UnetSettings

# Norm layers start at weight 1 and this bias; the last bias is drawn this wide. Source: fastai 2 `BatchNorm` and
# `ConvLayer`.
_NORM_BIAS = 1e-3
_LAST_BIAS = 0.01


class DynamicUnet(EncoderAndHead):
    """Pictures (N, C, H, W), normalised, to scores (N, outputs, H, W), whatever H and W (from 32 px on).

    Its state has two prefixes, `encoder` and `head`, the head being everything after the encoder.
    """

    head: "Decoder"

    def __init__(self, encoder: Encoder, decoder: "Decoder", skips: Sequence[Skip]) -> None:
        super().__init__(encoder, decoder)
        self.skips = tuple(skips)

    def forward(self, batch_nchw: Tensor) -> Tensor:
        with watch(self.encoder, self.skips) as seen:
            features = self.encoder(batch_nchw)
        scores: Tensor = self.head(features, [seen[skip.layer] for skip in self.skips], batch_nchw)
        return scores


def make_unet(
    encoder: Encoder,
    outputs: int,
    size_hw: SizeHW,
    *,
    channels: int = 3,
    settings: UnetSettings | None = None,
    name: str = "",
) -> DynamicUnet:
    """Put a decoder with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    Source: fastai 2 `DynamicUnet`, its layout and its draws.
    """
    skips = find_skips(encoder, size_hw, channels)
    if not skips:
        raise UserError(
            f"The encoder {name or encoder_name(encoder)} looks at a picture in one size only: it cannot draw masks.",
            "Choose one that goes from fine to coarse, for example resnet18, convnext_tiny or efficientnet_b0.",
        )
    last_doublings = round(math.log2(max(size_hw[0] / skips[0].size_hw[0], size_hw[1] / skips[0].size_hw[1])))
    widths = [skip.features for skip in skips]
    decoder = Decoder(encoder.features, widths, outputs, channels, last_doublings, settings or UnetSettings())
    return DynamicUnet(encoder, decoder, skips)


class Decoder(nn.Module):
    """From features, maps seen before and the picture to scores a pixel.

    skip_features: of the maps, largest map first. doublings: how often the largest is enlarged to the picture's size.
    """

    def __init__(
        self,
        features: int,
        skip_features: Sequence[int],
        outputs: int,
        channels: int,
        doublings: int,
        settings: UnetSettings,
    ) -> None:
        super().__init__()
        self.start = nn.Sequential(_norm(features), nn.ReLU())
        self.middle = nn.Sequential(_convolution(features, 2 * features), _convolution(2 * features, features))
        self.blocks = nn.ModuleList()
        count, width = len(skip_features), features
        for number, skip in enumerate(reversed(skip_features)):
            is_last = number == count - 1
            block = UnetBlock(
                width,
                skip,
                halve=is_last,
                blur=settings.blur and (settings.blur_final or not is_last),
                self_attention=settings.self_attention and number == max(0, count - 3),
            )
            self.blocks.append(block)
            width = block.outputs
        self.enlarge = nn.Sequential(*(PixelShuffle(width, width) for _ in range(doublings)))
        self.cross = None
        if settings.last_cross:
            width += channels
            self.cross = ResBlock(width, width // 2 if settings.bottle else width)
        self.last = nn.Conv2d(width, outputs, 1)
        nn.init.normal_(self.last.bias, 0, _LAST_BIAS)  # type: ignore[arg-type]

    def forward(self, features: Tensor, skips: Sequence[Tensor], pictures: Tensor) -> Tensor:
        maps = self.middle(self.start(features))
        for block, skip in zip(self.blocks, reversed(skips), strict=True):
            maps = block(maps, skip)
        maps = _at_size_of(pictures, self.enlarge(maps))
        if self.cross is not None:
            maps = self.cross(torch.cat([maps, pictures], dim=1))
        scores: Tensor = self.last(maps)
        return scores


class UnetBlock(nn.Module):
    """Enlarges maps to the next skip's size and mixes both. outputs: how many maps it gives."""

    def __init__(self, inputs: int, skip: int, *, halve: bool, blur: bool, self_attention: bool) -> None:
        super().__init__()
        both = inputs // 2 + skip
        self.outputs = both // 2 if halve else both
        self.enlarge = PixelShuffle(inputs, inputs // 2, blur=blur)
        self.norm = _norm(skip)
        self.mix = nn.Sequential(_convolution(both, self.outputs), _convolution(self.outputs, self.outputs))
        if self_attention:
            self.mix.append(SelfAttention(self.outputs))

    def forward(self, maps: Tensor, skip: Tensor) -> Tensor:
        enlarged = _at_size_of(skip, self.enlarge(maps))
        # fastai has a ReLU over both; the enlarged maps are never negative, so it only needs to see the skip.
        mixed: Tensor = self.mix(torch.cat([enlarged, functional.relu(self.norm(skip))], dim=1))
        return mixed


class ResBlock(nn.Module):
    """Two convolutions whose result is added to what came in. hidden: the maps between them."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.change = nn.Sequential(_convolution(features, hidden), _convolution(hidden, features, activate=False))

    def forward(self, maps: Tensor) -> Tensor:
        return functional.relu(maps + self.change(maps))


def _convolution(inputs: int, outputs: int, *, activate: bool = True) -> nn.Sequential:
    """3 x 3 without a norm layer: fastai's U-Net has none after the encoder but for those of the skips."""
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1)
    nn.init.kaiming_normal_(convolution.weight)
    nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
    return nn.Sequential(convolution, nn.ReLU(inplace=True)) if activate else nn.Sequential(convolution)


def _norm(features: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(features)
    nn.init.constant_(norm.bias, _NORM_BIAS)
    return norm


def _at_size_of(other: Tensor, maps: Tensor) -> Tensor:
    """Odd sizes are one pixel off after doubling."""
    size_hw = other.shape[2:]
    return maps if maps.shape[2:] == size_hw else functional.interpolate(maps, size_hw, mode="nearest")
