"""The one decoder of still images: every face of the program sees the same pixels, or the same refusal."""

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
from studio.imaging.orientation import orientation_before_decoding, orientation_of, swaps_sides, turned
from studio.imaging.pixels import (
    DEEP_MODES,
    ImageHWC,
    Mode,
    UnknownValuesError,
    channels_mode,
    shrunk_size,
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
    255/65535. "native" keeps the channels and the depth: grey 1, with opacity 2, colour 3, with opacity 4, uint8;
    16-bit grey uint16. "values" gives one channel of the stored numbers, places in the palette where there is one: for
    masks. Shrinks with antialiasing ("values": to the nearest), never enlarges: the longer side to at most
    `max_side_px`, or the shorter one to `min_side_px`.
    Raises UserError naming the file and the reason.
    """
    return _read(path, max_side_px, min_side_px, mode, pixel_cap)[0]


def read_sized(
    path: Path,
    *,
    max_side_px: int | None = None,
    min_side_px: int | None = None,
    pixel_cap: int = PIXEL_CAP,
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """`read_image` as "rgb", and the width and height that the upright picture has in its file."""
    image_hwc, own_wh = _read(path, max_side_px, min_side_px, "rgb", pixel_cap)
    return np.asarray(image_hwc, dtype=np.uint8), own_wh


def _read(
    path: Path, max_side_px: int | None, min_side_px: int | None, mode: Mode, pixel_cap: int
) -> tuple[ImageHWC, tuple[int, int]]:
    with _picture(path, pixel_cap) as (image, file):
        own_wh, size_wh = image.size, shrunk_size(image.size, max_side_px, min_side_px)
        if size_wh != image.size and mode != "values":
            # A JPEG decodes to a half, a quarter or an eighth at far less cost, and sharply: it leaves out the finest
            # waves. A quarter more than wanted is enough for the antialiased resize to even out the rest.
            image.draft(None, (round(_DRAFT_MARGIN * size_wh[0]), round(_DRAFT_MARGIN * size_wh[1])))
        image.decodermaxblock = _READ_BYTES
        try:
            image.load()
        except Exception as error:  # decoders raise almost anything on broken files
            raise _not_decoded(path, error, file) from error
        orientation = orientation_of(image)
        try:
            image_hwc = turned(to_array(image, size_wh, mode), orientation)
        except UnknownValuesError as error:
            raise refusal.refuse(path, str(error), refusal.SAVE_AGAIN) from error
        except MemoryError as error:
            raise _not_decoded(path, error, file) from error
        return image_hwc, own_wh[::-1] if swaps_sides(orientation) else own_wh


def read_header(path: Path, *, pixel_cap: int = PIXEL_CAP) -> ImageHeader:
    """Size and kind of a picture, without decoding it. Raises UserError as `read_image` does, as far as seen."""
    with _picture(path, pixel_cap) as (image, file):
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
def _picture(path: Path, pixel_cap: int) -> Iterator[tuple[ImageFile.ImageFile, BinaryIO]]:
    """The picture with its header read and its size and kind accepted, and the file that it comes from."""
    path = Path(path)
    with _regular_file(path) as file:
        try:
            image = Image.open(file, formats=tuple(FORMATS))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise refusal.too_large(path, None, pixel_cap) from error
        except Exception as error:  # as for load
            raise _not_decoded(path, error, file) from error
        with image:
            if image.width * image.height > min(pixel_cap, LARGEST_PIXEL_CAP):
                raise refusal.too_large(path, image.size, pixel_cap)
            try:
                channels_mode(image)
            except UnknownValuesError as error:
                raise refusal.refuse(path, str(error), refusal.SAVE_AGAIN) from error
            yield image, file


def _not_decoded(path: Path, error: Exception, file: BinaryIO) -> Exception:
    descriptor = file.fileno()
    return refusal.not_decoded(path, error, refusal.beginning_of(descriptor), os.fstat(descriptor).st_size)
