"""Masks by the rule for their names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.tasks.segmentation import Segmentation
from studio.work.build import Surroundings
from studio.work.guess.choice import guess
from studio.work.guess.mask_names import find_template
from studio.work.guess.proposal import Proposal
from studio.work.table import build_table

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
STEMS = [f"cell{number * number + 11}q" for number in range(12)]


def labeled(proposal: Proposal) -> int:
    table, _ = build_table(proposal.recipe, Surroundings())
    return sum(row.target is not None for row in table.rows)


@pytest.mark.parametrize(
    ("picture", "mask", "template"),
    [
        ("images/{}.png", "labels/{}_P.png", "{parent}/../labels/{stem}_P.png"),
        ("images/{}.jpg", "masks/{}.png", "{parent}/../masks/{stem}.png"),
        ("image/{}.png", "label/{}.png", "{parent}/../label/{stem}.png"),
        ("{}.png", "annotations/{}_mask.png", "{parent}/annotations/{stem}_mask.png"),
        ("images/{}.png", "gt/mask_{}.png", "{parent}/../gt/mask_{stem}.png"),
        ("{}.jpg", "{}_mask.png", "{parent}/{stem}_mask.png"),
        ("JPEGImages/{}.jpg", "SegmentationClass/{}.png", "{parent}/../SegmentationClass/{stem}.png"),
    ],
)
def test_where_masks_lie(draw: Draw, picture: str, mask: str, template: str) -> None:
    root = draw(picture.format(stem) for stem in STEMS)
    draw((mask.format(stem) for stem in STEMS), values=(0, 1, 2))
    proposal = guess(root)
    assert proposal.recipe.task == Segmentation()
    assert isinstance(proposal.recipe.labels, MaskFiles)
    assert proposal.recipe.labels.template == template
    assert labeled(proposal) == 12
    assert len(build_table(proposal.recipe, Surroundings())[0].rows) == 12


def test_parts_inside_pictures_and_masks(draw: Draw) -> None:
    where = [(part, stem) for part in ("train", "val") for stem in STEMS]
    root = draw(f"images/{part}/{stem}.png" for part, stem in where)
    draw((f"labels/{part}/{stem}.png" for part, stem in where), values=(0, 255))
    proposal = guess(root)
    assert proposal.recipe.source == Folder(path=str(root / "images"))
    assert proposal.recipe.labels == MaskFiles(template="../labels/{parent}/{stem}.png", classes_from="masks")
    assert proposal.recipe.split == SplitByFolder(train="train", valid=("val",), test=())
    assert labeled(proposal) == 24


def test_pictures_and_masks_inside_parts(draw: Draw) -> None:
    where = [(part, stem) for part in ("train", "valid") for stem in STEMS]
    root = draw(f"{part}/image/{stem}.png" for part, stem in where)
    draw((f"{part}/label/{stem}.png" for part, stem in where), values=(0, 255))
    proposal = guess(root)
    assert proposal.recipe.source == Folder(path=str(root), exclude=("label",))
    assert proposal.recipe.labels == MaskFiles(template="{parent}/../label/{stem}.png", classes_from="masks")
    assert proposal.recipe.split == SplitByFolder(train="train", valid=("valid",), test=())
    assert labeled(proposal) == 24


def test_names_of_classes_and_the_void(draw: Draw, write: Write) -> None:
    root = draw(f"images/{stem}.png" for stem in STEMS)
    draw((f"labels/{stem}.png" for stem in STEMS), values=(0, 1, 2))
    write("codes.txt", "sky\nroad\nVoid\n")
    recipe = guess(root).recipe
    assert recipe.task == Segmentation(void="Void")
    assert isinstance(recipe.labels, MaskFiles)
    assert (recipe.labels.classes_from, recipe.labels.classes_file) == ("file", "../codes.txt")
    assert build_table(recipe, Surroundings())[0].classes == ["sky", "road", "Void"]


def test_names_of_classes_with_their_values_in_settings(draw: Draw, write: Write) -> None:
    root = draw(f"images/{stem}.png" for stem in STEMS)
    draw((f"masks/{stem}.png" for stem in STEMS), values=(0, 7, 21))
    write("config.yaml", "path: .\nclasses:\n  0: unlabeled\n  7: road\n  21: sky\n")
    recipe = guess(root).recipe
    assert recipe.task == Segmentation(void="unlabeled")
    assert isinstance(recipe.labels, MaskFiles)
    assert recipe.labels.values == ("0", "7", "21")
    assert build_table(recipe, Surroundings())[0].classes == ["unlabeled", "road", "sky"]


def test_masks_for_half_of_the_pictures(draw: Draw) -> None:
    root = draw(f"images/{stem}.png" for stem in STEMS)
    whole = [f"masks/{stem}.png" for stem in STEMS]
    draw(whole[:6], values=(0, 1))
    half = guess(root)
    assert isinstance(half.recipe.labels, MaskFiles)
    assert "6 of 12 pictures; 6 have none" in half.answer("labels").reason
    assert labeled(half) == 6
    draw(whole, values=(0, 1))
    assert guess(root).answer("labels").sure > half.answer("labels").sure + 0.2


def test_colour_pictures_in_a_folder_called_labels_are_no_masks(draw: Draw) -> None:
    root = draw([f"images/{stem}.png" for stem in STEMS] + [f"labels/{stem}.png" for stem in STEMS])
    assert guess(root).recipe.labels == FromLabelSet()


def test_masks_of_another_size_are_not_proposed(draw: Draw) -> None:
    root = draw(f"images/{stem}.png" for stem in STEMS)
    draw((f"masks/{stem}.png" for stem in STEMS), side_px=40, values=(0, 1))
    proposal = guess(root)
    assert proposal.recipe.labels == FromLabelSet()
    assert any("does not work" in reason and "pixels" in reason for reason in proposal.reasons)


def test_the_folder_of_the_pictures_alone(draw: Draw) -> None:
    root = draw(f"images/{stem}.png" for stem in STEMS)
    draw((f"masks/{stem}.png" for stem in STEMS), values=(0, 1))
    recipe = guess(root / "images").recipe
    assert recipe.source == Folder(path=str(root / "images"))
    assert isinstance(recipe.labels, MaskFiles)


def test_a_word_in_the_name_that_changes() -> None:
    pictures = [f"a/image_{number}.png" for number in range(9)]
    masks = [f"b/mask_{number}.png" for number in range(9)]
    assert find_template(pictures, masks) == ("{parent}/../b/{stem with image as mask}.png", 9)


def test_names_that_do_not_fit() -> None:
    assert find_template(["a/x.png", "a/y.png"], ["b/1.png", "b/2.png"]) == ("", 0)
