"""Rectangles of noise over a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from studio.imaging.pixels import ImageHWC

NARROWEST = 0.3  # a hole's shape, from so narrow to so flat


@dataclass(frozen=True)
class Hole:
    """Its sides and its place in shares of the picture, and what its noise is drawn from."""

    width: float
    height: float
    x: float
    y: float
    noise: int


def draw_holes(random: Generator, max_share: float, most: int) -> tuple[Hole, ...]:
    """One to `most` holes, which cover no more than `max_share` of the area together.

    Source: Zhong et al. 2020, "Random erasing data augmentation", with the ranges of fastai 2 `RandomErasing`.
    """
    count = int(random.integers(1, most + 1))
    holes = []
    for _ in range(count):
        area, shape = random.uniform(0, max_share) / count, math.exp(random.uniform(*_SHAPES))
        width, height = min(1.0, math.sqrt(area * shape)), min(1.0, math.sqrt(area / shape))
        x, y = random.random(), random.random()
        holes.append(Hole(width, height, x, y, int(random.integers(2**63))))
    return tuple(holes)


_SHAPES = math.log(NARROWEST), -math.log(NARROWEST)


def erase(image_hwc: ImageHWC, holes: Sequence[Hole]) -> ImageHWC:
    """A copy with the holes covered by noise, each value equally likely; of 16 bits, each up to the brightest that the
    picture has, which may be far below the largest. The label stays: it must do with the rest."""
    erased = image_hwc.copy()
    values = 256 if image_hwc.dtype == np.uint8 else int(image_hwc.max()) + 1
    for hole in holes:
        rows, columns = (
            _span(hole.y, hole.height, image_hwc.shape[0]),
            _span(hole.x, hole.width, image_hwc.shape[1]),
        )
        random = Generator(Philox(key=hole.noise))
        erased[rows, columns] = random.integers(0, values, erased[rows, columns].shape, dtype=erased.dtype)
    return erased


def noise_over(size_wh: tuple[int, int], channels: int, holes: Sequence[Hole]) -> NDArray[np.uint8]:
    """What `erase` covers a picture of this size with, (height, width, channels + 1): the last one is 1 where there is
    a hole, and 0 elsewhere, as all of it is there."""
    covered = np.zeros((size_wh[1], size_wh[0], channels + 1), dtype=np.uint8)
    covered[..., :channels] = erase(covered[..., :channels], holes)
    for hole in holes:
        covered[_span(hole.y, hole.height, size_wh[1]), _span(hole.x, hole.width, size_wh[0]), channels] = 1
    return covered


def _span(place: float, share: float, length_px: int) -> slice:
    covered_px = round(share * length_px)
    start_px = round(place * (length_px - covered_px))
    return slice(start_px, start_px + covered_px)
