"""PNG pictures of several channels with 16 bits each, of which Pillow alone keeps the upper 8."""

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Channels by the kind of colour. Source: PNG specification, third edition, section 11.2.1 (IHDR).
_CHANNELS = {2: 3, 4: 2, 6: 4}


def deep_png_facts(beginning: bytes) -> tuple[int, int, int] | None:
    """Width, height and channels of a PNG with several channels of 16 bits, by its first 32 bytes; None for others."""
    if not beginning.startswith(_SIGNATURE) or beginning[12:16] != b"IHDR" or len(beginning) < 26:
        return None
    width_px, height_px, depth_bits, kind = struct.unpack(">IIBB", beginning[16:26])
    return (width_px, height_px, _CHANNELS[kind]) if depth_bits == 16 and kind in _CHANNELS else None


def read_deep_png(file: BinaryIO, channels: int) -> NDArray[np.uint16]:
    """(height, width, channels) as stored, not turned. Raises what Pillow raises on damaged files.

    Pillow is asked for the upper bytes, then for the lower ones; grey with opacity comes whole as four bytes.
    """
    if channels == 2:
        bytes_hwc = _bytes(file, "RGBA")
        upper, lower = bytes_hwc[..., ::2], bytes_hwc[..., 1::2]
    else:
        mode = "RGB" if channels == 3 else "RGBA"
        upper, lower = _bytes(file, f"{mode};16B"), _bytes(file, f"{mode};16L")
    return np.asarray(upper.astype(np.uint16) << 8 | lower)


def _bytes(file: BinaryIO, way: str) -> NDArray[np.uint8]:
    """The picture's bytes, unpacked in this way of Pillow's instead of its usual one."""
    file.seek(0)
    image = Image.open(file, formats=("PNG",))
    image.tile = [tile._replace(args=way) for tile in image.tile]
    image.load()
    return np.asarray(image)
