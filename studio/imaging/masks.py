"""Masks: pictures whose numbers are classes."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.imaging.decode import PIXEL_CAP, read_header, read_image
from studio.imaging.refusal import refuse

MaskHW = NDArray[np.uint8] | NDArray[np.uint16]

_LOSSY = ("JPEG", "MPO")
_AS_PNG = "Save the masks as PNG with one grey or palette channel, and never as JPEG: it blurs the borders."


def read_mask(path: Path, *, pixel_cap: int = PIXEL_CAP) -> MaskHW:
    """The values of a mask as (height, width), upright by EXIF as pictures are.

    Grey values as they are stored (black and white of one bit: 0 and 255), places in the palette where there is one,
    one channel where a picture in colour has three equal ones. uint8, or uint16 for more than 8 bits.
    Raises UserError naming the file: as `read_image` does, for colours, and for JPEG, which changes values.
    """
    if read_header(path, pixel_cap=pixel_cap).format in _LOSSY:
        raise refuse(Path(path), "is a JPEG, which does not keep the values of a mask", _AS_PNG)
    return read_image(path, mode="values", pixel_cap=pixel_cap)[..., 0]


def mask_png(mask_hw: NDArray[np.uint8]) -> bytes:
    """A PNG file with these values in one grey channel."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(mask_hw)).save(file, "PNG")
    return file.getvalue()
