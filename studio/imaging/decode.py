"""The one decoder of still images: every face of the program sees the same pixels, or the same refusal."""

import logging
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from studio.imaging import refusal
from studio.imaging.channels import ChannelFile, find_channels
from studio.imaging.orientation import orientation_before_decoding, orientation_of, swaps_sides, turned
from studio.imaging.pixels import (
    DEEP_MODES,
    ImageHWC,
    Mode,
    UnknownValuesError,
    channels_mode,
    shrunk_size,
    stored_array,
    to_array,
)

# What is read, by Pillow's name, and the endings that such files have. Left out: formats with interpreters or
# references to other files inside (EPS, WMF), and those that photographs do not come in.
FORMATS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "AVIF": (".avif",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
PICTURE_SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)

PIXEL_CAP = 89_478_485  # where Pillow starts to warn: 256 MB of RGB
LARGEST_PIXEL_CAP = 500_000_000  # what somebody may allow for a picture that they trust

_DRAFT_MARGIN = 1.25
_READ_BYTES = 1 << 20  # at a time: decoders that are seldom interrupted are a little faster

# Pillow checks one limit for the whole process, raising above twice its value. It stands at the most that may be
# allowed; `_picture` holds each call to its own cap before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXEL_CAP // 2
ImageFile.LOAD_TRUNCATED_IMAGES = False
# Its warnings are about metadata that is not used here, and about the limit above.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
logging.getLogger("PIL.TiffImagePlugin").setLevel(logging.CRITICAL)  # what it logs, it raises as well


@dataclass(frozen=True)
class ImageHeader:
    """What a picture says about itself: size as it is seen (EXIF orientation applied), and what "native" gives."""

    width_px: int
    height_px: int
    mode: str  # Pillow's name: "RGB", "L", "P", "CMYK", "I;16" …
    depth_bits: int  # 8 or 16, per channel
    channels: int
    format: str
    orientation: int = 1  # EXIF's, from 1 to 8, applied to width and height already
    is_stack: bool = False  # more than 8 bits, or channels without agreed colours: "rgb" is not all of it, or nothing


@overload
def read_image(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Literal["rgb", "gray"] = "rgb",
    pixel_cap: int = PIXEL_CAP,
) -> NDArray[np.uint8]: ...
@overload
def read_image(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Mode,
    pixel_cap: int = PIXEL_CAP,
) -> ImageHWC: ...
def read_image(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Mode = "rgb",
    pixel_cap: int = PIXEL_CAP,
) -> ImageHWC:
    """The first frame as (height, width, channels), upright.

    "rgb" gives three uint8 channels and "gray" one, with transparent parts on white and 16 bits scaled to 8 by
    255/65535. "native" keeps the channels and the depth: grey 1, with opacity 2, colour 3, with opacity 4, and up to
    16 of a TIFF, uint8, or uint16 for more than 8 bits (see `studio.imaging.channels`; decimal numbers lie between 0
    and 1, which become 0 to 65535). "values" gives one channel of the stored numbers, places in the palette where
    there is one: for masks. Shrinks with antialiasing ("values": to the nearest), never enlarges: the longer side to
    at most `max_side_px`, or the shorter one to `min_side_px`.
    Raises UserError naming the file and the reason.
    """
    return _read(path, max_side_px, min_side_px, mode, pixel_cap)[0]


@overload
def read_sized(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Literal["rgb", "gray"] = "rgb",
    pixel_cap: int = PIXEL_CAP,
) -> tuple[NDArray[np.uint8], tuple[int, int]]: ...
@overload
def read_sized(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Mode,
    pixel_cap: int = PIXEL_CAP,
) -> tuple[ImageHWC, tuple[int, int]]: ...
def read_sized(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    mode: Mode = "rgb",
    pixel_cap: int = PIXEL_CAP,
) -> tuple[ImageHWC, tuple[int, int]]:
    """`read_image`, and the width and height that the upright picture has in its file."""
    return _read(path, max_side_px, min_side_px, mode, pixel_cap)


def _read(
    path: Path, max_side_px: int | None, min_side_px: int | None, mode: Mode, pixel_cap: int
) -> tuple[ImageHWC, tuple[int, int]]:
    with _picture(path, pixel_cap, keeps_all=mode == "native") as (image, file):
        if isinstance(image, ChannelFile):
            return _read_channels(path, image, file, max_side_px, min_side_px, mode)
        own_wh, size_wh = image.size, shrunk_size(image.size, max_side_px, min_side_px)
        if size_wh != image.size and mode != "values":
            # A JPEG decodes to a half, a quarter or an eighth at far less cost, and sharply: it leaves out the finest
            # waves. A quarter more than wanted is enough for the antialiased resize to even out the rest.
            image.draft(None, (round(_DRAFT_MARGIN * size_wh[0]), round(_DRAFT_MARGIN * size_wh[1])))
        image.decodermaxblock = _READ_BYTES
        try:
            image.load()
        except Exception as error:  # decoders raise almost anything on broken files
            many = find_channels(file, is_last_resort=False)
            if many is None:
                raise _not_decoded(path, error, file) from error
            return _read_channels(path, _accepted(path, many, pixel_cap), file, max_side_px, min_side_px, mode)
        orientation = orientation_of(image)
        try:
            image_hwc = turned(to_array(image, size_wh, mode), orientation)
        except UnknownValuesError as error:
            raise refusal.refuse(path, str(error), refusal.SAVE_AGAIN) from error
        except MemoryError as error:
            raise _not_decoded(path, error, file) from error
        return image_hwc, own_wh[::-1] if swaps_sides(orientation) else own_wh


def _read_channels(
    path: Path, found: ChannelFile, file: BinaryIO, max_side_px: int | None, min_side_px: int | None, mode: Mode
) -> tuple[ImageHWC, tuple[int, int]]:
    own_wh = found.width_px, found.height_px
    try:
        image_hwc = stored_array(found.read(file), shrunk_size(own_wh, max_side_px, min_side_px), mode)
    except UnknownValuesError as error:
        raise refusal.refuse(path, str(error), _hint(found)) from error
    except Exception as error:  # as for Pillow's decoders
        raise _not_decoded(path, error, file) from error
    return turned(image_hwc, found.orientation), own_wh[::-1] if swaps_sides(found.orientation) else own_wh


def _hint(found: ChannelFile) -> str:
    return refusal.KEEP_CHANNELS if found.channels > 1 else refusal.SAVE_AGAIN


def read_header(path: Path, *, pixel_cap: int = PIXEL_CAP) -> ImageHeader:
    """Size and kind of a picture, without decoding it. Raises UserError as `read_image` does, as far as seen."""
    with _picture(path, pixel_cap, keeps_all=True) as (image, file):
        if isinstance(image, ChannelFile):
            width_px, height_px = image.width_px, image.height_px
            return ImageHeader(
                width_px=height_px if swaps_sides(image.orientation) else width_px,
                height_px=width_px if swaps_sides(image.orientation) else height_px,
                mode=f"{image.channels} x {image.depth_bits} bits",
                depth_bits=image.depth_bits,
                channels=image.channels,
                format=image.format,
                orientation=image.orientation,
                is_stack=True,
            )
        plain = channels_mode(image)
        deep = plain in DEEP_MODES
        orientation = orientation_before_decoding(image, file)
        width_px, height_px = image.size[::-1] if swaps_sides(orientation) else image.size
        return ImageHeader(
            width_px=width_px,
            height_px=height_px,
            mode=image.mode,
            depth_bits=16 if deep else 8,
            channels=1 if deep else len(plain),
            format=image.format or "",
            orientation=orientation,
            is_stack=deep,
        )


def check_image(path: Path, *, pixel_cap: int = PIXEL_CAP) -> None:
    """Decode a picture to its end, a JPEG at reduced size. Raises UserError where `read_image` would."""
    read_image(path, max_side_px=64, mode="native", pixel_cap=pixel_cap)


def open_binary(path: Path) -> BinaryIO:
    """The file for reading; opening never waits, not even for a pipe's other end."""
    return open(path, "rb", opener=_without_waiting)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextmanager
def _regular_file(path: Path) -> Iterator[BinaryIO]:
    """An open file with something in it; folders, devices and pipes are refused before and after opening."""
    try:
        _refuse_special(path, os.stat(path))
        file = open_binary(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise refusal.not_reachable(path, error) from error
    with file:
        _refuse_special(path, os.fstat(file.fileno()))
        yield file


def _refuse_special(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise refusal.refuse(path, "is a folder, not a picture", "Choose the pictures inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise refusal.refuse(path, "is not a file but a device or a pipe", "Choose a picture file.")
    if status.st_size == 0:
        raise refusal.refuse(path, "is empty (0 bytes)", refusal.DAMAGED)


@contextmanager
def _picture(
    path: Path, pixel_cap: int, *, keeps_all: bool
) -> Iterator[tuple[ImageFile.ImageFile | ChannelFile, BinaryIO]]:
    """The picture with its header read and its size and kind accepted, and the file that it comes from.

    keeps_all: not Pillow's, where Pillow would keep fewer channels or bits than there are.
    """
    path = Path(path)
    with _regular_file(path) as file:
        many = find_channels(file, is_last_resort=False) if keeps_all else None
        image = many or _opened(path, file, pixel_cap)
        if isinstance(image, ChannelFile):
            yield _accepted(path, image, pixel_cap), file
            return
        with image:
            if image.width * image.height > min(pixel_cap, LARGEST_PIXEL_CAP):
                raise refusal.too_large(path, image.size, pixel_cap)
            try:
                channels_mode(image)
            except UnknownValuesError as error:
                raise refusal.refuse(path, str(error), refusal.SAVE_AGAIN) from error
            yield image, file


def _opened(path: Path, file: BinaryIO, pixel_cap: int) -> ImageFile.ImageFile | ChannelFile:
    """Pillow's picture; where Pillow refuses the file, what can be read all the same."""
    try:
        return Image.open(file, formats=tuple(FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusal.too_large(path, None, pixel_cap) from error
    except Exception as error:  # as for load
        try:
            many = find_channels(file, is_last_resort=True)
        except UnknownValuesError as unknown:
            raise refusal.refuse(path, str(unknown), refusal.SAVE_AGAIN) from unknown
        if many is None:
            raise _not_decoded(path, error, file) from error
        return many


def _accepted(path: Path, many: ChannelFile, pixel_cap: int) -> ChannelFile:
    """Held to the cap: its pixels, and as numbers what that many pixels in colour and opacity would take."""
    pixels = many.width_px * many.height_px
    if max(pixels, pixels * many.channels // 4) > min(pixel_cap, LARGEST_PIXEL_CAP):
        raise refusal.too_large(path, (many.width_px, many.height_px), pixel_cap)
    return many


def _not_decoded(path: Path, error: Exception, file: BinaryIO) -> Exception:
    descriptor = file.fileno()
    return refusal.not_decoded(path, error, refusal.beginning_of(descriptor), os.fstat(descriptor).st_size)
