"""Pictures of which Pillow keeps fewer channels or fewer bits than the file has, or that it does not open at all."""

import os
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.imaging.deep_png import deep_png_facts, read_deep_png
from studio.imaging.orientation import orientation_before_decoding
from studio.imaging.pixels import UnknownValuesError
from studio.imaging.tiff_pages import NotTiffError, TiffPage, pages_as_channels, read_pages
from studio.imaging.tiff_samples import check_readable, read_samples

MOST_CHANNELS = 16
_MOST_PAGES = 256  # looked at to see whether they are all there
_BEGINNING_BYTES = 32
_GREY, _COLOUR = 1, 2  # what the lowest number means; 0, white, is Pillow's


@dataclass(frozen=True)
class ChannelFile:
    """What such a picture says about itself; width and height as stored, `orientation` (EXIF) not applied.

    pages: of a TIFF, one with all channels or one a channel; empty: it is a PNG.
    """

    format: str
    width_px: int
    height_px: int
    channels: int
    depth_bits: int
    orientation: int = 1
    pages: tuple[TiffPage, ...] = ()

    def read(self, file: BinaryIO) -> NDArray[Any]:
        """(height, width, channels) as stored, not turned. Raises UnknownValuesError, and what decoders raise."""
        if not self.pages:
            return read_deep_png(file, self.channels)
        planes = [read_samples(file, page) for page in self.pages]
        return planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)


def find_channels(file: BinaryIO, *, is_last_resort: bool) -> ChannelFile | None:
    """The picture, if it has more than Pillow would keep, or, where Pillow refuses it, if it can be read here at all.

    Leaves the file at its beginning. Raises UnknownValuesError, as the last resort, for a way of storing that is not
    read, and for more than MOST_CHANNELS channels.
    """
    file.seek(0)
    beginning = file.read(_BEGINNING_BYTES)
    try:
        return _tiff(file, is_last_resort) if beginning[:2] in (b"II", b"MM") else _png(file, beginning)
    finally:
        file.seek(0)


def _png(file: BinaryIO, beginning: bytes) -> ChannelFile | None:
    facts = deep_png_facts(beginning)
    if facts is None:
        return None
    try:
        with Image.open(file, formats=("PNG",)) as image:
            return ChannelFile("PNG", *facts, depth_bits=16, orientation=orientation_before_decoding(image, file))
    except Exception:  # damage is told by whoever reads it the usual way
        return None


def _tiff(file: BinaryIO, is_last_resort: bool) -> ChannelFile | None:
    pages = read_pages(file, os.fstat(file.fileno()).st_size)
    try:
        first = next(pages, None)
        if first is None or not (is_last_resort or _loses(first)):
            return None
        count = pages_as_channels(first)
        taken = (first, *islice(pages, min(count, _MOST_PAGES) - 1))
    except NotTiffError:
        return None
    if len(taken) < count or any(_kind(page) != _kind(first) for page in taken):
        taken = (first,)  # what the file says of its channels is not true of its pages
    channels = len(taken) if len(taken) > 1 else first.samples
    try:
        check_readable(first)
        if channels > MOST_CHANNELS:
            raise UnknownValuesError(f"has {channels} channels; at most {MOST_CHANNELS} are read")
        if first.photometric not in (_GREY, _COLOUR):
            raise UnknownValuesError(f"stores its colours in a way that is not read here ({first.photometric})")
    except UnknownValuesError:
        if is_last_resort:
            raise
        return None
    depth_bits = 8 if first.bits == 8 and first.kind == "u" else 16
    return ChannelFile("TIFF", first.width_px, first.height_px, channels, depth_bits, first.orientation, taken)


def _loses(page: TiffPage) -> bool:
    """Whether Pillow keeps less than the page and those that belong to it have."""
    if page.samples == 1:
        return pages_as_channels(page) > 1
    if page.photometric not in (_GREY, _COLOUR):
        return False
    colours = 1 if page.photometric == _GREY else 3
    return page.bits > 8 or page.samples != colours + page.has_opacity


def _kind(page: TiffPage) -> tuple[object, ...]:
    return page.size_wh, page.samples, page.bits, page.kind
