"""One resample for all geometry, and one pass for light."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.base.geometry import Matrix, compose, translate
from studio.imaging.opencv import opencv

Border = Literal["reflect", "replicate", "constant"]
Interpolation = Literal["linear", "nearest"]

_LOGIT_EDGE = 1e-7  # black and white lie at infinity otherwise


def warp_image(
    image_hwc: NDArray[Any],
    homography_33: Matrix,
    target_wh: tuple[int, int],
    *,
    border: Border = "reflect",
    interpolation: Interpolation = "linear",
) -> NDArray[Any]:
    """The picture moved by a matrix from source to target pixels (see studio.base.geometry), sampled once.

    image_hwc: (H, W) or (H, W, 1..16), uint8, uint16 or float32; gives the same kind. Masks take "nearest".
    Outside the source: "reflect" mirrors at the edge, with the edge pixel twice, as `grid_sample` does without
    align_corners; "replicate" repeats it; "constant" is 0. Shrinking by more than about 2 aliases: decode smaller
    first. Sides up to 32766 px (OpenCV's limit).
    """
    cv2 = opencv()
    # OpenCV puts the centre of the first pixel at 0, geometry at 0.5.
    matrix = compose(translate(0.5, 0.5), homography_33, translate(-0.5, -0.5))
    warped: NDArray[Any] = cv2.warpPerspective(
        image_hwc,
        matrix,
        target_wh,
        flags=cv2.INTER_NEAREST if interpolation == "nearest" else cv2.INTER_LINEAR,
        borderMode={
            "reflect": cv2.BORDER_REFLECT,
            "replicate": cv2.BORDER_REPLICATE,
            "constant": cv2.BORDER_CONSTANT,
        }[border],
    )
    return warped if warped.ndim == image_hwc.ndim else warped[..., None]  # OpenCV drops a single channel


def lighting(image: NDArray[Any], brightness: ArrayLike = 0.5, contrast: ArrayLike = 1.0) -> NDArray[Any]:
    """Brighter or darker, harder or softer, without clipping.

    x becomes sigmoid(contrast * (logit(x) + logit(brightness))). brightness lies between 0 and 1, 0.5 changes
    nothing; contrast is above 0, 1 changes nothing. image: one picture, or a batch (N, H, W, C) with one number for
    all or one a picture; uint8, or float in 0..1; gives the same kind.
    Source: fastai `brightness` and `contrast`, applied in that order.
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
    x = np.clip(x, _LOGIT_EDGE, 1 - _LOGIT_EDGE)
    logit = contrast * (np.log(x / (1 - x)) + np.log(brightness / (1 - brightness)))
    return np.asarray(1 / (1 + np.exp(-logit)))
