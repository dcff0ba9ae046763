"""Which looks the settings mean, by what the recipe does to pictures."""

import math
import subprocess
import sys

import numpy as np
import pytest

from studio.base.geometry import apply_to_points, corners
from studio.blocks.recipe import Recipe
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.stage import Stage
from studio.blocks.transforms.presets import DOCUMENTS, FROM_ABOVE, NONE, PHOTOGRAPHS, Preset
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.engine.several_looks import averaging_for, looks_for
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import LECTURE_ZOOM, Look, corner_looks, seen_rectangle

SIZE_WH = (64, 48)


def recipe_of(preset: Preset, task: str = "classification") -> Recipe:
    labels = {"kind": "annotation_file", "path": "b.json"} if task == "detection" else {"kind": "parent_folder"}
    transforms = preset.transforms(Resize())
    values = {"task": {"kind": task}, "source": {"kind": "folder", "path": "p"}, "labels": labels}
    return Recipe.model_validate({**values, "transforms": [block.model_dump() for block in transforms]})


def zooms(looks: list[Look]) -> list[float]:
    sides = [seen_rectangle(look, SIZE_WH) for look in looks]
    return [SIZE_WH[1] / (bottom - top) for _, top, _, bottom in sides]


@pytest.mark.parametrize(
    ("preset", "count", "mirrored", "nearest"),
    [(PHOTOGRAPHS, 8, 4, 1.1), (FROM_ABOVE, 8, 4, None), (DOCUMENTS, 4, 0, 1.05), (NONE, 0, 0, None)],
)
def test_looks_are_what_training_showed(preset: Preset, count: int, mirrored: int, nearest: float | None) -> None:
    looks = looks_for(recipe_of(preset), SeveralLooks(), SIZE_WH)
    assert len(looks) == count
    assert sum(look.is_mirrored for look in looks) == mirrored
    if nearest is not None:
        assert zooms(looks) == pytest.approx([nearest] * count)


def test_pictures_from_above_are_laid_down_in_eight_ways() -> None:
    looks = looks_for(recipe_of(FROM_ABOVE), SeveralLooks(), (48, 48))
    ways = {tuple(np.sign(look.matrix[:2, :2].round(6)).ravel()) for look in looks}
    assert len(ways) == 8


def test_of_several_stages_the_last_one_counts() -> None:
    recipe = recipe_of(PHOTOGRAPHS)
    stages = [Stage(epochs=1), Stage(epochs=1, changes="documents")]
    training = recipe.training.model_copy(update={"stages": tuple(stages)})
    looks = looks_for(recipe.model_copy(update={"training": training}), SeveralLooks(), SIZE_WH)
    assert zooms(looks) == pytest.approx([1.05] * 4)


def test_crops_are_a_way_to_come_nearer_up_to_the_lectures() -> None:
    cropping = Preset("", "", "", (RandomCrop(min_share=0.64),))
    assert zooms(looks_for(recipe_of(cropping), SeveralLooks(), SIZE_WH)) == pytest.approx([1.25] * 4)
    close = Preset("", "", "", (RandomCrop(min_share=0.1),))
    assert zooms(looks_for(recipe_of(close), SeveralLooks(), SIZE_WH)) == pytest.approx([LECTURE_ZOOM] * 4)


def test_the_lectures_own_numbers() -> None:
    looks = looks_for(recipe_of(PHOTOGRAPHS), SeveralLooks(zoom_factor=1.35), SIZE_WH)
    for look, other in zip(looks, corner_looks(SIZE_WH), strict=True):
        assert look.is_like(other)
    assert averaging_for(SeveralLooks()) == Averaging(0.4)
    assert averaging_for(SeveralLooks(joins="largest", plain_share=0.25)) == Averaging(0.25, True)


def test_with_the_other_changes_each_corner_is_changed_by_chance() -> None:
    recipe = recipe_of(PHOTOGRAPHS)
    plain = looks_for(recipe, SeveralLooks(), SIZE_WH)
    changed = looks_for(recipe, SeveralLooks(changes_more=True), SIZE_WH)
    assert len(changed) == 8
    assert any(look.brightness != 0.5 or look.contrast != 1 for look in changed)
    assert [look.is_mirrored for look in changed] == [look.is_mirrored for look in plain]
    assert not all(one.is_like(other) for one, other in zip(plain, changed, strict=True))


def test_chance_draws_the_recipes_transforms_the_same_each_time() -> None:
    settings = SeveralLooks(way="chance", draws=6)
    first, again = (looks_for(recipe_of(PHOTOGRAPHS), settings, SIZE_WH) for _ in range(2))
    assert 4 <= len(first) <= 6
    for one, other in zip(first, again, strict=True):
        assert one.is_like(other)


def test_boxes_are_never_turned() -> None:
    settings = SeveralLooks(way="chance", draws=16)
    for look in looks_for(recipe_of(PHOTOGRAPHS, "detection"), settings, SIZE_WH):
        moved = apply_to_points(look.matrix, corners(SIZE_WH))
        assert moved[0, 1] == pytest.approx(moved[1, 1])
        assert moved[0, 0] == pytest.approx(moved[3, 0])
    turned = looks_for(recipe_of(PHOTOGRAPHS), settings, SIZE_WH)
    assert any(not math.isclose(look.matrix[0, 1], 0, abs_tol=1e-6) for look in turned)


def test_it_needs_no_torch() -> None:
    code = "import sys, studio.engine.several_looks; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
