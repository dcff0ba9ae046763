"""The numbers of a TIFF page, whatever way its channels lie: planar or interleaved, in strips or in tiles.

Whole numbers of 8, 16 and 32 bits and decimal ones of 16, 32 and 64. What is packed goes through libtiff as Pillow
brings it along, a segment at a time, as if it were a grey picture of bytes: libtiff knows all packings, Pillow only
those meanings of the bytes that it has a mode for.
"""

import io
import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.imaging.pixels import UnknownValuesError
from studio.imaging.tiff_pages import TiffPage

_UNPACKED = 1
# LZW, both names of deflate, PackBits, LZMA, Zstandard. Not those that belong to one kind of picture (JPEG, faxes).
_PACKINGS = (5, 8, 32946, 32773, 34925, 50000)
_NO_PREDICTOR, _HORIZONTAL, _OF_DECIMALS = 1, 2, 3
_LARGEST_SEGMENT = 1 << 24  # pixels: a small picture may lie in one tile of a usual size
_BITS = {"u": (8, 16, 32), "i": (8, 16, 32), "f": (16, 32, 64)}


def check_readable(page: TiffPage) -> None:
    """Raises UnknownValuesError for a page that `read_samples` would not read, by what its directory says."""
    if page.bits not in _BITS.get(page.kind, ()):
        kind = "decimal numbers" if page.kind == "f" else "numbers"
        raise UnknownValuesError(f"stores {kind} of {page.bits} bits, which are not read here")
    if page.compression not in (_UNPACKED, *_PACKINGS):
        raise UnknownValuesError(f"is packed in a way that is not read here for several channels ({page.compression})")
    if page.predictor not in (_NO_PREDICTOR, _HORIZONTAL, _OF_DECIMALS):
        raise UnknownValuesError(f"is packed in a way that is not read here (predictor {page.predictor})")
    if (page.predictor == _OF_DECIMALS) != (page.kind == "f") and page.predictor != _NO_PREDICTOR:
        raise UnknownValuesError(f"is packed in a way that does not suit its numbers (predictor {page.predictor})")


def read_samples(file: BinaryIO, page: TiffPage) -> NDArray[Any]:
    """(height, width, samples) as they are stored, in the machine's byte order; not turned.

    Raises UnknownValuesError as `check_readable` does, and what decoders raise on damaged files; a missing part is an
    error, never black.
    """
    check_readable(page)
    planes = page.samples if page.is_planar else 1
    depth = 1 if page.is_planar else page.samples
    across, down = -(-page.width_px // page.segment_wh[0]), -(-page.height_px // page.segment_wh[1])
    if not len(page.offsets) == len(page.byte_counts) == planes * across * down:
        raise OSError("the image file is truncated: some of its segments are not listed")
    if page.segment_wh[0] * page.segment_wh[1] > max(page.width_px * page.height_px, _LARGEST_SEGMENT):
        raise UnknownValuesError("says that its tiles are far larger than the picture")
    dtype = np.dtype(f"{page.kind}{page.bits // 8}")
    samples_hwc = np.empty((page.height_px, page.width_px, page.samples), dtype=dtype)
    for place, (offset, count) in enumerate(zip(page.offsets, page.byte_counts, strict=True)):
        plane, inside = divmod(place, across * down)
        top, left = (inside // across) * page.segment_wh[1], (inside % across) * page.segment_wh[0]
        rows = page.segment_wh[1] if page.is_tiled else min(page.segment_wh[1], page.height_px - top)
        segment_hwc = _segment(file, page, offset, count, (rows, page.segment_wh[0], depth))
        room = samples_hwc[top : top + rows, left : left + page.segment_wh[0]]
        (room[..., plane : plane + 1] if page.is_planar else room)[:] = segment_hwc[: room.shape[0], : room.shape[1]]
    return samples_hwc


def _segment(file: BinaryIO, page: TiffPage, offset: int, count: int, shape_hwc: tuple[int, int, int]) -> NDArray[Any]:
    rows, width_px, depth = shape_hwc
    bytes_a_row = width_px * depth * page.bits // 8
    file.seek(offset)
    content = file.read(count)
    if page.compression != _UNPACKED:
        content = _unpacked(content, page.compression, bytes_a_row, rows)
    if len(content) < rows * bytes_a_row:
        raise OSError("the image file is truncated")
    content = content[: rows * bytes_a_row]
    if page.predictor == _OF_DECIMALS:
        return _decimals(content, shape_hwc, page.bits // 8)
    order = page.byte_order
    stored = np.frombuffer(content, dtype=f"{order}{page.kind}{page.bits // 8}").reshape(shape_hwc)
    values = stored.astype(stored.dtype.newbyteorder("="))
    if page.predictor == _HORIZONTAL:  # each number is what it lies above the one before; sums wrap around
        values = np.cumsum(values, axis=1, dtype=values.dtype)
    return np.asarray(values)


def _decimals(content: bytes, shape_hwc: tuple[int, int, int], size_bytes: int) -> NDArray[Any]:
    """Rows of bytes as differences, the highest bytes of all numbers first. Source: TIFF technical note 3 (Adobe)."""
    rows, width_px, depth = shape_hwc
    differences = np.frombuffer(content, dtype=np.uint8).reshape(rows, width_px * size_bytes, depth)
    summed = np.cumsum(differences, axis=1, dtype=np.uint8).reshape(rows, size_bytes, width_px * depth)
    big_endian = np.ascontiguousarray(summed.transpose(0, 2, 1)).view(f">f{size_bytes}")
    return np.asarray(big_endian.reshape(shape_hwc).astype(f"f{size_bytes}"))


def _unpacked(content: bytes, compression: int, bytes_a_row: int, rows: int) -> bytes:
    """What was packed, as libtiff unpacks it: it is told that the bytes are grey pixels."""
    tags = (
        (256, 4, bytes_a_row),
        (257, 4, rows),
        (258, 3, 8),
        (259, 3, compression),
        (262, 3, 1),
        (273, 4, 0),
        (277, 3, 1),
        (278, 4, rows),
        (279, 4, len(content)),
    )
    start = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(
        struct.pack("<HHI", tag, kind, 1) + struct.pack("<I", start if tag == 273 else value)
        for tag, kind, value in tags
    )
    wrapped = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + content
    with Image.open(io.BytesIO(wrapped), formats=("TIFF",)) as image:
        return image.tobytes()
