"""What chance makes of the transforms for one picture: numbers only, nothing is sampled yet.

A transform block has exactly one `draw`.
Source of the draws: fastai 2 `aug_transforms`, each picture by itself.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch

from numpy.random import Generator

from studio.base.errors import Bug
from studio.base.geometry import (
    DIHEDRAL_COUNT,
    Matrix,
    SizeWH,
    compose,
    dihedral,
    dihedral_size,
    fit,
    flip_horizontal,
    identity,
    rotate,
    symmetric_warp,
    zoom,
)
from studio.blocks.block import Block
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.erase import Erase
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.chance import branch
from studio.engine.holes import Hole, draw_holes
from studio.engine.mixing import Mixing, draw_blend, draw_patch
from studio.engine.part import Part
from studio.runtime.preprocess import Preprocess


@dataclass(frozen=True)
class Change:
    """What happens to one picture.

    `part` of it is shown, or all where it is None; `matrix` then moves the model's picture onto itself. Whoever samples
    takes `homography`, which holds both, and never `matrix` alone. 0.5 and 1 leave the light alone. `holes` are
    covered last; `mixing` waits for another picture.
    """

    matrix: Matrix = field(default_factory=identity)
    brightness: float = 0.5
    contrast: float = 1.0
    part: Part | None = None
    holes: tuple[Hole, ...] = ()
    mixing: Mixing | None = None

    def homography(self, preprocess: Preprocess, width_px: int, height_px: int) -> Matrix:
        """The one matrix from a picture of this size, as `Preprocess.read` gives it, to the model's picture."""
        if self.part is None:
            return compose(preprocess.base_homography(width_px, height_px), self.matrix)
        return compose(self.part.homography((width_px, height_px), preprocess.size_wh), self.matrix)


_UNCHANGED = Change()


@singledispatch
def draw(block: Block, random: Generator, size_wh: SizeWH) -> Change:
    """One picture's change by one block. Takes the same number of draws whatever comes out."""
    raise Bug(f"{type(block).__name__} has no draw")


@draw.register
def _(block: Resize, random: Generator, size_wh: SizeWH) -> Change:
    return _UNCHANGED


@draw.register
def _(block: Channels, random: Generator, size_wh: SizeWH) -> Change:
    return _UNCHANGED


@draw.register
def _(block: Normalise, random: Generator, size_wh: SizeWH) -> Change:
    return _UNCHANGED


@draw.register
def _(block: RandomCrop, random: Generator, size_wh: SizeWH) -> Change:
    """A share of the area, a shape and a place; all shapes from narrow to wide are equally likely in ratio."""
    share, stretch = random.uniform(block.min_share, 1), math.log(block.max_stretch_factor)
    return Change(part=Part(share, math.exp(random.uniform(-stretch, stretch)), random.random(), random.random()))


@draw.register
def _(block: Flip, random: Generator, size_wh: SizeWH) -> Change:
    """Half of the pictures; "all" then takes one of the eight ways, the unchanged one among them."""
    is_flipped, k = random.random() < 0.5, int(random.integers(DIHEDRAL_COUNT))
    if not is_flipped:
        return _UNCHANGED
    if block.sides == "horizontal":
        return Change(flip_horizontal(size_wh[0]))
    # A rectangle that lies on its side now is cut to the size again; a square fits as it is.
    return Change(compose(dihedral(k, size_wh), fit(dihedral_size(k, size_wh), size_wh, "crop")))


@draw.register
def _(block: Warp, random: Generator, size_wh: SizeWH) -> Change:
    """Seen from the side, from above or below: what one edge gains the opposite one loses, each with its own chance."""
    is_tilted, is_turned = random.random() < block.probability, random.random() < block.probability
    x, y = random.uniform(-block.max_change, block.max_change), random.uniform(-block.max_change, block.max_change)
    x, y = x if is_turned else 0.0, y if is_tilted else 0.0
    if x == 0 and y == 0:
        return _UNCHANGED
    return Change(symmetric_warp(size_wh, top=y, bottom=-y, left=x, right=-x))


@draw.register
def _(block: Rotate, random: Generator, size_wh: SizeWH) -> Change:
    """An angle, all equally likely."""
    is_turned, degrees = random.random() < block.probability, random.uniform(-block.max_degrees, block.max_degrees)
    return Change(rotate(degrees, about=(size_wh[0] / 2, size_wh[1] / 2)) if is_turned else identity())


@draw.register
def _(block: Zoom, random: Generator, size_wh: SizeWH) -> Change:
    """A factor and a place that stays where it is, all equally likely."""
    is_zoomed, factor = random.random() < block.probability, random.uniform(1, block.max_factor)
    x, y = random.random(), random.random()
    return Change(zoom(factor, size_wh, focus=(x, y)) if is_zoomed else identity())


@draw.register
def _(block: Lighting, random: Generator, size_wh: SizeWH) -> Change:
    """Brightness around one half, contrast as likely stronger as weaker, each with its own chance."""
    brightens, hardens = random.random() < block.probability, random.random() < block.probability
    brightness = random.uniform(0.5 * (1 - block.max_change), 0.5 * (1 + block.max_change))
    strongest = -math.log1p(-block.max_change)
    contrast = math.exp(random.uniform(-strongest, strongest))
    return Change(brightness=brightness if brightens else 0.5, contrast=contrast if hardens else 1.0)


@draw.register
def _(block: Erase, random: Generator, size_wh: SizeWH) -> Change:
    is_erased, own = random.random() < block.probability, branch(random)
    return Change(holes=draw_holes(own, block.max_share, block.holes) if is_erased else ())


@draw.register
def _(block: Mixup, random: Generator, size_wh: SizeWH) -> Change:
    return Change(mixing=draw_blend(branch(random), block.alpha))


@draw.register
def _(block: CutMix, random: Generator, size_wh: SizeWH) -> Change:
    return Change(mixing=draw_patch(branch(random), block.alpha))


def draw_all(transforms: Sequence[Block], random: Generator, size_px: int | SizeWH) -> Change:
    """All blocks' changes in one, the first block first; a part is taken before, light and holes come after geometry.

    size_px: of the model's picture, the side of a square or (width, height). A recipe holds each block once, so at
    most one change has a light, a part, holes or a mixing.
    """
    size_wh = (size_px, size_px) if isinstance(size_px, int) else size_px
    drawn = [draw(block, random, size_wh) for block in transforms]
    changes = [change for change in drawn if change is not _UNCHANGED]
    light = next((change for change in changes if change.brightness != 0.5 or change.contrast != 1.0), _UNCHANGED)
    return Change(
        compose(*(change.matrix for change in changes)),
        light.brightness,
        light.contrast,
        next((change.part for change in changes if change.part), None),
        next((change.holes for change in changes if change.holes), ()),
        next((change.mixing for change in changes if change.mixing), None),
    )
