"""Which cell is to find which box.

Source: Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object Detection", with its centre sampling, and numbers
and cells as in torchvision's FCOS.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.runtime.boxes import Grid

REACH = 4, 8  # how many of its sides the farthest edge of a cell's box is away, at least and less than
NEAR = 1.5  # of its sides: how near a cell is to the middle of its box
BACKGROUND = -1


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


def match(cells_p4: Tensor, reach_p2: Tensor, boxes_m4: Tensor) -> Tensor:
    """The place of the box that each cell is to find, (cells,), BACKGROUND where there is none for it.

    A cell whose centre lies in several boxes finds the smallest.
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
