"""A body that stands still: where neither learning nor chance changes what the encoder says of a picture, it need look
only once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import nn

from studio.blocks.recipe import Recipe
from studio.blocks.transforms.presets import NOT_BY_CHANCE
from studio.engine.model import EncoderAndHead
from studio.engine.run_stages import RunStage, stage_of_epoch
from studio.engine.schedule import Stage
from studio.jobs.messages import Event, Warned
from studio.runtime.card import WeightsOrigin


def hold_still(
    stages: Sequence[Stage], declared: Sequence[RunStage], steps_per_epoch: int, model: EncoderAndHead
) -> tuple[Stage, ...]:
    """The same stages; the encoder stands still in those that are frozen, whose pictures are the same in every epoch,
    and whose head sees nothing but features. Its norm layers keep weights and statistics then."""

    def is_still(stage: Stage) -> bool:
        recipe = stage_of_epoch(declared, stage.first_step // steps_per_epoch).recipe
        return stage.is_frozen and model.has_features and not changes_by_chance(recipe)

    return tuple(replace(stage, is_still=is_still(stage)) for stage in stages)


def looks_once(recipe: Recipe, model: nn.Module) -> bool:
    """Whether the encoder does nothing in all of a run but to look once at each picture, as these transforms are."""
    training = recipe.training
    if training.stages:
        learns_head = all(declared.learns == "head" for declared in training.stages)
    else:
        learns_head = training.learns == "head" or training.freeze_epochs >= training.epochs
    has_features = isinstance(model, EncoderAndHead) and model.has_features
    return learns_head and has_features and not changes_by_chance(recipe)


def changes_by_chance(recipe: Recipe) -> bool:
    """Whether a training picture can look different from one epoch to the next."""
    return not all(isinstance(block, NOT_BY_CHANCE) for block in recipe.transforms)


def warn_of_blank_body(stages: Sequence[Stage], weights: WeightsOrigin, emit: Callable[[Event], None]) -> None:
    """Say so where an encoder that knows nothing is never taught anything."""
    if weights.kind == "none" and all(stage.is_frozen for stage in stages):
        emit(
            Warned(
                message="The encoder starts from random weights and does not learn: the head has little to go by.",
                hint="Let the Model block start from weights that know something, or let everything learn.",
            )
        )
