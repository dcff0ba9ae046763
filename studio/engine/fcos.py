"""FCOS: a detector whose cells say, each for itself, what is around them and how far its edges are."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOSHead

from studio.engine.detector import DetectorHead, DetectorNetwork, SizeWH, finding
from studio.engine.encoders import Encoder
from studio.engine.first_weights import draw_as_he
from studio.engine.matching import match_around, reach_px
from studio.engine.pyramid import Pyramid, base_of
from studio.engine.skips import SizeHW
from studio.runtime.boxes import Grid

# Where boxes start, in sides of a cell: what a ReLU lets through from the first step on.
_START_REACH = 4.0


class FcosHead(DetectorHead):
    """The cells are its anchors."""

    reach: Tensor  # (cells, 2)

    def __init__(
        self, features: Sequence[int], width: int, classes: int, grids: Sequence[Grid], size_wh: SizeWH
    ) -> None:
        super().__init__(grids, (), size_wh)
        self.pyramid = Pyramid(features, width, len(grids) - len(features))
        self.towers = FCOSHead(width, 1, classes)
        for head in (self.towers.classification_head, self.towers.regression_head):
            draw_as_he(head.conv)
        nn.init.constant_(self.towers.regression_head.bbox_reg.bias, _START_REACH)
        self.register_buffer("reach", reach_px(grids, size_wh), persistent=False)

    def look_at(self, grids: Sequence[Grid], size_wh: SizeWH) -> None:
        super().look_at(grids, size_wh)
        self.reach = reach_px(grids, size_wh).to(self.reach.device)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        said = self.towers(self.pyramid(maps))
        return torch.cat([said["cls_logits"], said["bbox_regression"], said["bbox_ctrness"]], dim=2)

    def matches(self, boxes: Sequence[Tensor]) -> list[Tensor]:
        return [match_around(self.anchors, self.reach, one) for one in boxes]

    def loss(
        self, outputs: Tensor, boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]
    ) -> Tensor:
        """Focal loss, overlap of boxes and centredness, a cell that is to find something; a picture without one counts
        as if it had one."""
        towers: Any = self.towers
        logits, reach, centre = outputs.tensor_split((outputs.shape[2] - 5, -1), dim=2)
        parts = towers.compute_loss(
            [{"boxes": box, "labels": place} for box, place in zip(boxes, classes, strict=True)],
            {"cls_logits": logits, "bbox_regression": reach, "bbox_ctrness": centre},
            [self.anchors] * len(outputs),
            matches,
        )
        # torchvision divides by the cells of all pictures, or by one where there are none.
        total: Tensor = sum(parts.values())
        return total * finding(matches).sum().clamp(min=1) / self.weights(matches).sum()

    def weights(self, matches: Sequence[Tensor]) -> Tensor:
        return finding(matches).clamp(min=1)


def make_fcos(encoder: Encoder, classes: int, size_hw: SizeHW, *, channels: int = 3, name: str = "") -> DetectorNetwork:
    """Put a pyramid and a head with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    base = base_of(encoder, size_hw, channels, name=name)
    return DetectorNetwork(encoder, FcosHead(base.features, base.width, classes, base.grids, base.size_wh), base.skips)
