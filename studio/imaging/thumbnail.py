"""Small pictures for grids and lists, kept so that a folder is decoded once."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.base.files import cannot_write, write_atomically
from studio.imaging.identity import cache_key
from studio.imaging.showing import FIRST_THREE, read_shown

JPEG_QUALITY = 88
LOOKS_VERSION = 2  # changes when the same file is shown in another way


def thumbnail(path: Path, side_px: int, *, square: bool = True, channel: int = FIRST_THREE) -> NDArray[np.uint8]:
    """A small upright RGB picture, (height, width, 3): the centre square, or all of it.

    `side_px` is the side of the square, or the longer side of the whole; a smaller picture is not enlarged. `channel`:
    what is shown of a picture with many, see `studio.imaging.showing`. Raises UserError as `read_image` does.
    """
    if not square:
        return read_shown(path, max_side_px=side_px, channel=channel)
    image_hwc = read_shown(path, min_side_px=side_px, channel=channel)
    height_px, width_px = image_hwc.shape[:2]
    side = min(height_px, width_px)
    top, left = (height_px - side) // 2, (width_px - side) // 2
    return image_hwc[top : top + side, left : left + side].copy()


def cached_thumbnail(
    path: Path, side_px: int, cache_folder: Path, *, square: bool = True, channel: int = FIRST_THREE
) -> Path:
    """The JPEG file of a thumbnail, made at the first call and again when the picture has changed.

    Raises UserError for a picture that cannot be read, or a cache that cannot be written.
    """
    key = cache_key(path, "thumbnail", LOOKS_VERSION, side_px, "square" if square else "whole", channel)
    target = cache_folder / key[:2] / f"{key[2:]}.jpg"
    if target.is_file():
        return target
    content = io.BytesIO()
    small_hwc = thumbnail(path, side_px, square=square, channel=channel)
    Image.fromarray(small_hwc).save(content, "JPEG", quality=JPEG_QUALITY)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target.parent, error) from error
    write_atomically(target, content.getvalue())
    return target
