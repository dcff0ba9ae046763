"""The kinds of detectors: what each says of every anchor, and how its scores and boxes are read.

An anchor is a box in the model's picture that the network says something about, whatever is in the picture: (p, 4),
left, top, right and bottom. That of a detector without anchor sizes is the cell itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.runtime.boxes import Boxes

DetectorKind = Literal["fcos", "retinanet", "ssdlite"]
Read = Callable[[NDArray[np.float64], Boxes], tuple[NDArray[np.float64], NDArray[np.float64]]]

LARGEST_GROWTH = 1000 / 16  # times as wide or high as its anchor, at most. Source: torchvision's `BoxCoder`
# By how much shifts and growths are multiplied in what the network says. Source: torchvision's SSD, and its RetinaNet.
SSD_UNITS = 10.0, 10.0, 5.0, 5.0
PLAIN_UNITS = 1.0, 1.0, 1.0, 1.0


@dataclass(frozen=True)
class Detector:
    """besides_classes: how many outputs an anchor has that are no class to find. overlap: of two boxes of one class
    that overlap by more, the less sure one is left out. read: from outputs (..., anchors, outputs) and the anchors to
    scores of the classes (..., anchors, classes) and boxes (..., anchors, 4), not cut at the picture's edges.
    has_anchor_sizes: whether cells have anchors of several sizes, or are their own.

    Sources of the overlaps: torchvision's FCOS, RetinaNet and SSDlite.
    """

    besides_classes: int
    overlap: float
    read: Read
    has_anchor_sizes: bool = True


def _read_fcos(outputs: NDArray[np.float64], anchors_p4: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outputs: logits of the classes; how many of its own sides the box reaches from the cell's centre to the left,
    up, right and down; and the logit of being in the thing's centre.

    Source: Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object Detection", with the score of torchvision's.
    """
    classes, reach, centre = np.split(outputs, [-5, -1], axis=-1)
    scores = np.sqrt(_sigmoid(classes) * _sigmoid(centre))
    middles, sides = _middles_and_sides(anchors_p4)
    return scores, np.concatenate([middles - reach[..., :2] * sides, middles + reach[..., 2:] * sides], axis=-1)


def _read_retinanet(outputs: NDArray[np.float64], anchors_p4: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outputs: logits of the classes, one by one; and the box, see `_grown`.

    Source: Lin et al. 2017, "Focal Loss for Dense Object Detection".
    """
    classes, change = np.split(outputs, [-4], axis=-1)
    return _sigmoid(classes), _grown(anchors_p4, change, PLAIN_UNITS)


def _read_ssdlite(outputs: NDArray[np.float64], anchors_p4: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outputs: scores of "nothing" and of the classes, of which one is right; and the box, see `_grown`.

    Source: Liu et al. 2016, "SSD: Single Shot MultiBox Detector".
    """
    classes, change = np.split(outputs, [-4], axis=-1)
    powers = np.exp(classes - classes.max(axis=-1, keepdims=True))
    return (powers / powers.sum(axis=-1, keepdims=True))[..., 1:], _grown(anchors_p4, change, SSD_UNITS)


DETECTORS: dict[str, Detector] = {
    "fcos": Detector(besides_classes=5, overlap=0.6, read=_read_fcos, has_anchor_sizes=False),
    "retinanet": Detector(besides_classes=4, overlap=0.5, read=_read_retinanet),
    "ssdlite": Detector(besides_classes=5, overlap=0.55, read=_read_ssdlite),
}


def _grown(
    anchors_p4: Boxes, change: NDArray[np.float64], units: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    """Boxes (..., p, 4) made of the anchors by (..., p, 4): how many of its sides the middle moves, across and down,
    and the logarithm of how many times as wide and as high it becomes, each in its units.

    Source: Girshick et al. 2014, "Rich feature hierarchies for accurate object detection", appendix C.
    """
    middles, sides = _middles_and_sides(anchors_p4)
    plain = change / units
    moved = middles + plain[..., :2] * sides
    half = sides * np.exp(np.minimum(plain[..., 2:], math.log(LARGEST_GROWTH))) / 2
    return np.concatenate([moved - half, moved + half], axis=-1)


def _middles_and_sides(boxes_p4: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (boxes_p4[:, :2] + boxes_p4[:, 2:]) / 2, boxes_p4[:, 2:] - boxes_p4[:, :2]


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(-np.abs(logits))  # at most 1, whichever side it is
    return np.where(logits >= 0, 1 / (1 + powers), powers / (1 + powers))
