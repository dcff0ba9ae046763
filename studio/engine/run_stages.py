"""The stages that a recipe's training goes through, each as a recipe of its own. No torch here."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.stage import LEAST_SIDE_PX, Stage
from studio.blocks.transforms.presets import NOT_BY_CHANCE, PRESETS
from studio.blocks.transforms.resize import Resize


@dataclass(frozen=True)
class RunStage:
    """Epochs that have a size and transforms in common.

    number: from 1; 0 where the recipe has no list of stages and this is all of the training. first_epoch: how many
    epochs are before it. recipe: the run's, with the size and the transforms of the stage.
    """

    number: int
    name: str
    first_epoch: int
    epochs: int
    recipe: Recipe

    @property
    def end_epoch(self) -> int:
        """How many epochs are done when it is."""
        return self.first_epoch + self.epochs


def run_stages(recipe: Recipe) -> tuple[RunStage, ...]:
    """In their order; at least one."""
    declared = recipe.training.stages
    if not declared:
        return (RunStage(0, "", 0, recipe.training.epochs, recipe),)
    found, done = list[RunStage](), 0
    for number, stage in enumerate(declared, start=1):
        found.append(RunStage(number, stage.shown_name(number), done, stage.epochs, recipe_at(recipe, stage)))
        done += stage.epochs
    return tuple(found)


def stage_of_epoch(stages: Sequence[RunStage], epoch: int) -> RunStage:
    """The one that the epoch after `epoch` epochs belongs to; the last one when all are done."""
    return next((stage for stage in stages if epoch < stage.end_epoch), stages[-1])


def recipe_at(recipe: Recipe, stage: Stage) -> Recipe:
    """The recipe with a stage's size and transforms."""
    transforms: Sequence[Block] = recipe.transforms
    preset = next((preset for preset in PRESETS if preset.name == stage.changes), None)
    if preset is not None:
        kept = [block for block in transforms if isinstance(block, NOT_BY_CHANCE)]
        transforms = [*kept, *preset.changes]
    resized = [_resized(block, stage.side_px) if isinstance(block, Resize) else block for block in transforms]
    return recipe.model_copy(update={"transforms": tuple(resized)})


def _resized(resize: Resize, side_px: int) -> Resize:
    """As wide as that, unless it is 0, and of the same shape, in whole multiples of 4 px."""
    if not side_px:
        return resize
    width_px, height_px = resize.size_wh
    height_px = max(LEAST_SIDE_PX, 4 * round(height_px * side_px / width_px / 4))
    return resize.model_copy(update={"side_px": side_px, "height_px": height_px})
