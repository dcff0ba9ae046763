"""What a recipe does to pictures, without torch: the same for training and for the preview."""

import math
from dataclasses import replace
from typing import TypeVar

from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.zoom import Zoom
from studio.engine.statistics import adapted_statistics
from studio.runtime.preprocess import LARGEST_MARGIN, Preprocess

Kind = TypeVar("Kind", bound=Block)


def preprocess_of(
    recipe: Recipe, mean: tuple[float, ...] = (0.0, 0.0, 0.0), std: tuple[float, ...] = (1.0, 1.0, 1.0)
) -> Preprocess:
    """The steps without chance.

    mean, std: of the encoder or of these pictures, used where the recipe normalises; those of three colours are
    extended to the channels that there are.
    """
    resize = transform_of(recipe, Resize)
    assert resize is not None  # the recipe sees to it
    normalise = transform_of(recipe, Normalise)
    channels = transform_of(recipe, Channels) or Channels(read_as="colour")
    width_px, height_px = resize.size_wh
    plain = Preprocess(
        width_px,
        resize.method,
        height_px=None if height_px == width_px else height_px,
        margin=_margin(recipe, resize.presize_factor),
        channels=channels.channels,
        depth_bits=channels.depth_bits,
        read_as=channels.read_as,
        mean=(0.0,) * channels.channels,
        std=(1.0,) * channels.channels,
    )
    if normalise is None or normalise.statistics == "none":
        return plain
    adapted_mean, adapted_std = (adapted_statistics(numbers, plain.channels) for numbers in (mean, std))
    return replace(plain, mean=adapted_mean, std=adapted_std)


def uses_own_statistics(recipe: Recipe) -> bool:
    """Whether the values are normalised by mean and deviation of these very pictures."""
    normalise = transform_of(recipe, Normalise)
    return normalise is not None and normalise.statistics == "own"


def transform_of(recipe: Recipe, kind: type[Kind]) -> Kind | None:
    """The recipe's transform of this kind; a recipe has each at most once."""
    return next((block for block in recipe.transforms if isinstance(block, kind)), None)


def first_transforms(recipe: Recipe, upto: int | None) -> tuple[Block, ...]:
    """The first so many transforms; None: all of them."""
    return recipe.transforms[:upto]


def _margin(recipe: Recipe, least: float) -> float:
    """How much larger pictures are kept, so that the smallest crop or the strongest zoom still has a pixel for each
    of the model's; beyond the largest margin they are enlarged a little."""
    crop, zoom = transform_of(recipe, RandomCrop), transform_of(recipe, Zoom)
    needed = (1 / math.sqrt(crop.min_share) if crop else 1.0) * (zoom.max_factor if zoom else 1.0)
    return min(LARGEST_MARGIN, max(least, needed))
