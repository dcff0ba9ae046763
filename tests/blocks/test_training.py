"""The Training block: what it takes from older recipes, and what it refuses."""

import pytest
from pydantic import ValidationError

from studio.blocks.recipe import Recipe, read_recipe
from studio.blocks.source.folder import Folder
from studio.blocks.training import Training


def test_a_recipe_from_before_there_were_schedules_is_read() -> None:
    recipe = Recipe(source=Folder(path="photos"), training=Training(epochs=7))
    text = recipe.model_dump_json().replace('"kind":"training"', '"kind":"one_cycle"')
    assert '"kind":"one_cycle"' in text
    assert read_recipe(text) == recipe


def test_momentum_goes_against_the_rate() -> None:
    assert Training(momentum_high=0.9, momentum_low=0.9).momentum_low == 0.9
    with pytest.raises(ValidationError, match="must not be more"):
        Training(momentum_high=0.8, momentum_low=0.9)
