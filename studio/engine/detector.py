"""Detectors: an encoder and a head that says something of every anchor in the picture."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from studio.engine.encoders import Encoder
from studio.engine.model import EncoderAndHead
from studio.engine.skips import SizeHW, Skip, watch
from studio.runtime.boxes import AnchorSizes, Grid, anchors_of

SizeWH = tuple[int, int]


class DetectorHead(nn.Module, ABC):
    """From an encoder's maps, largest first, to outputs (N, anchors, outputs) as `studio.runtime.detectors` reads them.

    grids, anchor_sizes: where the anchors are.
    """

    anchors: Tensor  # (anchors, 4)

    def __init__(self, grids: Sequence[Grid], anchor_sizes: Sequence[AnchorSizes], size_wh: SizeWH) -> None:
        super().__init__()
        self.grids, self.anchor_sizes = tuple(grids), tuple(anchor_sizes)
        anchors = torch.from_numpy(anchors_of(grids, self.anchor_sizes, size_wh)).float()
        self.register_buffer("anchors", anchors, persistent=False)

    def look_at(self, grids: Sequence[Grid], size_wh: SizeWH) -> None:
        """The anchors lie in these grids, over pictures of this size, from now on; there are as many as before."""
        self.grids, self.anchor_sizes = tuple(grids), tuple(self.sizes_in(grids, size_wh))
        anchors = torch.from_numpy(anchors_of(grids, self.anchor_sizes, size_wh)).float()
        self.anchors = anchors.to(self.anchors.device)

    @staticmethod
    def sizes_in(grids: Sequence[Grid], size_wh: SizeWH) -> Sequence[AnchorSizes]:
        """The sizes of the anchors in each grid's cells; none: a cell is its own anchor."""
        return ()

    @abstractmethod
    def matches(self, boxes: Sequence[Tensor]) -> list[Tensor]:
        """Which box of each picture, (n, 4), each anchor is to find: (anchors,), see `studio.engine.matching`."""

    @abstractmethod
    def loss(
        self, outputs: Tensor, boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]
    ) -> Tensor:
        """The mean over these pictures, by their weights."""

    @abstractmethod
    def weights(self, matches: Sequence[Tensor]) -> Tensor:
        """How much of each picture counts, (N,)."""


class DetectorNetwork(EncoderAndHead):
    """Pictures (N, C, H, W), normalised, of the size that it was made for or told to see, to outputs (N, anchors,
    outputs).

    Its state has two prefixes, `encoder` and `head`, the head being everything after the encoder.
    """

    head: DetectorHead

    def __init__(self, encoder: Encoder, head: DetectorHead, skips: Sequence[Skip]) -> None:
        super().__init__(encoder, head)
        self.skips = tuple(skips)

    def forward(self, batch_nchw: Tensor) -> Tensor:
        with watch(self.encoder, self.skips) as seen:
            features = self.encoder(batch_nchw)
        outputs: Tensor = self.head([*(seen[skip.layer] for skip in self.skips), features])
        return outputs

    def see(self, size_hw: SizeHW, channels: int = 3) -> None:
        device = self.head.anchors.device
        was_training = self.encoder.training
        with torch.no_grad(), watch(self.encoder, self.skips) as seen:
            features = self.encoder.eval()(torch.zeros(1, channels, *size_hw, device=device))
        self.encoder.train(was_training)
        maps = [*(seen[skip.layer] for skip in self.skips), features]
        grids = [(one.shape[3], one.shape[2]) for one in maps]
        while len(grids) < len(self.head.grids):
            grids.append((-(-grids[-1][0] // 2), -(-grids[-1][1] // 2)))
        self.head.look_at(grids, (size_hw[1], size_hw[0]))


def finding(matches: Sequence[Tensor]) -> Tensor:
    """How many anchors of each picture are to find something, (N,)."""
    return torch.stack([(match >= 0).sum() for match in matches])


class Sought(NamedTuple):
    """What anchors are to find, picture after picture: whose pictures, (n,), and which anchors they are, (n,); and the
    boxes, (n, 4), and classes, (n,), of what each is to find."""

    row: Tensor
    anchor: Tensor
    boxes: Tensor
    classes: Tensor


def sought(boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]) -> Sought:
    row, anchor = (torch.stack(list(matches)) >= 0).nonzero(as_tuple=True)
    places = [match[match >= 0] for match in matches]
    return Sought(
        row,
        anchor,
        torch.cat([some[place] for some, place in zip(boxes, places, strict=True)]),
        torch.cat([some[place] for some, place in zip(classes, places, strict=True)]),
    )
