"""One resample for all geometry, and one pass for light."""

import math
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.base.geometry import Matrix, compose, translate
from studio.imaging.opencv import opencv
from studio.imaging.pixels import ImageHWC

Border = Literal["reflect", "replicate", "constant"]
Interpolation = Literal["linear", "nearest"]

_STEPS = 32  # between two values of a byte, where light changes before they are rounded
# Black and white lie at infinity otherwise, and what is next to them would be pulled apart by a soft contrast.
LOGIT_EDGE = 1 / (2 * 255 * _STEPS)
_SMALL_BYTES = 1 << 24  # OpenCV samples floats a quarter faster than bytes, to the same result; larger ones take memory
_EXACT_CHANNELS = (1, 3, 4)  # OpenCV rounds places to 1/32 px for other numbers
_TO_GEOMETRY, _TO_OPENCV = translate(0.5, 0.5), translate(-0.5, -0.5)


def warp_image(
    image_hwc: NDArray[Any],
    homography_33: Matrix,
    target_wh: tuple[int, int],
    *,
    border: Border = "reflect",
    interpolation: Interpolation = "linear",
    outside: int = 0,
) -> NDArray[Any]:
    """The picture moved by a matrix from source to target pixels (see studio.base.geometry), sampled once.

    image_hwc: (H, W) or (H, W, 1..16), uint8, uint16 or float32; gives the same kind. Masks take "nearest".
    Outside the source: "reflect" mirrors at the edge, with the edge pixel twice, as `grid_sample` does without
    align_corners; "replicate" repeats it; "constant" is `outside`. Shrinking by more than about 2 aliases: decode
    smaller first. Sides up to 32766 px (OpenCV's limit).
    """
    if interpolation == "linear" and image_hwc.ndim == 3 and image_hwc.shape[2] not in _EXACT_CHANNELS:
        groups = [np.ascontiguousarray(group) for group in _channel_groups(image_hwc)]
        warped = [warp_image(group, homography_33, target_wh, border=border, outside=outside) for group in groups]
        return np.concatenate(warped, axis=2)
    cv2 = opencv()
    if interpolation == "linear" and image_hwc.dtype == np.uint8 and image_hwc.size <= _SMALL_BYTES:
        floats = warp_image(image_hwc.astype(np.float32), homography_33, target_wh, border=border, outside=outside)
        return np.asarray(cv2.convertScaleAbs(floats)).reshape(floats.shape)
    # OpenCV puts the centre of the first pixel at 0, geometry at 0.5.
    matrix = compose(_TO_GEOMETRY, homography_33, _TO_OPENCV)
    placed: NDArray[Any] = cv2.warpPerspective(
        image_hwc,
        matrix,
        target_wh,
        flags=cv2.INTER_NEAREST if interpolation == "nearest" else cv2.INTER_LINEAR,
        borderMode={
            "reflect": cv2.BORDER_REFLECT,
            "replicate": cv2.BORDER_REPLICATE,
            "constant": cv2.BORDER_CONSTANT,
        }[border],
        borderValue=(outside,) * 4,
        hint=cv2.ALGO_HINT_ACCURATE,  # half precision otherwise, on some processors
    )
    return placed if placed.ndim == image_hwc.ndim else placed[..., None]  # OpenCV drops a single channel


def warp_and_light(
    image_hwc: ImageHWC,
    homography_33: Matrix,
    target_wh: tuple[int, int],
    *,
    border: Border = "reflect",
    brightness: float = 0.5,
    contrast: float = 1.0,
) -> NDArray[np.uint8]:
    """`warp_image`, then `lighting`, rounded once, at the end: rounding in between would show in dark and in bright
    parts, where a change of light pulls neighbouring values far apart. No slower than one after the other."""
    if brightness == 0.5 and contrast == 1.0:
        return warp_image(image_hwc, homography_33, target_wh, border=border)
    cv2 = opencv()
    floats = warp_image(image_hwc.astype(np.float32), homography_33, target_wh, border=border)
    steps = cv2.addWeighted(floats, _STEPS, floats, 0, 0, dtype=cv2.CV_16U)  # scales and rounds in one pass
    table = np.zeros(1 << 16, dtype=np.uint8)  # OpenCV wants all of it; the values end at 255 * _STEPS
    table[: 255 * _STEPS + 1] = np.rint(255 * _lit_logits(_fine_logits(), brightness, contrast))
    return np.asarray(cv2.LUT(steps, table)).reshape(floats.shape)


def warp_and_light_each(
    image_hwc: ImageHWC,
    homography_33: Matrix,
    target_wh: tuple[int, int],
    *,
    border: Border = "reflect",
    brightness: float = 0.5,
    contrast: float = 1.0,
) -> ImageHWC:
    """`warp_and_light` for measured values, of any number of channels and either depth.

    All channels get the same light, but contrast turns around each channel's own mean in this picture, not around the
    middle of the range: a microscope may use only a tenth of it, and would go black.
    """
    if brightness == 0.5 and contrast == 1.0:
        return warp_image(image_hwc, homography_33, target_wh, border=border)
    largest = int(np.iinfo(image_hwc.dtype).max)
    edge = 1 / (2 * largest * _STEPS)
    floats = warp_image(image_hwc.astype(np.float32), homography_33, target_wh, border=border)
    middles = _logits(image_hwc.mean(axis=(0, 1)) / largest, edge).astype(np.float32)
    shift = math.log(brightness / (1 - brightness))
    lit = 1 / (1 + np.exp(-contrast * (_logits(floats / largest, edge) - middles + shift) - middles))
    lit_hwc: ImageHWC = np.rint(lit * largest).astype(image_hwc.dtype)
    return lit_hwc


def lighting(image: NDArray[Any], brightness: ArrayLike = 0.5, contrast: ArrayLike = 1.0) -> NDArray[Any]:
    """Brighter or darker, harder or softer, without clipping.

    x becomes sigmoid(contrast * (logit(x) + logit(brightness))). brightness lies between 0 and 1, 0.5 changes
    nothing; contrast is above 0, 1 changes nothing. image: one picture, or a batch (N, H, W, C) with one number for
    all or one a picture; uint8, or float in 0..1; gives the same kind.
    Source: fastai `brightness` and `contrast`, applied in that order; black and white are a little less far away here.
    """
    brightness, contrast = np.asarray(brightness, dtype=np.float64), np.asarray(contrast, dtype=np.float64)
    if brightness.ndim or contrast.ndim:
        pairs = np.broadcast_arrays(brightness, contrast)
        return np.stack([lighting(one, b, c) for one, b, c in zip(image, *pairs, strict=True)])
    if image.dtype == np.uint8:
        flat = image.reshape(image.shape[0], -1)  # OpenCV's table look-up is 2.5 times as fast as numpy's
        return np.asarray(opencv().LUT(flat, lighting_table(float(brightness), float(contrast)))).reshape(image.shape)
    return np.asarray(_lit(image, float(brightness), float(contrast)), dtype=image.dtype)


def lighting_table(brightness: float, contrast: float) -> NDArray[np.uint8]:
    """What each of the 256 values becomes."""
    lit = _lit(np.arange(256) / 255, brightness, contrast)
    return np.asarray(np.rint(lit * 255), dtype=np.uint8)


def _lit(x: NDArray[Any], brightness: float, contrast: float) -> NDArray[Any]:
    return _lit_logits(_logits(x), brightness, contrast)


def _lit_logits(logits: NDArray[Any], brightness: float, contrast: float) -> NDArray[Any]:
    return np.asarray(1 / (1 + np.exp(-contrast * (logits + math.log(brightness / (1 - brightness))))))


def _logits(x: NDArray[Any], edge: float = LOGIT_EDGE) -> NDArray[Any]:
    x = np.clip(x, edge, 1 - edge)
    return np.asarray(np.log(x / (1 - x)))


@cache
def _fine_logits() -> NDArray[np.float32]:
    """Of the values from 0 to 255 in steps of 1 / _STEPS."""
    return _logits(np.arange(255 * _STEPS + 1) / (255 * _STEPS)).astype(np.float32)


def _channel_groups(image_hwc: NDArray[Any]) -> list[NDArray[Any]]:
    """Fours, and what is left over: three together, two one by one."""
    channels = image_hwc.shape[2]
    fours = channels - channels % 4
    ends = [*range(4, fours + 1, 4), *([channels] if channels % 4 == 3 else range(fours + 1, channels + 1))]
    return np.split(image_hwc, ends[:-1], axis=2)
