"""Pictures of any depth and any number of channels as colours on a screen. For eyes only: a model never sees these.

Grey and colours of 8 bits are shown as they are. Everything else is stretched, each shown channel by itself,
from its darkest to its brightest values: a microscope that uses a tenth of its range would be black otherwise.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.imaging.decode import read_header, read_sized
from studio.imaging.pixels import ImageHWC

FIRST_THREE = 0  # the channel that stands for: the first three as red, green and blue
DARKEST_PERCENT, BRIGHTEST_PERCENT = 0.5, 99.5  # what lies beyond is as black or as white as can be
_SAMPLED = 1 << 16  # pixels from which the percentiles are taken: more would not be seen


@dataclass(frozen=True)
class Window:
    """Which channels are shown, as places from 0, one or three; and the value of each that is black and the one that is
    white."""

    channels: tuple[int, ...]
    black: tuple[float, ...]
    white: tuple[float, ...]


def window_of(image_hwc: ImageHWC, channel: int = FIRST_THREE) -> Window:
    """The window that shows this picture well.

    channel: the one to be shown, from 1; FIRST_THREE, or one that the picture has not: its first three, or its first
    where there are fewer.
    """
    count = image_hwc.shape[2]
    channels = (channel - 1,) if 0 < channel <= count else (0, 1, 2) if count >= 3 else (0,)
    step = max(1, image_hwc.shape[0] * image_hwc.shape[1] // _SAMPLED)
    values = image_hwc.reshape(-1, count)[::step, list(channels)]
    low, high = np.percentile(values, (DARKEST_PERCENT, BRIGHTEST_PERCENT), axis=0)
    return Window(channels, tuple(low.tolist()), tuple(np.maximum(high, low + 1).tolist()))


def shown(image_hwc: ImageHWC, window: Window | None = None, channel: int = FIRST_THREE) -> NDArray[np.uint8]:
    """The picture as (height, width, 3), uint8, in this window or its own; what is plain as it is.

    Values beyond the window's white or black become white or black.
    """
    if window is None:
        if is_plain(image_hwc):
            return np.asarray(image_hwc if image_hwc.shape[2] == 3 else image_hwc.repeat(3, axis=2), dtype=np.uint8)
        window = window_of(image_hwc, channel)
    top = np.iinfo(image_hwc.dtype).max
    tables = [_table(black, white, top) for black, white in zip(window.black, window.white, strict=True)]
    planes = [table[image_hwc[..., place]] for place, table in zip(window.channels, tables, strict=True)]
    return np.stack(planes if len(planes) == 3 else planes * 3, axis=2)


def is_plain(image_hwc: ImageHWC) -> bool:
    """Whether it can be looked at as it is: grey, or red, green and blue, of 8 bits."""
    return image_hwc.dtype == np.uint8 and image_hwc.shape[2] in (1, 3)


def read_shown(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    channel: int = FIRST_THREE,
) -> NDArray[np.uint8]:
    """A picture for the window, (height, width, 3), upright and shrunk as `read_image` does it.

    Photographs as "rgb" gives them, whatever `channel` says. Raises UserError as `read_image` does.
    """
    return read_shown_sized(path, max_side_px=max_side_px, min_side_px=min_side_px, channel=channel)[0]


def read_shown_sized(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    channel: int = FIRST_THREE,
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The same, and the width and height that the upright picture has in its file."""
    if not read_header(path).is_stack:
        return read_sized(path, max_side_px=max_side_px, min_side_px=min_side_px)
    image_hwc, own_wh = read_sized(path, max_side_px=max_side_px, min_side_px=min_side_px, mode="native")
    return shown(image_hwc, channel=channel), own_wh


def _table(black: float, white: float, top: int) -> NDArray[np.uint8]:
    values = (np.arange(top + 1, dtype=np.float32) - black) * (255 / (white - black))
    return np.asarray(np.rint(np.clip(values, 0, 255)), dtype=np.uint8)
