"""A batch as the model will see it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.engine.augment import Augment
from studio.engine.loader import training_batches
from studio.engine.preview import preview_batch
from studio.engine.recipe_steps import preprocess_of

PROGRAM = """
import sys
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.engine.preview import preview_batch

root, image = sys.argv[1:]
recipe = Recipe.model_validate({"source": {"path": root}})
pictures, labels, paths = preview_batch(recipe, DataTable(root, [Row(image, "disc", "", "train")]), "train", 0, None)
assert pictures.shape == (1, 128, 128, 3), pictures.shape
print(sorted({"torch", "torchvision", "timm", "pandas", "onnxruntime"} & set(sys.modules)))
"""


@pytest.fixture
def table(pictures: Path, picture_rows: list[Row]) -> DataTable:
    return DataTable(str(pictures), picture_rows, classes=["disc", "square"])


def test_it_needs_no_torch(pictures: Path, picture_rows: list[Row]) -> None:
    command = [sys.executable, "-c", PROGRAM, str(pictures), picture_rows[0].image]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_is_the_batch_that_training_sees_first(recipe: Recipe, table: DataTable) -> None:
    rows = [number for number, row in enumerate(table.rows) if row.part == "train"]
    preprocess = preprocess_of(recipe)
    augment = Augment(preprocess, recipe.transforms, recipe.training.seed)
    for epoch in (0, 4):
        pictures, labels, paths = preview_batch(recipe, table, "train", epoch)
        first = training_batches(rows, recipe.batch.size, recipe.training.seed, epoch)[0]
        assert [Path(path).relative_to(table.root).as_posix() for path in paths] == [table.rows[n].image for n in first]
        assert list(labels) == [table.rows[number].target for number in first]
        for square, number in zip(pictures, first, strict=True):
            image_hwc = preprocess.read(Path(table.root) / table.rows[number].image)
            np.testing.assert_array_equal(square, augment(image_hwc, epoch, number))


def test_each_transform_can_be_looked_at(recipe: Recipe, table: DataTable) -> None:
    plain = preview_batch(recipe, table, "train", 1, upto=0)[0]
    np.testing.assert_array_equal(preview_batch(recipe, table, "train", 1, upto=1)[0], plain)  # the resize
    flipped = preview_batch(recipe, table, "train", 1, upto=2)[0]
    changed = [not np.array_equal(one, other) for one, other in zip(plain, flipped, strict=True)]
    assert any(changed)
    for one, other, is_changed in zip(plain, flipped, changed, strict=True):
        np.testing.assert_array_equal(one[:, ::-1] if is_changed else one, other)
    # What is normalised would leave nothing to look at.
    np.testing.assert_array_equal(
        preview_batch(recipe, table, "train", 1, upto=5)[0], preview_batch(recipe, table, "train", 1)[0]
    )


def test_validation_pictures_come_as_they_are(recipe: Recipe, table: DataTable) -> None:
    pictures, _, paths = preview_batch(recipe, table, "valid", draw=0)
    preprocess = preprocess_of(recipe)
    for square, path in zip(pictures, paths, strict=True):
        np.testing.assert_array_equal(square, preprocess.place(preprocess.read(Path(path))))
    assert list(preview_batch(recipe, table, "valid", draw=1)[2])[:2] != list(paths)[:2]


def test_what_cannot_be_read_is_passed_over(recipe: Recipe, table: DataTable) -> None:
    table.rows = [Row("gone.png", "disc", "", "valid"), *table.rows]
    paths = preview_batch(recipe, table, "valid")[2]
    assert len(paths) == 8
    table.rows = table.rows[:1]
    with pytest.raises(UserError, match="no labeled picture to check the model on"):
        preview_batch(recipe, table, "valid")
