"""What chance does to a training picture: one matrix and one change of light, drawn from (seed, epoch, row).

No torch here: the window's preview takes the same steps. A transform block has exactly one `draw`.
Source of the draws: fastai 2 `aug_transforms`, each picture by itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from studio.base.errors import Bug
from studio.base.geometry import DIHEDRAL_COUNT, Matrix, compose, dihedral, flip_horizontal, identity, rotate, zoom
from studio.blocks.block import Block
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.zoom import Zoom
from studio.engine.chance import generator
from studio.imaging.warp import lighting_table
from studio.runtime.preprocess import Preprocess


@dataclass(frozen=True)
class Change:
    """What happens to one picture. `matrix` moves the model's square onto itself; 0.5 and 1 leave the light alone."""

    matrix: Matrix = field(default_factory=identity)
    brightness: float = 0.5
    contrast: float = 1.0


@singledispatch
def draw(block: Block, random: Generator, side_px: int) -> Change:
    """One picture's change by one block. Takes the same number of draws whatever comes out."""
    raise Bug(f"{type(block).__name__} has no draw")


@draw.register
def _(block: Resize, random: Generator, side_px: int) -> Change:
    return Change()


@draw.register
def _(block: Normalise, random: Generator, side_px: int) -> Change:
    return Change()


@draw.register
def _(block: Flip, random: Generator, side_px: int) -> Change:
    """Half of the pictures; "all" then takes one of the eight ways, the unchanged one among them."""
    is_flipped, k = random.random() < 0.5, int(random.integers(DIHEDRAL_COUNT))
    if not is_flipped:
        return Change()
    if block.sides == "horizontal":
        return Change(flip_horizontal(side_px))
    return Change(dihedral(k, (side_px, side_px)))


@draw.register
def _(block: Rotate, random: Generator, side_px: int) -> Change:
    """An angle, all equally likely."""
    is_turned, degrees = random.random() < block.probability, random.uniform(-block.max_degrees, block.max_degrees)
    return Change(rotate(degrees, about=(side_px / 2, side_px / 2)) if is_turned else identity())


@draw.register
def _(block: Zoom, random: Generator, side_px: int) -> Change:
    """A factor and a place that stays where it is, all equally likely."""
    is_zoomed, factor = random.random() < block.probability, random.uniform(1, block.max_factor)
    x, y = random.random(), random.random()
    return Change(zoom(factor, (side_px, side_px), focus=(x, y)) if is_zoomed else identity())


@draw.register
def _(block: Lighting, random: Generator, side_px: int) -> Change:
    """Brightness around one half, contrast as likely stronger as weaker, each with its own chance."""
    brightens, hardens = random.random() < block.probability, random.random() < block.probability
    brightness = random.uniform(0.5 * (1 - block.max_change), 0.5 * (1 + block.max_change))
    strongest = -math.log1p(-block.max_change)
    contrast = math.exp(random.uniform(-strongest, strongest))
    return Change(brightness=brightness if brightens else 0.5, contrast=contrast if hardens else 1.0)


def draw_all(transforms: Sequence[Block], random: Generator, side_px: int) -> Change:
    """All blocks' changes in one, the first block first; light comes after geometry, so its order does not matter."""
    changes = [draw(block, random, side_px) for block in transforms]
    light = [change for change in changes if change.brightness != 0.5 or change.contrast != 1.0]
    return Change(
        compose(*(change.matrix for change in changes)),
        light[0].brightness if light else 0.5,
        light[0].contrast if light else 1.0,
    )


@dataclass(frozen=True)
class Augment:
    """Makes the model's square from a picture as `Preprocess.read` gives it, as chance has it."""

    preprocess: Preprocess
    transforms: tuple[Block, ...]
    seed: int

    def __call__(self, image_hwc: NDArray[np.uint8], epoch: int, row: int) -> NDArray[np.uint8]:
        """(side, side, 3). The same for the same seed, epoch and row, whatever was made before."""
        change = draw_all(self.transforms, generator(self.seed, epoch, row), self.preprocess.side_px)
        base = self.preprocess.base_homography(image_hwc.shape[1], image_hwc.shape[0])
        square = self.preprocess.place(image_hwc, compose(base, change.matrix))
        if change.brightness == 0.5 and change.contrast == 1.0:
            return square
        return np.take(lighting_table(change.brightness, change.contrast), square)
