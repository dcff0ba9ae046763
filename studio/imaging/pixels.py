"""From a loaded Pillow picture to an array: colours, transparency, depth, size."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mode = Literal["rgb", "gray", "native", "values"]
ImageHWC = NDArray[np.uint8] | NDArray[np.uint16]

DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")  # one grey channel of more than 8 bits
_COLOURS = {"1": "L", "L": "L", "LA": "LA", "PA": "RGBA", "RGBA": "RGBA", "RGBa": "RGBA"}
_COLOURS |= dict.fromkeys(("P", "RGB", "RGBX", "CMYK", "YCbCr", "HSV", "LAB"), "RGB")
_WITH_ALPHA = {"L": "LA", "RGB": "RGBA", "LA": "LA", "RGBA": "RGBA"}
# 65535 = 255 * 257; rounds to the nearest.
_EIGHT_FROM_SIXTEEN = ((np.arange(65536) + 128) // 257).astype(np.uint8)
_STRIP_ROWS = 256

# Cubic, stretched over as many pixels as become one: keeps finer detail than the linear one, which the second sampling
# on the way to a model would soften once more.
SHRINKING = Image.Resampling.BICUBIC


class UnknownValuesError(Exception):
    """The picture's numbers cannot be had, or have no agreed meaning as brightness; the text ends the sentence
    "the file …"."""


def channels_mode(image: Image.Image) -> str:
    """What the picture is without packing: L, LA, RGB, RGBA, or one of DEEP_MODES.

    Raises UnknownValuesError for ways of storing colour that are not read.
    """
    if image.mode in DEEP_MODES:
        return image.mode
    if image.mode not in _COLOURS:
        raise UnknownValuesError(f"stores its colours in a way that is not read here ({image.mode})")
    plain = _COLOURS[image.mode]
    return _WITH_ALPHA[plain] if image.has_transparency_data else plain


def shrunk_size(size_wh: tuple[int, int], max_side_px: int | None, min_side_px: int | None) -> tuple[int, int]:
    """Width and height within the limits, in the same shape and never enlarged.

    The longer side comes down to `max_side_px`, the shorter one to `min_side_px`; with both, whichever is smaller.
    """
    longer, shorter = max(size_wh), min(size_wh)
    factor = min(1.0, (max_side_px or longer) / longer, (min_side_px or shorter) / shorter)
    return max(1, round(size_wh[0] * factor)), max(1, round(size_wh[1] * factor))


def to_array(image: Image.Image, size_wh: tuple[int, int], mode: Mode) -> ImageHWC:
    """The picture as (height, width, channels), resized with antialiasing, as it is stored: not turned.

    Raises UnknownValuesError for numbers that have no agreed meaning.
    """
    if mode == "values":
        return _stored_values(image, size_wh)
    plain = channels_mode(image)
    if plain in DEEP_MODES:
        return _deep_array(image, size_wh, mode)
    if image.size != size_wh:
        # Pillow weighs colours by their opacity here. The reducing gap averages whole blocks first: faster, and
        # hardly different at 3 (Pillow's documentation of Image.resize).
        image = _converted(image, plain).resize(size_wh, SHRINKING, reducing_gap=3.0)
    return _plain_array(image, plain, mode)


def stored_array(values_hwc: NDArray[Any], size_wh: tuple[int, int], mode: Mode) -> ImageHWC:
    """The same for numbers that were read without Pillow, (height, width, any number of channels).

    Colours are three channels, grey is one; other numbers of channels have none. Raises UnknownValuesError as above.
    """
    image_hwc = values_hwc if values_hwc.dtype == np.uint8 else _sixteen_bits(values_hwc)
    channels = image_hwc.shape[2]
    if mode == "values":
        if channels != 1:
            raise UnknownValuesError(f"holds {channels} channels where a number for each pixel is needed")
        return nearest(image_hwc, size_wh)
    image_hwc = resized(image_hwc, size_wh)
    if mode == "native":
        return image_hwc
    if channels not in (1, 3):
        raise UnknownValuesError(f"has {channels} channels, and it is not said which of them are colours")
    eight = eight_bits(image_hwc)
    if mode == "gray":
        return eight if channels == 1 else np.array(Image.fromarray(eight).convert("L"))[..., None]
    return eight.repeat(3, axis=2) if channels == 1 else eight


def eight_bits(image_hwc: ImageHWC) -> NDArray[np.uint8]:
    """16 bits scaled to 8 by 255/65535; 8 stay as they are."""
    eight: NDArray[Any] = image_hwc if image_hwc.dtype == np.uint8 else _EIGHT_FROM_SIXTEEN[image_hwc]
    return eight


def sixteen_bits(image_hwc: ImageHWC) -> NDArray[np.uint16]:
    """8 bits scaled to 16 by 65535/255; 16 stay as they are."""
    return image_hwc.astype(np.uint16) * 257 if image_hwc.dtype == np.uint8 else np.asarray(image_hwc, dtype=np.uint16)


def resized(image_hwc: ImageHWC, size_wh: tuple[int, int]) -> ImageHWC:
    """The picture at another size, with antialiasing, each channel by itself; uint8 or uint16, any number of them."""
    if size_wh == (image_hwc.shape[1], image_hwc.shape[0]):
        return image_hwc
    if image_hwc.dtype == np.uint8 and image_hwc.shape[2] == 3:
        return np.array(Image.fromarray(image_hwc).resize(size_wh, SHRINKING, reducing_gap=3.0))
    planes = (Image.fromarray(np.ascontiguousarray(image_hwc[..., place])) for place in range(image_hwc.shape[2]))
    return np.stack([np.asarray(plane.resize(size_wh, SHRINKING), dtype=image_hwc.dtype) for plane in planes], axis=2)


def nearest(image_hwc: ImageHWC, size_wh: tuple[int, int]) -> ImageHWC:
    """One channel at another size, no two values blended."""
    plane = Image.fromarray(image_hwc[..., 0]).resize(size_wh, Image.Resampling.NEAREST)
    values_hw: NDArray[Any] = np.array(plane, dtype=image_hwc.dtype)
    return values_hw[..., None]


def _plain_array(image: Image.Image, plain: str, mode: Mode) -> NDArray[np.uint8]:
    """Strip by strip, so that a large picture is not held a third time."""
    channels = {"rgb": 3, "gray": 1, "native": len(plain)}[mode]
    width_px, height_px = image.size
    array = np.empty((height_px, width_px, channels), dtype=np.uint8)
    for top in range(0, height_px, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height_px)
        strip = _converted(image.crop((0, top, width_px, bottom)), plain)
        if mode != "native":
            strip = _on_white(strip).convert("RGB" if mode == "rgb" else "L")
        array[top:bottom] = np.asarray(strip).reshape(bottom - top, width_px, channels)
    return array


def _converted(image: Image.Image, plain: str) -> Image.Image:
    return image if image.mode == plain and "transparency" not in image.info else image.convert(plain)


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent parts become white: cut-out objects and drawings are made to be seen on a page, dark lines would
    vanish on black, and the colours stored under full transparency are leftovers."""
    if not image.mode.endswith("A"):
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)


def _deep_array(image: Image.Image, size_wh: tuple[int, int], mode: Mode) -> ImageHWC:
    gray = _sixteen_bits(np.asarray(image))
    if image.size != size_wh:
        gray = np.array(Image.fromarray(gray).resize(size_wh, SHRINKING), dtype=np.uint16)
    if mode == "native":
        return gray[..., None]
    eight = _EIGHT_FROM_SIXTEEN[gray][..., None]
    return eight.repeat(3, axis=2) if mode == "rgb" else eight


def _stored_values(image: Image.Image, size_wh: tuple[int, int]) -> ImageHWC:
    """The numbers themselves, each a name for something: never blended, places in the palette where there is one."""
    plain = channels_mode(image)
    if image.size != size_wh:
        image = image.resize(size_wh, Image.Resampling.NEAREST)
    if plain in DEEP_MODES:
        return _sixteen_bits(np.asarray(image))[..., None]
    if image.mode in ("P", "PA"):
        return np.array(image.getchannel(0), dtype=np.uint8)[..., None]
    values = np.array(_converted(image, plain), dtype=np.uint8).reshape(image.height, image.width, -1)
    colours = values[..., :3] if plain in ("RGB", "RGBA") else values[..., :1]
    if not (colours == colours[..., :1]).all():
        raise UnknownValuesError("holds colours where a number for each pixel is needed")
    return np.ascontiguousarray(colours[..., :1])


def _sixteen_bits(values: NDArray[Any]) -> NDArray[np.uint16]:
    """Grey values as 0..65535: whole numbers as they are, decimal ones from 0..1. Never stretched to what one
    picture happens to hold: the same brightness must stay the same number in every picture."""
    if values.dtype.kind != "f":
        if (values.dtype.itemsize > 2 or values.dtype.kind == "i") and (values.min() < 0 or values.max() > 65535):
            raise UnknownValuesError(f"holds values from {values.min()} to {values.max()}, beyond 0 to 65535")
        return values.astype(np.uint16)
    if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
        raise UnknownValuesError("holds decimal numbers outside 0 to 1, which have no agreed brightness")
    return np.asarray(np.rint(values * 65535), dtype=np.uint16)
