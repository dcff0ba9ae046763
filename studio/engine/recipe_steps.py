"""What a recipe does to pictures, without torch: the same for training and for the preview."""

from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.runtime.preprocess import Preprocess


def preprocess_of(
    recipe: Recipe, mean: tuple[float, ...] = (0.0, 0.0, 0.0), std: tuple[float, ...] = (1.0, 1.0, 1.0)
) -> Preprocess:
    """The steps without chance. mean, std: the encoder's, used where the recipe normalises by them."""
    resize = next(block for block in recipe.transforms if isinstance(block, Resize))
    normalises = any(isinstance(block, Normalise) and block.statistics == "encoder" for block in recipe.transforms)
    if not normalises:
        return Preprocess(resize.side_px, resize.method)
    return Preprocess(resize.side_px, resize.method, mean=mean, std=std)


def first_transforms(recipe: Recipe, upto: int | None) -> tuple[Block, ...]:
    """The first so many transforms; None: all of them."""
    return recipe.transforms[:upto]
