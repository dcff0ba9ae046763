"""A training picture and its label as the model gets them: what chance drew, done in one resample.

No torch here: the window's preview takes the same steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import Matrix
from studio.base.targets import Skeleton, Target
from studio.blocks.block import Block
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.mixup import Mixup
from studio.engine.chance import generator
from studio.engine.change import Change, draw_all
from studio.engine.holes import erase
from studio.engine.mixing import Mixing
from studio.engine.moving import NO_SKELETON, Move, move, move_mask
from studio.imaging.pixels import ImageHWC
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

__all__ = ["Augment", "Change", "Placed", "Seen", "draw_all"]


@dataclass(frozen=True)
class Seen:
    """A picture as `Preprocess.read` gives it, with its label in pixels of the upright original.

    original_wh: the original's size.  mask_hw: class places, uint8, of the same size as `image_hwc`.
    """

    image_hwc: ImageHWC
    original_wh: tuple[int, int]
    target: Target | None = None
    mask_hw: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Placed:
    """The model's picture with its label, which has been moved with it: in the model's pixels, masks too.

    view: how it lies in the upright original. drawn: what is to be done to a picture that is
    still as it is kept.
    """

    image_hwc: ImageHWC
    target: Target | None = None
    mask_hw: NDArray[np.uint8] | None = None
    view: View | None = field(default=None, compare=False)
    drawn: "Drawn | None" = field(default=None, compare=False)

    def without_picture(self) -> "Placed":
        """The label alone: what is kept of a picture whose pixels are in their batch already."""
        return replace(self, image_hwc=_NO_PICTURE)


@dataclass(frozen=True)
class Drawn:
    """A change, and the one matrix from the picture as it is kept to the model's picture."""

    change: Change
    matrix: Matrix


_NO_PICTURE = np.empty((0, 0, 3), dtype=np.uint8)


@dataclass(frozen=True)
class Augment:
    """Makes the model's picture from one as `Preprocess.read` gives it, as chance has it.

    samples: whether here; otherwise pictures stay as they are kept, and whoever has the batch samples them.
    """

    preprocess: Preprocess
    transforms: tuple[Block, ...]
    seed: int
    skeleton: Skeleton = NO_SKELETON
    samples: bool = True

    def change(self, epoch: int, row: int) -> Change:
        """The same for the same seed, epoch and row, whatever was drawn before."""
        return draw_all(self.transforms, generator(self.seed, epoch, row), self.preprocess.size_wh)

    def __call__(self, image_hwc: ImageHWC, epoch: int, row: int) -> ImageHWC:
        """The model's picture alone, (height, width, channels), not mixed with another yet."""
        change = self.change(epoch, row)
        return self._shown(
            image_hwc, change, change.homography(self.preprocess, image_hwc.shape[1], image_hwc.shape[0])
        )

    def place(self, seen: Seen, epoch: int, row: int) -> Placed:
        """The model's picture and its label, as chance has both; without transforms, as validation has them."""
        change, size_wh = self.change(epoch, row), self.preprocess.size_wh
        kept_wh = seen.image_hwc.shape[1], seen.image_hwc.shape[0]
        matrix = change.homography(self.preprocess, *kept_wh)
        view = View.of(seen.original_wh, kept_wh, matrix)
        how = Move(view.matrix, size_wh, self.skeleton)
        return Placed(
            self._shown(seen.image_hwc, change, matrix) if self.samples else seen.image_hwc,
            None if seen.target is None else move(seen.target, how),
            None if seen.mask_hw is None else move_mask(seen.mask_hw, matrix, size_wh, self.preprocess.border),
            view,
            None if self.samples else Drawn(change, matrix),
        )

    @property
    def mixes(self) -> bool:
        """Whether its pictures are to be mixed with each other."""
        return any(isinstance(block, Mixup | CutMix) for block in self.transforms)

    def mixings(self, rows: Sequence[int], epoch: int) -> list[Mixing]:
        """How the pictures of these rows are mixed with others, as chance has it."""
        return [mixing for row in rows if (mixing := self.change(epoch, row).mixing) is not None]

    def _shown(self, image_hwc: ImageHWC, change: Change, matrix: Matrix) -> ImageHWC:
        shown = self.preprocess.place_in_light(image_hwc, matrix, change.brightness, change.contrast)
        return erase(shown, change.holes) if change.holes else shown
