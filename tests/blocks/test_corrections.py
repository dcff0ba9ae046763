"""The recipe that learns from corrections follows the recipe of the run."""

import pytest
from pydantic import ValidationError

from studio.blocks.batch import Batch
from studio.blocks.corrections import EPOCHS, corrections_recipe
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.stage import Stage
from studio.blocks.training import Training

PLAIN = Recipe(source=Folder(path="photos"), training=Training(epochs=30, learning_rate=2e-3, freeze_epochs=4))


def test_it_keeps_the_data_and_learns_shortly_at_a_low_rate() -> None:
    made = corrections_recipe(PLAIN, "0003-x")
    assert Recipe.model_validate(made.model_dump()) == made
    for name in ("task", "source", "labels", "split", "transforms"):
        assert getattr(made, name) == getattr(PLAIN, name)
    assert (made.model.weights, made.model.weights_run, made.model.keep_parts) == ("run", "0003-x", True)
    assert made.model.encoder == PLAIN.model.encoder
    assert made.batch.sampler == "corrected"
    assert made.training.all_epochs == EPOCHS
    assert made.training.learning_rate == pytest.approx(2e-4)
    assert made.training.freeze_epochs == 0
    assert made.training.check_start


def test_of_several_stages_it_goes_on_with_the_last() -> None:
    stages = (Stage(side_px=64, epochs=9), Stage(side_px=128, epochs=7, learns="head", learning_rate=1e-2))
    training = PLAIN.training.model_copy(update={"stages": stages})
    made = corrections_recipe(PLAIN.model_copy(update={"training": training}), "0003-x")
    (stage,) = made.training.stages
    assert (stage.side_px, stage.epochs, stage.learns) == (128, EPOCHS, "all")
    assert stage.learning_rate == pytest.approx(1e-3)


def test_learning_again_does_not_lower_the_rate_again() -> None:
    once = corrections_recipe(PLAIN, "0003-x")
    again = corrections_recipe(once, "0004-y")
    assert again.training == once.training
    assert again.model.weights_run == "0004-y"


def test_corrected_since_what_must_be_said() -> None:
    with pytest.raises(ValidationError, match="starts from another run"):
        Recipe(source=Folder(path="photos"), batch=Batch(sampler="corrected"))
