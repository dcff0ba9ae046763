"""A batch as the model will see it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.base.errors import UserError
from studio.base.targets import MaskFile, Objects, Place, Points, Skeleton, Tags, Thing, class_names_in
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.mixup import Mixup
from studio.engine.augment import Augment
from studio.engine.chance import epoch_order
from studio.engine.loader import training_batches
from studio.engine.preview import preview_batch
from studio.engine.recipe_steps import preprocess_of
from studio.imaging.class_places import UNDECIDED

PROGRAM = """
import sys
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.engine.preview import preview_batch

root, image = sys.argv[1:]
recipe = Recipe.model_validate({"source": {"kind": "folder", "path": root}})
made = preview_batch(recipe, DataTable(root, [Row(image, "disc", "", "train")]), "train", 0, None)
assert made.pixels_nhwc.shape == (1, 128, 128, 3), made.pixels_nhwc.shape
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
        made = preview_batch(recipe, table, "train", epoch)
        first = training_batches(epoch_order(rows, recipe.training.seed, epoch), recipe.batch.size)[0]
        assert [Path(path).relative_to(table.root).as_posix() for path in made.paths] == [
            table.rows[n].image for n in first
        ]
        assert list(made.targets) == [table.rows[number].target for number in first]
        for square, number in zip(made.pixels_nhwc, first, strict=True):
            image_hwc = preprocess.read(Path(table.root) / table.rows[number].image)
            np.testing.assert_array_equal(square, augment(image_hwc, epoch, number))


def test_each_transform_can_be_looked_at(recipe: Recipe, table: DataTable) -> None:
    plain = preview_batch(recipe, table, "train", 1, upto=0).pixels_nhwc
    np.testing.assert_array_equal(preview_batch(recipe, table, "train", 1, upto=1).pixels_nhwc, plain)  # the resize
    flipped = preview_batch(recipe, table, "train", 1, upto=2).pixels_nhwc
    changed = [not np.array_equal(one, other) for one, other in zip(plain, flipped, strict=True)]
    assert any(changed)
    for one, other, is_changed in zip(plain, flipped, changed, strict=True):
        np.testing.assert_array_equal(one[:, ::-1] if is_changed else one, other)
    # What is normalised would leave nothing to look at.
    np.testing.assert_array_equal(
        preview_batch(recipe, table, "train", 1, upto=5).pixels_nhwc,
        preview_batch(recipe, table, "train", 1).pixels_nhwc,
    )


def test_validation_pictures_come_as_they_are(recipe: Recipe, table: DataTable) -> None:
    made = preview_batch(recipe, table, "valid", draw=0)
    preprocess = preprocess_of(recipe)
    for square, path in zip(made.pixels_nhwc, made.paths, strict=True):
        np.testing.assert_array_equal(square, preprocess.place(preprocess.read(Path(path))))
    assert preview_batch(recipe, table, "valid", draw=1).paths[:2] != made.paths[:2]


def test_what_cannot_be_read_is_passed_over(recipe: Recipe, table: DataTable) -> None:
    table.rows = [Row("gone.png", "disc", "", "valid"), *table.rows]
    assert len(preview_batch(recipe, table, "valid").paths) == 8
    table.rows = table.rows[:1]
    with pytest.raises(UserError, match="no labeled picture to check the model on"):
        preview_batch(recipe, table, "valid")


def test_one_picture_several_times(recipe: Recipe, table: DataTable) -> None:
    number = next(number for number, row in enumerate(table.rows) if row.part == "train")
    image = table.rows[number].image
    made = preview_batch(recipe, table, "train", draw=2, images=(image,), times=8)
    assert made.pixels_nhwc.shape == (8, 32, 32, 3)
    assert set(made.paths) == {str(Path(table.root) / image)}
    assert len({square.tobytes() for square in made.pixels_nhwc}) > 4
    augment = Augment(preprocess_of(recipe), recipe.transforms, recipe.training.seed)
    image_hwc = augment.preprocess.read(Path(table.root) / image)
    for time, square in enumerate(made.pixels_nhwc):
        np.testing.assert_array_equal(square, augment(image_hwc, 16 + time, number))


def test_wanted_pictures_come_in_their_order_labeled_or_not(recipe: Recipe, table: DataTable) -> None:
    images = tuple(table.rows[number].image for number in (5, 2, 9))
    table.rows[2].target, table.rows[2].part = None, ""
    made = preview_batch(recipe, table, "valid", images=(*images, "gone.png"))
    assert made.paths == tuple(str(Path(table.root) / image) for image in images)
    assert made.targets == (table.rows[5].target, None, table.rows[9].target)
    with pytest.raises(UserError, match="no labeled picture to see"):
        preview_batch(recipe, table, "valid", images=("gone.png",))


@pytest.mark.parametrize("block", [Mixup(alpha=8), CutMix()])
def test_mixed_pictures_show_both_classes(recipe: Recipe, table: DataTable, block: Mixup | CutMix) -> None:
    plain = preview_batch(recipe, table, "train", 1)
    mixing = Recipe.model_validate({**recipe.model_dump(), "transforms": (*recipe.transforms, block)})
    made = preview_batch(mixing, table, "train", 1)
    assert not np.array_equal(made.pixels_nhwc, plain.pixels_nhwc)
    for place, target in enumerate(made.targets):
        shown = {plain.targets[place], plain.targets[(place + 1) % 8]}
        assert {target} == shown if isinstance(target, str) else set(class_names_in(target)) == shown
    assert any(isinstance(target, Tags) for target in made.targets)
    one = preview_batch(mixing, table, "train", images=(table.rows[1].image,), times=8)
    assert any(isinstance(target, Tags) for target in one.targets)
    np.testing.assert_array_equal(
        preview_batch(mixing, table, "valid").pixels_nhwc, preview_batch(recipe, table, "valid").pixels_nhwc
    )


# --- labels with a place ----------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Path, list[str]]:
    """Four pictures of 90 x 60 px, black, with a white square of 20 px; and masks that say where it is."""
    names = []
    for number, (x, y) in enumerate([(10, 10), (40, 20), (60, 30), (20, 35)]):
        image, mask = Image.new("RGB", (90, 60)), Image.new("L", (90, 60))
        for each, fill in ((image, "white"), (mask, 1)):
            ImageDraw.Draw(each).rectangle((x, y, x + 19, y + 19), fill=fill)
        image.save(tmp_path / f"{number}.png")
        mask.save(tmp_path / f"{number}_mask.png")
        names.append(f"{number}.png")
    return tmp_path, names


PLACES = [(10, 10), (40, 20), (60, 30), (20, 35)]


def changing(root: Path, task: str) -> Recipe:
    return Recipe.model_validate(
        {
            "task": {"kind": task},
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [{"kind": "resize", "side_px": 64, "method": "pad"}, {"kind": "flip"}, {"kind": "rotate"}],
            "batch": {"size": 4},
        }
    )


def white(square: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    return square[..., 0] > 127


def test_masks_come_with_their_pictures(sheet: tuple[Path, list[str]]) -> None:
    root, names = sheet
    rows = [Row(name, MaskFile(name.replace(".", "_mask.")), part="train") for name in names]
    made = preview_batch(changing(root, "segmentation"), DataTable(str(root), rows, classes=["no", "square"]), "train")
    assert made.masks_nhw is not None
    assert made.masks_nhw.shape == (4, 64, 64)
    assert set(np.unique(made.masks_nhw)) == {0, 1, UNDECIDED}
    for square, mask_hw in zip(made.pixels_nhwc, made.masks_nhw, strict=True):
        assert (white(square) != (mask_hw == 1)).mean() < 0.02
    rows[1].target = "no mask yet"
    again = preview_batch(changing(root, "segmentation"), DataTable(str(root), rows, classes=["no", "square"]), "train")
    assert again.masks_nhw is not None
    assert [(mask == UNDECIDED).all() for mask in again.masks_nhw].count(True) == 1


def test_boxes_and_points_come_with_their_pictures(sheet: tuple[Path, list[str]]) -> None:
    root, names = sheet
    boxes = [
        Row(name, Objects((Thing("square", x, y, x + 20, y + 20),)), part="train")
        for name, (x, y) in zip(names, PLACES, strict=True)
    ]
    made = preview_batch(changing(root, "detection"), DataTable(str(root), boxes, classes=["square"]), "train")
    assert made.masks_nhw is None
    for square, target in zip(made.pixels_nhwc, made.targets, strict=True):
        assert isinstance(target, Objects)
        rows, columns = np.nonzero(white(square))
        thing = target.things[0]
        found = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert (thing.left_px, thing.top_px, thing.right_px, thing.bottom_px) == pytest.approx(found, abs=1.5)
    # The left edge's middle and the right one's, which change sides in a mirror: the first one stays left.
    points = [
        Row(name, Points((Place(x + 4, y + 10), Place(x + 16, y + 10))), part="train")
        for name, (x, y) in zip(names, PLACES, strict=True)
    ]
    table = DataTable(str(root), points, skeleton=Skeleton(("left", "right"), partners=((0, 1),)))
    made = preview_batch(changing(root, "keypoints"), table, "train", images=(names[0],), times=8)
    flipped = 0
    for square, target in zip(made.pixels_nhwc, made.targets, strict=True):
        assert isinstance(target, Points)
        left, right = target.places
        assert left is not None
        assert right is not None
        assert left.x_px < right.x_px
        assert white(square)[int(left.y_px), int(left.x_px)]
        assert white(square)[int(right.y_px), int(right.x_px)]
        flipped += left.x_px > 32
    assert 0 < flipped < 8
