"""Classes from the names of folders, and what only looks like them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.stratified import StratifiedSplit
from studio.blocks.tasks.classification import Classification
from studio.work.guess.choice import guess
from studio.work.guess.folder_words import is_mask_folder, is_part, says_nothing

Draw = Callable[..., Path]
NOT_COUNTED = (3, 17, 28, 41, 95, 133, 190, 250, 381, 402, 517, 555)  # numbers that are no frames


def pictures(*folders: str, each: int = 12) -> list[str]:
    return [f"{folder}/p{number}{folder[-1]}.png" for folder in folders for number in NOT_COUNTED[:each]]


def test_folders_of_classes(draw: Draw) -> None:
    proposal = guess(draw(pictures("nut", "screw")))
    assert proposal.recipe.task == Classification()
    assert proposal.recipe.labels == ParentFolder()
    assert proposal.recipe.split == StratifiedSplit()
    assert "nut, screw" in proposal.answer("labels").reason
    assert [answer.step for answer in proposal.answers] == ["kind", "source", "labels", "split"]
    assert 0.8 < proposal.sure <= 1
    assert isinstance(proposal.alternatives[-1].recipe.labels, FromLabelSet)


@pytest.mark.parametrize(("train", "valid"), [("train", "valid"), ("Training", "val"), ("train_images", "val2017")])
def test_train_and_valid_folders_around_classes(draw: Draw, train: str, valid: str) -> None:
    names = [*pictures(f"{train}/cat", f"{train}/dog", f"{valid}/cat", f"{valid}/dog"), "test/1.png", "test/2.png"]
    recipe = guess(draw(names)).recipe
    assert recipe.labels == ParentFolder(unlabeled_folders=("test",))
    assert recipe.split == SplitByFolder(train=train, valid=(valid,), test=("test",))


def test_parts_inside_the_classes(draw: Draw) -> None:
    names = pictures("cat/train", "cat/valid", "dog/train", "dog/valid")
    recipe = guess(draw(names)).recipe
    assert recipe.labels == ParentFolder(level=2)
    assert recipe.split == SplitByFolder(train="train", valid=("valid",), test=())


def test_a_test_folder_laid_out_as_the_training_folder_checks(draw: Draw) -> None:
    recipe = guess(draw(pictures("train/cat", "train/dog", "test/cat", "test/dog"))).recipe
    assert recipe.labels == ParentFolder()
    assert recipe.split == SplitByFolder(train="train", valid=("test",), test=())


def test_a_training_folder_alone_is_no_split(draw: Draw) -> None:
    recipe = guess(draw(pictures("train/cat", "train/dog"))).recipe
    assert recipe.labels == ParentFolder()
    assert recipe.split == StratifiedSplit()


def test_trains_are_a_class_between_buses_and_cars(draw: Draw) -> None:
    recipe = guess(draw(pictures("bus", "car", "train"))).recipe
    assert recipe.labels == ParentFolder()
    assert recipe.split == StratifiedSplit()


def test_pictures_set_aside_are_not_labeled(draw: Draw) -> None:
    proposal = guess(draw(pictures("nut", "screw", "unsorted")))
    assert proposal.recipe.labels == ParentFolder(unlabeled_folders=("unsorted",))
    assert "not labeled yet" in proposal.answer("labels").reason


def test_folders_for_order_are_skipped(draw: Draw) -> None:
    assert guess(draw(pictures("data/nut/images", "data/screw/images"))).recipe.labels == ParentFolder(level=2)


@pytest.mark.parametrize(
    "folders", [("2019-05-03", "2019-05-04"), ("100CANON", "101CANON"), ("video_1", "video_2"), ("images", "data")]
)
def test_folders_of_dates_cameras_and_videos_are_no_classes(draw: Draw, folders: tuple[str, ...]) -> None:
    assert guess(draw(pictures(*folders))).recipe.labels == FromLabelSet()


def test_frames_in_folders_of_classes_are_kept_apart(draw: Draw) -> None:
    names = [f"{kind}/frame_{number:04d}.png" for kind in ("wet", "dry") for number in range(30)]
    recipe = guess(draw(names)).recipe
    assert recipe.labels == ParentFolder()
    assert recipe.split.kind in ("last_part", "by_group")


def test_names_of_folders() -> None:
    assert is_part("train2017")
    assert is_part("val_images")
    assert not is_part("train_station")
    assert says_nothing("labeled-data")
    assert not says_nothing("cells")
    assert is_mask_folder("SegmentationClass")
    assert is_mask_folder("train_masks")
    assert not is_mask_folder("masked_people")
