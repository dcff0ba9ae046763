"""Sets of transforms with plain names."""

import pytest

from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.transforms.channels import Channels
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.presets import FROM_ABOVE, NONE, PHOTOGRAPHS, PRESETS, Preset, preset_of
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.zoom import Zoom


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_known_again_in_a_saved_recipe(preset: Preset) -> None:
    transforms = preset.transforms(Resize(side_px=64), Normalise(statistics="none"))
    recipe = Recipe(source=Folder(path="photos"), transforms=transforms)
    again = Recipe.model_validate_json(recipe.model_dump_json())
    assert preset_of(again.transforms) is preset
    assert again.transforms[0] == Resize(side_px=64)
    assert again.transforms[-1] == Normalise(statistics="none")


def test_presets_are_told_apart() -> None:
    assert len({preset.name for preset in PRESETS}) == len({preset.changes for preset in PRESETS}) == len(PRESETS)
    for preset in PRESETS:
        assert preset.statement.endswith(".")


def test_a_changed_setting_is_no_preset_any_more() -> None:
    changed = [Zoom(max_factor=1.2) if isinstance(block, Zoom) else block for block in PHOTOGRAPHS.changes]
    assert preset_of(changed) is None
    assert preset_of([*FROM_ABOVE.changes, Flip()]) is None
    assert preset_of([Resize(), Normalise()]) is NONE


def test_order_does_not_matter() -> None:
    assert preset_of([*reversed(PHOTOGRAPHS.changes), Resize()]) is PHOTOGRAPHS


def test_a_new_recipe_is_for_photographs() -> None:
    assert preset_of(Recipe(source=Folder(path="photos")).transforms) is PHOTOGRAPHS


def test_channels_stay_whatever_the_preset() -> None:
    channels = Channels(count=5)
    transforms = FROM_ABOVE.transforms(Resize(), None, channels)
    assert transforms[1] == channels
    assert preset_of(transforms) is FROM_ABOVE
