"""A mask over its picture: each class in its colour, half transparent; pixels that say nothing stay clear."""

import numpy as np
from PySide6.QtGui import QColor, QImage

from studio.base.targets import MaskFile
from studio.gui.looks import Canvas

OPACITY = 120  # of 255: the picture and the class can both be told
NOTHING = 255  # the value of a pixel that no class is known of


def paint(target: MaskFile, canvas: Canvas) -> None:
    """Lay the mask over the picture, its pixels kept sharp."""
    if canvas.mask_hw is None:
        return
    mask_hw = np.ascontiguousarray(canvas.mask_hw)
    height, width = mask_hw.shape
    layer = QImage(mask_hw.data, width, height, width, QImage.Format.Format_Indexed8)
    layer.setColorTable([_colour(canvas, value) for value in range(256)])
    canvas.painter.drawImage(canvas.painter.viewport(), layer)


def _colour(canvas: Canvas, value: int) -> int:
    classes = canvas.look.classes
    if value == NOTHING or value >= len(classes):
        return QColor(0, 0, 0, 0).rgba()
    colour = canvas.colour(classes[value])
    colour.setAlpha(OPACITY)
    return colour.rgba()
