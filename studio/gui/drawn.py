"""Targets drawn over their pictures, by the task that they belong to."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from studio.base.targets import Target, TargetKind, has_places, kind_of
from studio.gui.looks import Canvas, ClassLook
from studio.gui.tasks import classification, detection, keypoints, regression, segmentation, tagging

PAINTS: dict[TargetKind, Callable[[Any, Canvas], None]] = {
    "class": classification.paint,
    "tags": tagging.paint,
    "number": regression.paint,
    "mask": segmentation.paint,
    "points": keypoints.paint,
    "objects": detection.paint,
}


def drawn(
    image: QImage, target: Target | None, look: ClassLook, mask_hw: NDArray[np.uint8] | None, side_px: int
) -> QImage:
    """The picture with its target over it, its longer side brought to `side_px` first so that lines stay fine.

    The target's places are pixels of `image`; mask_hw: class places of its pixels, for a mask.
    """
    if target is None or not has_places(target):
        return image
    scale = side_px / max(image.width(), image.height(), 1)
    smooth = Qt.TransformationMode.SmoothTransformation
    large = image.scaledToWidth(max(1, round(image.width() * scale)), smooth)
    large = large.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(large)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    PAINTS[kind_of(target)](target, Canvas(painter, look, large.width() / max(image.width(), 1), mask_hw))
    painter.end()
    return large
