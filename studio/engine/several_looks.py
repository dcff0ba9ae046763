"""Which looks the settings mean for a recipe. No torch here: whoever predicts without it asks too."""

import math
from collections.abc import Sequence

from studio.base.geometry import SizeWH, compose
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.chance import generator
from studio.engine.change import Change, draw_all
from studio.engine.recipe_steps import transform_of
from studio.engine.run_stages import run_stages
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import LECTURE_ZOOM, Look, Symmetries, corner_looks, without_doubles

_SEED = 0  # the same question gets the same answer


def looks_for(recipe: Recipe, settings: SeveralLooks, size_wh: SizeWH) -> list[Look]:
    """The looks besides the plain one, for a model's picture of this size; none where nothing may vary.

    Of a recipe with stages the last one counts: that is how the model saw pictures in the end.
    """
    recipe = run_stages(recipe)[-1].recipe
    if settings.way == "chance":
        return without_doubles(_look(_drawn(recipe, number, size_wh)) for number in range(settings.draws))
    looks = corner_looks(size_wh, _zoom_factor(recipe, settings), _symmetries(recipe, settings))
    if not settings.changes_more:
        return looks
    drawn = [_drawn(recipe, number, size_wh, but=(Flip, Zoom, RandomCrop)) for number in range(len(looks))]
    return [
        Look(compose(change.matrix, look.matrix), change.brightness, change.contrast)
        for look, change in zip(looks, drawn, strict=True)
    ]


def averaging_for(settings: SeveralLooks) -> Averaging:
    """How they become one answer."""
    return Averaging(settings.plain_share, settings.joins == "largest")


def _symmetries(recipe: Recipe, settings: SeveralLooks) -> Symmetries:
    if settings.symmetries != "as_trained":
        return settings.symmetries
    flip = transform_of(recipe, Flip)
    return "none" if flip is None else flip.sides


def _zoom_factor(recipe: Recipe, settings: SeveralLooks) -> float:
    """As it is set, or as near as training came: what a model was never shown it seldom knows better."""
    if settings.zoom_factor:
        return max(1.0, settings.zoom_factor)
    zoom, crop = transform_of(recipe, Zoom), transform_of(recipe, RandomCrop)
    nearest = (zoom.max_factor if zoom else 1.0) / (math.sqrt(crop.min_share) if crop else 1.0)
    return min(LECTURE_ZOOM, nearest)


def _drawn(recipe: Recipe, number: int, size_wh: SizeWH, but: tuple[type[Block], ...] = ()) -> Change:
    """What chance makes of the recipe's transforms, geometry and light; boxes are never turned, since their upright
    hull would grow, and a part of the picture is taken by zooming, which can be undone."""
    allowed: tuple[type[Block], ...] = (Flip, Zoom, Rotate, Warp, Lighting)
    if recipe.task.target == "objects":
        allowed = (Flip, Zoom, Lighting)
    blocks: Sequence[Block] = [
        block for block in recipe.transforms if isinstance(block, allowed) and not isinstance(block, but)
    ]
    return draw_all(blocks, generator(_SEED, 0, number), size_wh)


def _look(change: Change) -> Look:
    return Look(change.matrix, change.brightness, change.contrast)
