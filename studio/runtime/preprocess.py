"""How a picture becomes numbers for a model: the two steps that training, validation, live view and web app take."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.base.geometry import FitMethod, Matrix, fit
from studio.imaging.decode import read_image
from studio.imaging.warp import Border, warp_image

CACHE_MARGIN = 1.15  # the room that training's crops and zooms need; more would only cost disk
LONGEST_SHAPE = 8  # a panorama is kept up to this many times as long as it is high


@dataclass(frozen=True)
class Preprocess:
    """From a picture to `side_px` x `side_px` values: `read` decodes it a little larger, `place` samples it once.

    mean, std: one per channel, of values in 0..1.
    """

    side_px: int
    method: FitMethod
    channels: int = 3
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if self.side_px < 1:
            raise ValueError(f"the side is at least 1 px, not {self.side_px}")
        if self.channels != 3:
            raise ValueError(f"pictures have 3 channels, not {self.channels}")
        if not len(self.mean) == len(self.std) == self.channels:
            raise ValueError(f"mean and std need {self.channels} numbers each")
        if not all(math.isfinite(m) and math.isfinite(s) and s > 0 for m, s in zip(self.mean, self.std, strict=True)):
            raise ValueError("mean and std must be finite, and std above 0")

    @property
    def cache_px(self) -> int:
        """The side at which pictures are kept: an even number, a little more than the model sees."""
        return 2 * math.ceil(self.side_px * CACHE_MARGIN / 2)

    @property
    def border(self) -> Border:
        """What lies outside a picture: black where a border was asked for, otherwise its mirror image."""
        return "constant" if self.method == "pad" else "reflect"

    def read(self, path: Path) -> NDArray[np.uint8]:
        """Step 1: the picture, upright and shrunk with antialiasing, (height, width, 3). Never enlarged here.

        "crop" brings the shorter side to `cache_px` and "pad" the longer one; "squish" each side by itself, because
        step 2 could not squeeze a wide picture without aliasing. Raises UserError as `read_image` does.
        """
        if self.method == "pad":
            return read_image(path, max_side_px=self.cache_px)
        image_hwc = read_image(path, min_side_px=self.cache_px, max_side_px=self.cache_px * LONGEST_SHAPE)
        return _squeezed(image_hwc, self.cache_px) if self.method == "squish" else image_hwc

    def base_homography(self, width_px: int, height_px: int) -> Matrix:
        """The matrix from a picture of this size, as `read` gives it, to the model's square, without randomness."""
        return fit((width_px, height_px), (self.side_px, self.side_px), self.method)

    def place(self, image_hwc: NDArray[np.uint8], homography_33: Matrix | None = None) -> NDArray[np.uint8]:
        """Step 2: the model's square, (side, side, 3), sampled once; training passes its own matrix."""
        if homography_33 is None:
            homography_33 = self.base_homography(image_hwc.shape[1], image_hwc.shape[0])
        return warp_image(image_hwc, homography_33, (self.side_px, self.side_px), border=self.border)

    def normalise(self, batch_nhwc: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The batch in the model's units, float32 (N, 3, side, side): (x / 255 - mean) / std."""
        std = np.asarray(self.std, dtype=np.float32)
        scale = np.float32(1 / 255) / std
        shift = np.asarray(self.mean, dtype=np.float32) / std
        batch = np.empty((len(batch_nhwc), self.channels, *batch_nhwc.shape[1:3]), dtype=np.float32)
        np.multiply(batch_nhwc.transpose(0, 3, 1, 2), scale[:, None, None], out=batch)
        batch -= shift[:, None, None]
        return batch

    def __call__(self, path: Path) -> NDArray[np.float32]:
        """Both steps for one file: a batch of one, float32 (1, 3, side, side)."""
        return self.normalise(self.place(self.read(path))[None])


def _squeezed(image_hwc: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """Each side at most `side_px`, with antialiasing. Resizing is separable: only the long side still changes."""
    height_px, width_px = image_hwc.shape[:2]
    size_wh = min(width_px, side_px), min(height_px, side_px)
    if size_wh == (width_px, height_px):
        return image_hwc
    return np.array(Image.fromarray(image_hwc).resize(size_wh, Image.Resampling.BILINEAR, reducing_gap=3.0))
