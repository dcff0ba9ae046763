"""Which anchor is to find which box: its place among the picture's boxes, BACKGROUND for none, UNDECIDED where the
anchor is taught nothing."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import box_iou

from studio.runtime.boxes import Grid

REACH = 4, 8  # how many of its sides the farthest edge of a cell's box is away, at least and less than
NEAR = 1.5  # of its sides: how near a cell is to the middle of its box
BACKGROUND = -1
UNDECIDED = -2


def reach_px(grids: Sequence[Grid], size_wh: tuple[int, int]) -> Tensor:
    """How far away the farthest edge of each cell's box is, at least and less than: (cells, 2).

    The first grid's cells, the smallest, find everything that is smaller, and the last one's everything larger.
    """
    found = []
    for number, (across, down) in enumerate(grids):
        side_px = (size_wh[0] / across + size_wh[1] / down) / 2
        least = REACH[0] * side_px if number else 0.0
        most = REACH[1] * side_px if number < len(grids) - 1 else np.inf
        found.append(torch.tensor([[least, most]]).expand(across * down, 2))
    return torch.cat(found)


def match_around(cells_p4: Tensor, reach_p2: Tensor, boxes_m4: Tensor) -> Tensor:
    """The place of the box around each cell, (cells,). A cell whose centre lies in several boxes finds the smallest.

    Source: Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object Detection", with its centre sampling, and
    numbers and cells as in torchvision's FCOS.
    """
    if not len(boxes_m4):
        return torch.full((len(cells_p4),), BACKGROUND, device=cells_p4.device)
    centres, sides = (cells_p4[:, None, :2] + cells_p4[:, None, 2:]) / 2, cells_p4[:, None, 2:] - cells_p4[:, None, :2]
    middles = (boxes_m4[:, :2] + boxes_m4[:, 2:]) / 2
    is_near = ((centres - middles).abs() < NEAR * sides).all(2)  # (cells, boxes)
    edges = torch.cat([centres - boxes_m4[:, :2], boxes_m4[:, 2:] - centres], dim=2)
    farthest = edges.amax(2)
    fits = is_near & (edges.amin(2) > 0) & (farthest >= reach_p2[:, :1]) & (farthest < reach_p2[:, 1:])
    areas = (boxes_m4[:, 2:] - boxes_m4[:, :2]).prod(1)
    smallest, place = torch.where(fits, areas, torch.inf).min(1)
    return torch.where(smallest.isfinite(), place, BACKGROUND)


def match_by_overlap(anchors_p4: Tensor, boxes_m4: Tensor, *, least: float, sure: float) -> Tensor:
    """The place of the box that each anchor overlaps most, (anchors,): from an overlap of `sure` on it is to find it,
    below `least` it is background. The anchors that overlap a box more than all others do are to find what they overlap
    most, too.

    Source: Lin et al. 2017, "Focal Loss for Dense Object Detection", as torchvision's RetinaNet has it.
    """
    if not len(boxes_m4):
        return torch.full((len(anchors_p4),), BACKGROUND, device=anchors_p4.device)
    overlaps = box_iou(boxes_m4, anchors_p4)
    most, place = overlaps.max(0)
    is_best = (overlaps == overlaps.amax(1, keepdim=True)).any(0)
    found = torch.where(most < least, BACKGROUND, torch.where(most < sure, UNDECIDED, place))
    return torch.where(is_best, place, found)


def match_each(anchors_p4: Tensor, boxes_m4: Tensor, *, sure: float) -> Tensor:
    """The same without a middle ground, and each box is found by the anchor that overlaps it most, whatever else that
    overlaps.

    Source: Liu et al. 2016, "SSD: Single Shot MultiBox Detector", as torchvision has it.
    """
    if not len(boxes_m4):
        return torch.full((len(anchors_p4),), BACKGROUND, device=anchors_p4.device)
    overlaps = box_iou(boxes_m4, anchors_p4)
    most, place = overlaps.max(0)
    found = torch.where(most < sure, BACKGROUND, place)
    found[overlaps.argmax(1)] = torch.arange(len(boxes_m4), device=found.device)
    return found
