"""How a picture becomes numbers for a model: the two steps that training, validation, live view and web app take."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import FitMethod, Matrix, fit
from studio.base.wording import count_words
from studio.imaging.channels import MOST_CHANNELS
from studio.imaging.decode import read_sized
from studio.imaging.pixels import ImageHWC, Mode, eight_bits, resized, sixteen_bits
from studio.imaging.planes import look_up
from studio.imaging.refusal import refuse
from studio.imaging.warp import Border, warp_and_light, warp_and_light_each, warp_image

CACHE_MARGIN = 1.15  # the room that training's crops and zooms need; more would only cost disk
LARGEST_MARGIN = 2  # bilinear sampling of what is shrunk by more than this would alias
LONGEST_SHAPE = 8  # a panorama is kept up to this many times as long as it is high


ReadAs = Literal["colour", "grey", "stored"]

_MODES: dict[ReadAs, Mode] = {"colour": "rgb", "grey": "gray", "stored": "native"}


@dataclass(frozen=True)
class Preprocess:
    """From a picture to the model's values: `read` decodes it a little larger, `place` samples it once.

    side_px: the width that the model sees, and the height too where `height_px` is None, as in every square.
    mean, std: one per channel, of values in 0..1.  margin: how many times larger pictures are kept.
    read_as: "colour" makes three channels of 8 bits of every picture and "grey" one; "stored" takes pictures of just
    `channels` channels as they are, brought to `depth_bits`, 8 or 16.
    """

    side_px: int
    method: FitMethod
    channels: int = 3
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    height_px: int | None = None
    margin: float = CACHE_MARGIN
    read_as: ReadAs = "colour"
    depth_bits: int = 8

    def __post_init__(self) -> None:
        if min(self.size_wh) < 1:
            raise ValueError(f"the sides are at least 1 px, not {self.size_wh}")
        if not 1 <= self.margin <= LARGEST_MARGIN:
            raise ValueError(f"pictures are kept 1 to {LARGEST_MARGIN} times larger, not {self.margin}")
        if self.read_as != "stored" and (self.channels, self.depth_bits) != (3 if self.read_as == "colour" else 1, 8):
            raise ValueError(f"no {self.read_as} has {self.channels} channels of {self.depth_bits} bits")
        if not 1 <= self.channels <= MOST_CHANNELS or self.depth_bits not in (8, 16):
            raise ValueError(f"{self.channels} channels of {self.depth_bits} bits are not read")
        if not len(self.mean) == len(self.std) == self.channels:
            raise ValueError(f"mean and std need {self.channels} numbers each")
        if not all(math.isfinite(m) and math.isfinite(s) and s > 0 for m, s in zip(self.mean, self.std, strict=True)):
            raise ValueError("mean and std must be finite, and std above 0")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height that the model sees."""
        return self.side_px, self.side_px if self.height_px is None else self.height_px

    @property
    def cache_wh(self) -> tuple[int, int]:
        """Width and height for which pictures are kept: even numbers, a little more than the model sees."""
        width_px, height_px = (2 * math.ceil(side_px * self.margin / 2) for side_px in self.size_wh)
        return width_px, height_px

    @property
    def cache_px(self) -> int:
        """The longer side of `cache_wh`."""
        return max(self.cache_wh)

    @property
    def border(self) -> Border:
        """What lies outside a picture: black where a border was asked for, otherwise its mirror image."""
        return "constant" if self.method == "pad" else "reflect"

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """Of pictures before they are normalised."""
        return np.uint8 if self.depth_bits == 8 else np.uint16

    def read(self, path: Path) -> ImageHWC:
        """Step 1: the picture, upright and shrunk with antialiasing, (height, width, channels). Never enlarged here.

        "crop" keeps just what covers `cache_wh` and "pad" what fits into it; "squish" brings each side down by itself,
        because step 2 could not squeeze a wide picture without aliasing. Raises UserError as `read_image` does, and
        for a picture with another number of channels where they are taken as stored.
        """
        return self.read_sized(path)[0]

    def read_sized(self, path: Path) -> tuple[ImageHWC, tuple[int, int]]:
        """The same, and the width and height that the upright picture has in its file."""
        mode = _MODES[self.read_as]
        if self.method == "pad":
            image_hwc, own_wh = read_sized(path, max_side_px=self.cache_px, mode=mode)
        else:
            longest_px = self.cache_px * LONGEST_SHAPE
            image_hwc, own_wh = read_sized(path, min_side_px=self.cache_px, max_side_px=longest_px, mode=mode)
        if self.read_as == "stored":
            image_hwc = self._in_kind(image_hwc, path)
        return resized(image_hwc, self._kept_wh(image_hwc.shape[1], image_hwc.shape[0])), own_wh

    def base_homography(self, width_px: int, height_px: int) -> Matrix:
        """The matrix from a picture of this size, as `read` gives it, to the model's picture, without randomness."""
        return fit((width_px, height_px), self.size_wh, self.method)

    def place(self, image_hwc: ImageHWC, homography_33: Matrix | None = None) -> ImageHWC:
        """Step 2: the model's picture, (height, width, channels), sampled once; training passes its own matrix."""
        if homography_33 is None:
            homography_33 = self.base_homography(image_hwc.shape[1], image_hwc.shape[0])
        return warp_image(image_hwc, homography_33, self.size_wh, border=self.border)

    def place_in_light(
        self, image_hwc: ImageHWC, homography_33: Matrix, brightness: float = 0.5, contrast: float = 1.0
    ) -> ImageHWC:
        """Step 2 in another light, as `studio.imaging.warp` has it; 0.5 and 1 change nothing. Of pictures as stored,
        each channel by itself."""
        sample = warp_and_light_each if self.read_as == "stored" else warp_and_light
        return sample(
            image_hwc, homography_33, self.size_wh, border=self.border, brightness=brightness, contrast=contrast
        )

    def normalise(self, batch_nhwc: NDArray[Any]) -> NDArray[np.float32]:
        """The batch in the model's units, float32 (N, channels, height, width): (x / 255 - mean) / std, or x / 65535
        of 16 bits."""
        count, height_px, width_px, channels = batch_nhwc.shape
        batch = np.empty((count, channels, height_px, width_px), dtype=np.float32)
        for image_hwc, planes_chw in zip(batch_nhwc, batch, strict=True):
            self.normalise_into(planes_chw, image_hwc)
        return batch

    def normalise_into(self, planes_chw: NDArray[np.float32], image_hwc: ImageHWC) -> None:
        """The same for one picture, into its place in a batch."""
        look_up(image_hwc, self._tables, planes_chw)

    @cached_property
    def _tables(self) -> NDArray[np.float32]:
        """What each value becomes, (channels, 256) or (channels, 65536)."""
        std, largest = np.asarray(self.std, dtype=np.float32), np.iinfo(self.dtype).max
        scale = np.float32(1 / largest) / std
        shift = np.asarray(self.mean, dtype=np.float32) / std
        table: NDArray[np.float32] = np.arange(largest + 1, dtype=np.float32) * scale[:, None] - shift[:, None]
        return table

    def __call__(self, path: Path) -> NDArray[np.float32]:
        """Both steps for one file: a batch of one, float32 (1, channels, height, width)."""
        return self.normalise(self.place(self.read(path))[None])

    def _in_kind(self, image_hwc: ImageHWC, path: Path) -> ImageHWC:
        found = image_hwc.shape[2]
        if found != self.channels:
            raise refuse(
                path,
                f"has {count_words(found, 'channel')}, and the others have {self.channels}",
                "Leave it out, save it as the others are, or let the block 'Channels' make colours or greys of all.",
            )
        return eight_bits(image_hwc) if self.depth_bits == 8 else sixteen_bits(image_hwc)

    def _kept_wh(self, width_px: int, height_px: int) -> tuple[int, int]:
        """What a picture of this size is shrunk to; more than read_image does only where the two shapes differ."""
        ratios = self.cache_wh[0] / width_px, self.cache_wh[1] / height_px
        if self.method == "squish":
            return min(width_px, self.cache_wh[0]), min(height_px, self.cache_wh[1])
        factor = min(1.0, max(ratios) if self.method == "crop" else min(ratios))
        return max(1, round(width_px * factor)), max(1, round(height_px * factor))
