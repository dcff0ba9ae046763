"""Which way up a picture is, by its EXIF tag, and turning it so."""

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile

# Views of an array for each EXIF orientation but 1. Source: Exif 2.32 (CIPA DC-008), tag 0x0112.
_TURNS: dict[int, Any] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: a.swapaxes(0, 1)[::-1],
}

_PNG_SIGNATURE_BYTES = 8
_PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}


def orientation_of(image: Image.Image) -> int:
    """The orientation from 1 to 8 that is still to be applied to a loaded picture."""
    if image.format == "TIFF":  # Pillow turns a TIFF by itself, at load
        return 1
    try:
        # Not the method of PNG pictures: that one decodes them, and would swallow here that they are damaged.
        orientation = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    except Exception:  # broken metadata raises almost anything, and is no reason to lose the picture
        return 1
    return orientation if orientation in _TURNS else 1


def orientation_before_decoding(image: ImageFile.ImageFile, file: BinaryIO) -> int:
    """The same for a picture of which only the header was read; decodes a PNG with metadata behind its pixels."""
    if image.format == "PNG" and _png_metadata_is_late(file):
        try:
            image.load()
        except Exception:  # damage is told by whoever wants the pixels
            return 1
    return orientation_of(image)


def swaps_sides(orientation: int) -> bool:
    """Whether width and height change places."""
    return orientation >= 5


def turned(image_hwc: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The array in its EXIF orientation, writable and contiguous."""
    turn = _TURNS.get(orientation)
    return image_hwc if turn is None else np.ascontiguousarray(turn(image_hwc))


def _png_metadata_is_late(file: BinaryIO) -> bool:
    """Whether a chunk that can hold an orientation follows the pixels. Looks at the chunks' heads only.

    Source: PNG specification, third edition, section 5.3: 4 bytes of length, 4 of name, the data, 4 of checksum.
    """
    position = file.tell()
    try:
        offset, pixels_seen = _PNG_SIGNATURE_BYTES, False
        while True:
            file.seek(offset)
            head = file.read(8)
            if len(head) < 8 or head[4:] == b"IEND":
                return False
            if pixels_seen and head[4:] in _PNG_METADATA:
                return True
            pixels_seen |= head[4:] == b"IDAT"
            offset += 12 + int.from_bytes(head[:4], "big")
    finally:
        file.seek(position)
