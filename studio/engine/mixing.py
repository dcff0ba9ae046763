"""Two pictures in one, and their labels in the same shares: mixup and CutMix. No torch.

Each picture of a batch is mixed with the one after it: batches are in random order, so that is anybody.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from studio.base.targets import Numbers, Tags, Target, class_names_in
from studio.imaging.pixels import ImageHWC


@dataclass(frozen=True)
class Blend:
    """The other picture shines through: `own_share` of the first one, 0.5 to 1.

    Source: Zhang et al. 2018, "mixup: Beyond empirical risk minimization".
    """

    own_share: float


@dataclass(frozen=True)
class Patch:
    """A piece of the other picture is pasted in: its sides as a share of the picture's, its centre in shares of both.

    Source: Yun et al. 2019, "CutMix: Regularization strategy to train strong classifiers with localizable features".
    """

    side_share: float
    x: float
    y: float


Mixing = Blend | Patch


def draw_blend(random: Generator, alpha: float) -> Blend:
    """Shares from Beta(alpha, alpha), the larger one to the first picture, as fastai draws them for each picture."""
    share = float(random.beta(alpha, alpha))
    return Blend(max(share, 1 - share))


def draw_patch(random: Generator, alpha: float) -> Patch:
    """The area that stays from Beta(alpha, alpha), the piece's centre anywhere."""
    share, x, y = random.beta(alpha, alpha), random.random(), random.random()
    return Patch(math.sqrt(1 - share), float(x), float(y))


@dataclass(frozen=True)
class BatchMixer:
    """Mixes the pictures of a training batch. `mixings` draws for (rows, epoch); `mixable` gives a batch's targets as
    numbers that can be blended, (N, ...)."""

    mixings: Callable[[Sequence[int], int], list[Mixing]]
    mixable: Callable[[Any], NDArray[np.float32]]

    def __call__(
        self, images_nhwc: NDArray[Any], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """The mixed pictures, and their targets in the same shares."""
        mixed, shares = mix(images_nhwc, np.roll(images_nhwc, -1, axis=0), self.mixings(rows, epoch))
        return mixed, self._mix_targets(targets, shares)

    def later(
        self, size_wh: tuple[int, int], targets: Any, rows: Sequence[int], epoch: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For pictures of this size that are not there yet: how they are to be mixed, (N, 5) as `areas` has it, and
        the mixed targets."""
        areas_n5, shares = areas(self.mixings(rows, epoch), size_wh)
        return areas_n5, self._mix_targets(targets, shares)

    def _mix_targets(self, targets: Any, shares: NDArray[np.float32]) -> NDArray[np.float32]:
        numbers = self.mixable(targets)
        return mix_targets(numbers, np.roll(numbers, -1, axis=0), shares)


def mix(
    images_nhwc: NDArray[Any], others_nhwc: NDArray[Any], mixings: Sequence[Mixing]
) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Each picture mixed with its other one, and the share of itself that it keeps, (N,) from 0 to 1."""
    mixed = np.empty_like(images_nhwc)
    shares = np.empty(len(mixings), dtype=np.float32)
    for place, mixing in enumerate(mixings):
        mixed[place], shares[place] = _mix_two(images_nhwc[place], others_nhwc[place], mixing)
    return mixed, shares


def areas(mixings: Sequence[Mixing], size_wh: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What `mix` does, as numbers: (N, 5), the picture's own share of each pixel, and left, top, right and bottom of
    the piece in which all is the other's. And the share of itself that each picture keeps, (N,)."""
    numbers, shares = np.zeros((len(mixings), 5), dtype=np.float32), np.empty(len(mixings), dtype=np.float32)
    for place, mixing in enumerate(mixings):
        if isinstance(mixing, Blend):
            numbers[place, 0] = shares[place] = mixing.own_share
        else:
            numbers[place, 0], numbers[place, 1:] = 1, _piece(mixing, size_wh)
            shares[place] = _left_over(mixing, size_wh)
    return numbers, shares


def mix_targets(
    targets_nk: NDArray[np.float32], others_nk: NDArray[np.float32], shares: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Numbers, or shares of classes, in the shares of the pictures."""
    own = shares[:, None]
    return np.asarray(own * targets_nk + (1 - own) * others_nk, dtype=np.float32)


def mixed_target(target: Target | None, other: Target | None, share: float) -> Target | None:
    """What the mixed picture shows, to be looked at: the classes of both, or numbers in their shares."""
    if isinstance(target, Numbers) and isinstance(other, Numbers):
        pairs = zip(target.values, other.values, strict=True)
        return Numbers(tuple(share * own + (1 - share) * theirs for own, theirs in pairs))
    if share == 1 or target == other:
        return target
    return Tags(tuple(dict.fromkeys((*class_names_in(target), *class_names_in(other)))))


def _mix_two(image_hwc: ImageHWC, other_hwc: ImageHWC, mixing: Mixing) -> tuple[ImageHWC, float]:
    if isinstance(mixing, Blend):
        blended = mixing.own_share * image_hwc.astype(np.float32) + (1 - mixing.own_share) * other_hwc
        rounded: NDArray[Any] = np.rint(blended).astype(image_hwc.dtype)
        return rounded, mixing.own_share
    size_wh = image_hwc.shape[1], image_hwc.shape[0]
    left, top, right, bottom = _piece(mixing, size_wh)
    patched = image_hwc.copy()
    patched[top:bottom, left:right] = other_hwc[top:bottom, left:right]
    return patched, _left_over(mixing, size_wh)


def _piece(patch: Patch, size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom."""
    left, right = _span(patch.x, patch.side_share, size_wh[0])
    top, bottom = _span(patch.y, patch.side_share, size_wh[1])
    return left, top, right, bottom


def _left_over(patch: Patch, size_wh: tuple[int, int]) -> float:
    left, top, right, bottom = _piece(patch, size_wh)
    return 1 - (bottom - top) * (right - left) / (size_wh[0] * size_wh[1])


def _span(centre: float, share: float, length_px: int) -> tuple[int, int]:
    """From where to where, cut at the edges: the share that counts is that of the area that is there."""
    start, end = (centre - share / 2) * length_px, (centre + share / 2) * length_px
    return max(0, round(start)), min(length_px, round(end))
