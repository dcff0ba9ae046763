"""A part of a picture instead of all of it."""

import math
from dataclasses import dataclass

from studio.base.geometry import Matrix, SizeWH, compose, scale, translate


@dataclass(frozen=True)
class Part:
    """A rectangle of a picture, without the picture's size: what share of its area, how much wider than the target's
    shape, and where, 0 being left or top and 1 right or bottom.

    Source: torchvision `RandomResizedCrop`; where the shape does not fit into the picture, the rectangle becomes
    smaller instead of being drawn again.
    """

    share: float
    stretch: float
    x: float
    y: float

    def homography(self, picture_wh: SizeWH, target_wh: SizeWH) -> Matrix:
        """The matrix from the picture that fills the target with the part."""
        shape = self.stretch * target_wh[0] / target_wh[1]
        area_px = self.share * picture_wh[0] * picture_wh[1]
        width_px, height_px = math.sqrt(area_px * shape), math.sqrt(area_px / shape)
        factor = min(1.0, picture_wh[0] / width_px, picture_wh[1] / height_px)
        width_px, height_px = factor * width_px, factor * height_px
        left_px, top_px = self.x * (picture_wh[0] - width_px), self.y * (picture_wh[1] - height_px)
        return compose(translate(-left_px, -top_px), scale(target_wh[0] / width_px, target_wh[1] / height_px))
