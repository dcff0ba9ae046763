"""What a thing does to its surroundings: the side that it shows, and the shadow that it throws."""

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.light import Light
from studio.work.sample.relief import Plane


def swept(plane: Plane, way: tuple[float, float]) -> Plane:
    """The cover of an outline moved from its place by up to `way` px."""
    cv2 = opencv()
    reach = int(np.ceil(np.hypot(*way)))
    if reach == 0:
        return plane
    line = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    # A dilation looks where the line points: backwards, to what moves here.
    cv2.line(line, (reach, reach), (reach - round(way[0]), reach - round(way[1])), 1, 1)
    whole: Plane = cv2.dilate(plane, line, borderType=cv2.BORDER_CONSTANT, borderValue=0.0)
    return whole


def drop_shadow(image: NDArray[np.float32], cover: Plane, height_px: float, light: Light) -> None:
    """Darken what lies beside and under `cover`: a soft shadow away from the lamp and a dark seam of contact."""
    cv2 = opencv()
    side = image.shape[0]
    reach = height_px * 0.75 / max(light.toward[2], 0.3)
    move = np.array([[1.0, 0, -light.toward[0] * reach * 1.4], [0, 1, -light.toward[1] * reach * 1.4]])
    thrown = cv2.warpAffine(cover, move, (side, side), flags=cv2.INTER_LINEAR)
    thrown = cv2.GaussianBlur(thrown, (0, 0), max(0.8, reach * (0.18 + 0.4 * light.softness)))
    seam = cv2.GaussianBlur(cover, (0, 0), max(0.7, side * 0.008))
    image *= (1 - (0.62 - 0.25 * light.softness) * thrown)[..., None]
    image *= (1 - 0.35 * seam)[..., None]
