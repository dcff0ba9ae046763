"""FCOS: a detector whose cells say, each for itself, what is around them and how far its edges are."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOSHead

from studio.engine.encoders import Encoder
from studio.engine.matching import match, reach_px
from studio.engine.model import EncoderAndHead
from studio.engine.pyramid import Pyramid, fine_maps, map_sizes
from studio.engine.skips import SizeHW, Skip, watch
from studio.runtime.boxes import BESIDES_CLASSES, Grid, cells_of

WIDTHS = 64, 256  # of the pyramid's maps, at least and at most; the papers have 256 on a resnet50
_GROUPS = 32  # of torchvision's norm layers, which divide the width
# Where boxes start, in sides of a cell: what a ReLU lets through from the first step on.
_START_REACH = 4.0


class FcosHead(nn.Module):
    """From maps, largest first, to outputs (N, cells, classes + 5), as `studio.runtime.tasks.detection` reads them.

    grids: which cells they are.
    """

    cells: Tensor  # (cells, 4)
    reach: Tensor  # (cells, 2)

    def __init__(
        self, features: Sequence[int], width: int, classes: int, grids: Sequence[Grid], size_wh: tuple[int, int]
    ) -> None:
        super().__init__()
        self.grids = tuple(grids)
        self.pyramid = Pyramid(features, width, len(grids) - len(features))
        self.towers = FCOSHead(width, 1, classes)
        nn.init.constant_(self.towers.regression_head.bbox_reg.bias, _START_REACH)
        cells = torch.from_numpy(cells_of(grids, size_wh)).float()
        self.register_buffer("cells", cells, persistent=False)
        self.register_buffer("reach", reach_px(grids, size_wh), persistent=False)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        said = self.towers(self.pyramid(maps))
        return torch.cat([said["cls_logits"], said["bbox_regression"], said["bbox_ctrness"]], dim=2)

    def matches(self, boxes: Sequence[Tensor]) -> list[Tensor]:
        """Which box of each picture, (n, 4), each cell is to find: (cells,)."""
        return [match(self.cells, self.reach, one) for one in boxes]

    def loss(
        self, outputs: Tensor, boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]
    ) -> Tensor:
        """Focal loss, overlap of boxes and centredness, over all these pictures together, a cell that is to find
        something."""
        towers: Any = self.towers
        logits, reach, centre = outputs.tensor_split((outputs.shape[2] - BESIDES_CLASSES, -1), dim=2)
        parts = towers.compute_loss(
            [{"boxes": box, "labels": place} for box, place in zip(boxes, classes, strict=True)],
            {"cls_logits": logits, "bbox_regression": reach, "bbox_ctrness": centre},
            [self.cells] * len(outputs),
            matches,
        )
        total: Tensor = sum(parts.values())
        return total


class FcosNetwork(EncoderAndHead):
    """Pictures (N, C, H, W), normalised, of the one size that it was made for, to outputs (N, cells, classes + 5).

    Its state has two prefixes, `encoder` and `head`, the head being everything after the encoder.
    """

    head: FcosHead

    def __init__(self, encoder: Encoder, head: FcosHead, skips: Sequence[Skip]) -> None:
        super().__init__(encoder, head)
        self.skips = tuple(skips)

    def forward(self, batch_nchw: Tensor) -> Tensor:
        with watch(self.encoder, self.skips) as seen:
            features = self.encoder(batch_nchw)
        outputs: Tensor = self.head([*(seen[skip.layer] for skip in self.skips), features])
        return outputs


def make_fcos(encoder: Encoder, classes: int, size_hw: SizeHW, *, channels: int = 3, name: str = "") -> FcosNetwork:
    """Put a pyramid and a head with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    skips = fine_maps(encoder, size_hw, channels, name=name)
    grids = [(across, down) for down, across in map_sizes(encoder, skips, size_hw, channels)]
    features = [*(skip.features for skip in skips), encoder.features]
    head = FcosHead(features, _width(skips[-1].features), classes, grids, (size_hw[1], size_hw[0]))
    return FcosNetwork(encoder, head, skips)


def _width(features: int) -> int:
    """Half as wide as the encoder's last map but one: the head is as strong as the encoder."""
    least, most = WIDTHS
    return min(most, max(least, features // 2 // _GROUPS * _GROUPS))
