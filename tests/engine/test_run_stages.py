"""A recipe's list of stages, as recipes of their own."""

import pytest

from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.stage import READY_LISTS, Stage
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.resize import Resize
from studio.engine.recipe_steps import preprocess_of
from studio.engine.run_stages import run_stages, stage_of_epoch


def recipe(*stages: Stage, resize: Resize | None = None) -> Recipe:
    transforms = (resize or Resize(side_px=96), Flip(), Normalise(), Mixup())
    return Recipe(source=Folder(path="photos"), transforms=transforms, training=Training(epochs=7, stages=stages))


def test_without_a_list_the_training_is_all_of_one_piece() -> None:
    (only,) = run_stages(recipe())
    assert (only.number, only.name, only.first_epoch, only.end_epoch) == (0, "", 0, 7)
    assert only.recipe == recipe()


def test_stages_follow_each_other_with_their_own_size_and_transforms() -> None:
    asked = recipe(Stage(side_px=32, epochs=2), Stage(name="late", epochs=3, changes="none"), Stage(epochs=1))
    one, two, three = found = run_stages(asked)
    assert [(s.number, s.name, s.first_epoch, s.end_epoch) for s in found] == [
        (1, "32 px, everything", 0, 2),
        (2, "late", 2, 5),
        (3, "Everything", 5, 6),
    ]
    assert [preprocess_of(stage.recipe).size_wh for stage in found] == [(32, 32), (96, 96), (96, 96)]
    assert {block.kind for block in one.recipe.transforms} == {"resize", "flip", "normalise", "mixup"}
    assert two.recipe.transforms == (Resize(side_px=96), Normalise())
    assert three.recipe == asked
    places = [stage_of_epoch(found, epoch).number for epoch in range(8)]
    assert places == [1, 1, 2, 2, 2, 3, 3, 3]


@pytest.mark.parametrize(("side_px", "size_wh"), [(480, (480, 360)), (0, (960, 720)), (36, (36, 28)), (16, (16, 16))])
def test_a_rectangle_keeps_its_shape(side_px: int, size_wh: tuple[int, int]) -> None:
    """36 x 27 px would not be whole multiples of 4 px, and 16 x 12 px would be too low."""
    resize = Resize(side_px=960, height_px=720, shape="rectangle")
    (stage,) = run_stages(recipe(Stage(side_px=side_px), resize=resize))
    assert preprocess_of(stage.recipe).size_wh == size_wh


@pytest.mark.parametrize("ready", READY_LISTS, ids=lambda ready: ready.title)
def test_every_ready_list_is_a_recipe(ready: object) -> None:
    stages = ready.items  # type: ignore[attr-defined]
    made = recipe(*stages)
    assert Recipe.model_validate_json(made.model_dump_json()) == made
    assert len(run_stages(made)) == len(stages)
    assert made.training.all_epochs == sum(stage.epochs for stage in stages)
