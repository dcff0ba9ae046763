"""RetinaNet: a detector whose cells have nine anchors each, and say of each what it nearly is."""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.retinanet import RetinaNetHead as Towers
from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss

from studio.engine.detector import DetectorHead, DetectorNetwork, SizeWH, finding, sought
from studio.engine.encoders import Encoder
from studio.engine.first_weights import draw_as_he
from studio.engine.matching import UNDECIDED, match_by_overlap
from studio.engine.pyramid import NORM_GROUPS, Pyramid, base_of
from studio.engine.skips import SizeHW
from studio.runtime.boxes import AnchorSizes, Grid
from studio.runtime.detectors import PLAIN_UNITS

# Source of all four: Lin et al. 2017, "Focal Loss for Dense Object Detection", section 4.
SIDES = tuple(4 * 2 ** (third / 3) for third in range(3))  # of a square anchor, in sides of its cell
SHAPES = 0.5, 1.0, 2.0  # height in widths
LEAST, SURE = 0.4, 0.5  # of the overlap of an anchor with what it is to find


class RetinaNetHead(DetectorHead):
    """With norm layers in its towers and the overlap of boxes in its loss.

    Source: Li et al. 2021, arXiv:2104.11892, for both, as torchvision's `retinanet_resnet50_fpn_v2` has them.
    """

    def __init__(
        self, features: Sequence[int], width: int, classes: int, grids: Sequence[Grid], size_wh: SizeWH
    ) -> None:
        super().__init__(grids, retinanet_anchors(grids, size_wh), size_wh)
        self.pyramid = Pyramid(features, width, len(grids) - len(features))
        norm = partial(nn.GroupNorm, NORM_GROUPS)
        self.towers = Towers(width, len(SIDES) * len(SHAPES), classes, norm_layer=norm)
        for head in (self.towers.classification_head, self.towers.regression_head):
            draw_as_he(head.conv)
        self.coder = BoxCoder(PLAIN_UNITS)

    @staticmethod
    def sizes_in(grids: Sequence[Grid], size_wh: SizeWH) -> Sequence[AnchorSizes]:
        return retinanet_anchors(grids, size_wh)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        said = self.towers(self.pyramid(maps))
        return torch.cat([said["cls_logits"], said["bbox_regression"]], dim=2)

    def matches(self, boxes: Sequence[Tensor]) -> list[Tensor]:
        return [match_by_overlap(self.anchors, one, least=LEAST, sure=SURE) for one in boxes]

    def loss(
        self, outputs: Tensor, boxes: Sequence[Tensor], classes: Sequence[Tensor], matches: Sequence[Tensor]
    ) -> Tensor:
        """Focal loss and overlap of boxes, an anchor of the picture that is to find something."""
        logits, change = outputs[..., :-4], outputs[..., -4:]
        found = sought(boxes, classes, matches)
        right = torch.zeros_like(logits)
        right[found.row, found.anchor, found.classes] = 1
        is_taught = torch.stack(list(matches)) != UNDECIDED
        sums = (sigmoid_focal_loss(logits, right).sum(2) * is_taught).sum(1)
        said = self.coder.decode_single(change[found.row, found.anchor], self.anchors[found.anchor])
        sums = sums.index_add(0, found.row, generalized_box_iou_loss(said, found.boxes))
        mean: Tensor = (sums / finding(matches).clamp(min=1)).mean()
        return mean

    def weights(self, matches: Sequence[Tensor]) -> Tensor:
        """All pictures count the same."""
        return torch.ones_like(finding(matches))


def retinanet_anchors(grids: Sequence[Grid], size_wh: SizeWH) -> list[AnchorSizes]:
    """The sizes of the nine anchors of a cell, grid by grid, as torchvision's `AnchorGenerator` orders them."""
    found = []
    for across, down in grids:
        cell_px = (size_wh[0] / across + size_wh[1] / down) / 2
        found.append(
            tuple((side * cell_px / shape**0.5, side * cell_px * shape**0.5) for shape in SHAPES for side in SIDES)
        )
    return found


def make_retinanet(
    encoder: Encoder, classes: int, size_hw: SizeHW, *, channels: int = 3, name: str = ""
) -> DetectorNetwork:
    """Put a pyramid and a head with random weights, from torch's generator, on an encoder that was made for `size_hw`.

    Raises UserError, with the encoder's `name`, when it has no maps of several sizes.
    """
    base = base_of(encoder, size_hw, channels, name=name)
    head = RetinaNetHead(base.features, base.width, classes, base.grids, base.size_wh)
    return DetectorNetwork(encoder, head, base.skips)
