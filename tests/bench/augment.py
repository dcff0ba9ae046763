"""A batch augmented by one composed resample, against the same operations one after another with torchvision v2.

Both sides begin with the picture as it is kept, draw parameters of their own for each picture, and end with a batch of
bytes. torchvision may use its threads inside the operations or over the pictures: the faster way counts.
"""

import math
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from studio.base.geometry import (
    Matrix,
    apply_to_points,
    compose,
    corners,
    flip_horizontal,
    identity,
    invert,
    rotate,
    symmetric_warp,
    zoom,
)
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.augment import Augment
from studio.engine.devices import usable_cores
from studio.imaging.warp import warp_image
from studio.runtime.preprocess import Preprocess

SIDE_PX, BATCH, REPEATS = 224, 32, 9
TRANSFORMS = (Resize(side_px=SIDE_PX), Flip(), Rotate(), Zoom(), Warp(), Lighting(), Normalise())
PREPROCESS = Preprocess(SIDE_PX, "crop")
SPOKES, CHART_PX, CHARTS = 72, 1200, 12
FINEST_PX, COARSEST_PX = 3.0, 6.0  # periods of the star's lines, in pixels of the model's picture


@dataclass(frozen=True)
class Parameters:
    """What happens to one picture, by the blocks' defaults; None or False for what does not happen."""

    is_flipped: bool
    degrees: float | None
    zoom: tuple[float, float, float] | None  # factor, and the place that stays where it is
    tilt: tuple[float, float] | None  # how much longer the top and the left edge become
    brightness: float | None
    contrast: float | None


def draw(random: np.random.Generator, share: float = 0.75) -> Parameters:
    turns, zooms, tilts, brightens, hardens = (random.random(5) < share).tolist()
    return Parameters(
        is_flipped=bool(random.random() < 0.5),
        degrees=random.uniform(-10, 10) if turns else None,
        zoom=(random.uniform(1, 1.1), random.random(), random.random()) if zooms else None,
        tilt=(random.uniform(-0.2, 0.2), random.uniform(-0.2, 0.2)) if tilts else None,
        brightness=random.uniform(0.8, 1.2) if brightens else None,
        contrast=random.uniform(0.8, 1.25) if hardens else None,
    )


def measure() -> tuple[dict[str, float], str | None]:
    threads = usable_cores()
    random = np.random.default_rng(0)
    width_px, height_px = PREPROCESS.cache_px * 4 // 3, PREPROCESS.cache_px
    pictures = [random.integers(0, 256, (height_px, width_px, 3), dtype=np.uint8) for _ in range(BATCH)]
    tensors = [torch.from_numpy(picture).permute(2, 0, 1).contiguous() for picture in pictures]
    augment = Augment(PREPROCESS, TRANSFORMS, seed=0)
    number = iter(range(10**9))

    def ours(pool: ThreadPoolExecutor) -> None:
        epoch = next(number)
        parts = pool.map(lambda start: _part(augment, pictures, start, epoch), range(0, BATCH, 8))
        np.concatenate(list(parts))

    def theirs_inside(_: ThreadPoolExecutor) -> None:
        torch.stack([one_after_another(tensor, draw(random)) for tensor in tensors])

    def theirs_over(pool: ThreadPoolExecutor) -> None:
        drawn = [draw(random) for _ in tensors]
        torch.stack(list(pool.map(one_after_another, tensors, drawn)))

    ratios, ours_ms, their_ms = [], [], []
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        for _ in range(REPEATS):
            mine = _seconds(ours, pool, 1)
            other = min(_seconds(theirs_inside, pool, threads), _seconds(theirs_over, pool, 1))
            ratios.append(other / mine)
            ours_ms.append(1000 * mine)
            their_ms.append(1000 * other)
    contrast, their_contrast = contrasts()
    return {
        "speedup_vs_torchvision": statistics.median(ratios),
        "batch_ms": statistics.median(ours_ms),
        "torchvision_batch_ms": statistics.median(their_ms),
        "contrast_kept": contrast,
        "torchvision_contrast_kept": their_contrast,
        "sharpness_vs_torchvision": contrast / their_contrast,
    }, None


def _seconds(make_batch: Callable[[ThreadPoolExecutor], None], pool: ThreadPoolExecutor, threads: int) -> float:
    """For one batch: the best of a few, so that what else the machine does just then counts less."""
    torch.set_num_threads(threads)
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        make_batch(pool)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _part(augment: Augment, pictures: list[NDArray[np.uint8]], start: int, epoch: int) -> NDArray[np.uint8]:
    return np.stack([augment(pictures[row], epoch, row) for row in range(start, start + 8)])


def one_after_another(picture_chw: Tensor, drawn: Parameters) -> Tensor:
    """With torchvision, in the order of our blocks."""
    bilinear = v2.InterpolationMode.BILINEAR
    picture = functional.resize(picture_chw, [SIDE_PX], antialias=True)
    picture = functional.center_crop(picture, [SIDE_PX, SIDE_PX])
    if drawn.is_flipped:
        picture = functional.horizontal_flip(picture)
    if drawn.degrees is not None:
        picture = functional.rotate(picture, -drawn.degrees, interpolation=bilinear)
    if drawn.zoom is not None:
        factor, x, y = drawn.zoom
        away = [(1 - factor) * (share - 0.5) * SIDE_PX for share in (x, y)]
        picture = functional.affine(picture, 0, away, factor, [0, 0], interpolation=bilinear)
    if drawn.tilt is not None:
        seen = apply_to_points(invert(tilted(drawn)), corners((SIDE_PX, SIDE_PX)))
        picture = functional.perspective(
            picture, seen.tolist(), corners((SIDE_PX, SIDE_PX)).tolist(), interpolation=bilinear
        )
    if drawn.brightness is not None:
        picture = functional.adjust_brightness(picture, drawn.brightness)
    if drawn.contrast is not None:
        picture = functional.adjust_contrast(picture, drawn.contrast)
    return picture


def tilted(drawn: Parameters) -> Matrix:
    y, x = drawn.tilt or (0, 0)
    return symmetric_warp((SIDE_PX, SIDE_PX), top=y, bottom=-y, left=x, right=-x)


def at_once(picture_hwc: NDArray[np.uint8], drawn: Parameters) -> NDArray[np.uint8]:
    """The same geometry with our one resample."""
    return warp_image(picture_hwc, homography(picture_hwc, drawn), (SIDE_PX, SIDE_PX), border=PREPROCESS.border)


def homography(picture_hwc: NDArray[np.uint8], drawn: Parameters) -> Matrix:
    size_wh, centre = (SIDE_PX, SIDE_PX), (SIDE_PX / 2, SIDE_PX / 2)
    return compose(
        PREPROCESS.base_homography(picture_hwc.shape[1], picture_hwc.shape[0]),
        flip_horizontal(SIDE_PX) if drawn.is_flipped else identity(),
        rotate(drawn.degrees or 0, about=centre),
        zoom(drawn.zoom[0], size_wh, focus=drawn.zoom[1:]) if drawn.zoom else identity(),
        tilted(drawn),
    )


def contrasts() -> tuple[float, float]:
    """How much of a Siemens star's contrast is left in its fine rings, by our resample and by torchvision: 1 is all.

    Against what a perfect sampler would show, so that what only looks sharp (aliasing) does not count.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "star.png"
        Image.fromarray(star(CHART_PX)).save(path)
        kept = PREPROCESS.read(path)
    tensor = torch.from_numpy(kept).permute(2, 0, 1)
    random, ours, theirs = np.random.default_rng(0), [], []
    for _ in range(CHARTS):
        drawn = draw(random, share=1.0)
        drawn = Parameters(drawn.is_flipped, drawn.degrees, drawn.zoom, drawn.tilt, None, None)
        ideal, is_fine = _ideal(homography(kept, drawn), kept.shape[0])
        ours.append(_slope(at_once(kept, drawn)[..., 0][is_fine], ideal[is_fine]))
        theirs.append(_slope(one_after_another(tensor, drawn)[0].numpy()[is_fine], ideal[is_fine]))
    return statistics.median(ours), statistics.median(theirs)


def star(side_px: int) -> NDArray[np.uint8]:
    """Lines that run to the middle, finer and finer, brightness as a sine: (side, side, 3)."""
    y, x = np.mgrid[:side_px, :side_px] + 0.5 - side_px / 2
    return np.rint(255 * _brightness(x, y)).astype(np.uint8)[..., None].repeat(3, axis=2)


def _brightness(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 + 0.5 * np.sin(SPOKES * np.arctan2(y, x)))


def _ideal(matrix: Matrix, kept_px: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The star at each pixel's centre, 0..255, and where its lines are as fine as they are looked at here."""
    rows, columns = np.mgrid[:SIDE_PX, :SIDE_PX] + 0.5
    seen = apply_to_points(invert(matrix), np.stack([columns.ravel(), rows.ravel()], axis=1)) - kept_px / 2
    x, y = (axis.reshape(SIDE_PX, SIDE_PX) for axis in seen.T)
    period_px = 2 * math.pi * np.hypot(x, y) / SPOKES * SIDE_PX / kept_px
    return 255 * _brightness(x, y), (period_px > FINEST_PX) & (period_px < COARSEST_PX)


def _slope(values: NDArray[np.uint8], ideal: NDArray[np.float64]) -> float:
    """The part of the ideal contrast that is there, in phase."""
    centred = ideal - ideal.mean()
    return float((values * centred).sum() / (centred * ideal).sum())
