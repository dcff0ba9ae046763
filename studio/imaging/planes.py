"""From bytes that lie side by side to numbers in planes, one a channel: how models want pictures."""

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.imaging.pixels import ImageHWC


def look_up(image_hwc: ImageHWC, tables: NDArray[np.float32], planes_chw: NDArray[np.float32]) -> None:
    """Write each value's number, looked up in its channel's table, into the channel's plane.

    tables: (channels, 256), or (channels, 65536) for uint16. The planes must be contiguous. Faster than arithmetic on a
    transposed picture, and to the bit the same.
    """
    cv2 = opencv()
    for channel, table, plane in zip(cv2.split(image_hwc), tables, planes_chw, strict=True):
        cv2.LUT(channel, table, plane)
