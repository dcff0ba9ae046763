"""SSDlite: a light detector, straight on the encoder's maps: each anchor is said to be nearly a thing, or nothing."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.ssdlite import SSDLiteHead as Towers
from torchvision.ops import Conv2dNormActivation

from studio.engine.detector import DetectorHead, DetectorNetwork, SizeWH, finding, sought
from studio.engine.encoders import Encoder
from studio.engine.first_weights import draw_as_he
from studio.engine.matching import match_each
from studio.engine.pyramid import base_of
from studio.engine.skips import SizeHW
from studio.runtime.boxes import AnchorSizes, Grid
from studio.runtime.detectors import SSD_UNITS

FINEST_PX = 16  # a cell's side on the finest map. Source: Sandler et al. 2018, arXiv:1801.04381, section 6.2
LEAST_CELLS = 1  # a norm layer can do nothing with a map of one cell, where a batch is one picture
NARROWEST = 64  # maps below the encoder's; torchvision's have 128 at least, below 480 and 960
# Source of the next four: torchvision's SSD and `ssdlite320_mobilenet_v3_large`.
SMALLEST, LARGEST = 0.2, 0.95  # anchors, in sides of the picture
SHAPES = 2.0, 3.0  # of anchors besides squares, wide ones and high ones
SURE = 0.5  # the overlap from which on an anchor is to find something
NOTHINGS = 3  # anchors without a thing that are taught for each with one: those that are most wrong


class SsdliteHead(DetectorHead):
    """Source: Sandler et al. 2018, arXiv:1801.04381, section 6.2, and Liu et al. 2016, "SSD: Single Shot MultiBox
    Detector", with numbers as in torchvision."""

    def __init__(self, features: Sequence[int], classes: int, grids: Sequence[Grid], size_wh: SizeWH) -> None:
        super().__init__(grids, ssdlite_anchors(len(grids), size_wh), size_wh)
        widths = list(features)
        self.halve = nn.ModuleList()
        while len(widths) < len(grids):
            self.halve.append(_halving(widths[-1], max(NARROWEST, widths[-1] // 2)))
            widths.append(max(NARROWEST, widths[-1] // 2))
        self.towers = Towers(widths, [len(one) for one in self.anchor_sizes], classes + 1, nn.BatchNorm2d)
        for head in (self.towers.classification_head, self.towers.regression_head):
            for block in head.module_list:
                draw_as_he(block[0])
        self.coder = BoxCoder(SSD_UNITS)

    @staticmethod
    def sizes_in(grids: Sequence[Grid], size_wh: SizeWH) -> Sequence[AnchorSizes]:
        return ssdlite_anchors(len(grids), size_wh)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        found = list(maps)
        for layer in self.halve:
            found.append(layer(found[-1]))
        said = self.towers(found)
        return torch.cat([said["cls_logits"], said["bbox_regression"]], dim=2)

    def matches(self, boxes: Sequence[Tensor]) -> list[Tensor]:
        return [match_each(self.anchors, one, sure=SURE) for one in boxes]

    def loss(
        self, outputs: Tensor, boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]
    ) -> Tensor:
        """Cross entropy of the classes and of nothing, and how far boxes are off, an anchor that is to find something;
        a picture without any teaches nothing."""
        logits, change = outputs[..., :-4], outputs[..., -4:]
        found = sought(boxes, classes, matches)
        right = torch.zeros(logits.shape[:2], dtype=torch.int64, device=logits.device)
        right[found.row, found.anchor] = found.classes + 1
        losses = functional.cross_entropy(logits.flatten(0, 1), right.flatten(), reduction="none").view_as(right)
        is_something = right > 0
        counts = finding(matches)
        most_wrong = losses.detach().masked_fill(is_something, -torch.inf).argsort(dim=1, descending=True, stable=True)
        is_taught = is_something | (most_wrong.argsort(dim=1) < NOTHINGS * counts[:, None])
        wanted = self.coder.encode_single(found.boxes, self.anchors[found.anchor])
        off = functional.smooth_l1_loss(change[found.row, found.anchor], wanted, reduction="sum")
        return ((losses * is_taught).sum() + off) / counts.sum().clamp(min=1)

    def weights(self, matches: Sequence[Tensor]) -> Tensor:
        return finding(matches)


def ssdlite_anchors(maps: int, size_wh: SizeWH) -> list[AnchorSizes]:
    """The sizes of a cell's anchors, map by map, as torchvision's `DefaultBoxGenerator` orders them: as wide and high
    as the picture allows, as shares of its own sides."""
    shares = [*np.linspace(SMALLEST, LARGEST, maps), 1.0] if maps > 1 else [SMALLEST, LARGEST]
    found = []
    for side, next_side in pairwise(shares):
        between = (side * next_side) ** 0.5
        pairs = [(side, side), (between, between)]
        for shape in SHAPES:
            wide, narrow = side * shape**0.5, side / shape**0.5
            pairs += [(wide, narrow), (narrow, wide)]
        found.append(tuple((min(1.0, across) * size_wh[0], min(1.0, down) * size_wh[1]) for across, down in pairs))
    return found


def make_ssdlite(
    encoder: Encoder, classes: int, size_hw: SizeHW, *, channels: int = 3, name: str = ""
) -> DetectorNetwork:
    """Put a head with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    base = base_of(encoder, size_hw, channels, name=name, finest_px=FINEST_PX, least_cells=LEAST_CELLS)
    return DetectorNetwork(encoder, SsdliteHead(base.features, classes, base.grids, base.size_wh), base.skips)


def _halving(inputs: int, outputs: int) -> nn.Sequential:
    """To a map of half the sides: narrow it, look around in each feature by itself, and widen it again."""
    narrow = outputs // 2
    block = nn.Sequential(
        _layer(inputs, narrow, 1), _layer(narrow, narrow, 3, stride=2, groups=narrow), _layer(narrow, outputs, 1)
    )
    draw_as_he(block)
    return block


def _layer(inputs: int, outputs: int, side: int, **settings: int) -> nn.Module:
    layer: nn.Module = Conv2dNormActivation(inputs, outputs, side, activation_layer=nn.ReLU6, **settings)
    return layer
