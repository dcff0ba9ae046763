"""Recipes: one JSON text and back, mistakes that name their place, and settings given as text."""

import pytest
from pydantic import ValidationError

from studio.base.errors import UserError
from studio.blocks.forms import field_errors, form_fields
from studio.blocks.model import Model
from studio.blocks.recipe import Recipe, block_types, read_recipe
from studio.blocks.settings_text import with_settings
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.resize import Resize

RECIPE = Recipe(source=Folder(path="photos"))


def test_json_and_back() -> None:
    recipe = RECIPE.model_copy(update={"split": SplitByFolder(train="a", valid="b"), "transforms": (Resize(), Flip())})
    assert read_recipe(recipe.model_dump_json()) == recipe


def test_steps_are_in_the_order_of_the_work() -> None:
    steps = [block.step for block in RECIPE.steps()]
    assert list(dict.fromkeys(steps)) == list(block_types())


def test_a_wrong_setting_is_named_with_its_place() -> None:
    text = RECIPE.model_dump_json().replace('"side_px":128', '"side_px":3')
    with pytest.raises(UserError) as refused:
        read_recipe(text, "flowers.json")
    assert "flowers.json" in refused.value.message
    assert "transforms > 0 > resize > side_px" in refused.value.message


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(UserError):
        read_recipe(RECIPE.model_dump_json().replace('"kind":"flip"', '"kind":"melt"'))


@pytest.mark.parametrize("transforms", [(Flip(),), (Resize(), Flip(), Flip())])
def test_transforms_need_a_resize_and_come_once(transforms: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError):
        Recipe(source=Folder(path="x"), transforms=transforms)  # type: ignore[arg-type]


def test_settings_from_text() -> None:
    changed = with_settings(RECIPE, ["training.epochs=3", "transforms.resize.side_px=64", "source.path=7"])
    assert changed.training.epochs == 3
    assert changed.transforms[0] == Resize(side_px=64)
    assert changed.source.path == "7"  # text stays text


@pytest.mark.parametrize("text", ["training.epoch=3", "epochs=3", "training.epochs", "transforms.melt.x=1"])
def test_an_unknown_setting_is_named(text: str) -> None:
    with pytest.raises(UserError, match="no setting"):
        with_settings(RECIPE, [text])


def test_a_setting_out_of_range_says_what_may_be() -> None:
    with pytest.raises(UserError, match="at least 1"):
        with_settings(RECIPE, ["training.epochs=0"])


def test_fields_carry_limits_units_and_words() -> None:
    side = next(field for field in form_fields(Resize) if field.name == "side_px")
    assert (side.type, side.unit, side.minimum, side.maximum, side.step, side.default) == (
        "int",
        "px",
        16,
        1024,
        4,
        128,
    )
    method = next(field for field in form_fields(Resize) if field.name == "method")
    assert method.choices == ("crop", "squish", "pad")
    assert set(method.words) == set(method.choices)


def test_errors_of_a_form_go_to_their_field() -> None:
    with pytest.raises(ValidationError) as refused:
        Resize.model_validate({"side_px": 12, "method": "crop"})
    assert field_errors(refused.value) == {"side_px": "The value must be at least 16."}
    with pytest.raises(ValidationError) as refused:
        Model(weights="file")
    assert "weights file" in field_errors(refused.value)[""]
