"""The honest split."""

from collections.abc import Callable
from pathlib import Path

from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_list import SplitByList
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.split.stratified import StratifiedSplit
from studio.work.guess.checking import by_folders, choose_split
from studio.work.guess.listing import list_folder
from studio.work.guess.lists import by_list

Draw = Callable[..., Path]
Write = Callable[[str, object], Path]
LEAVES = [f"leaf{number * number + 5}x.png" for number in range(20)]


def test_nothing_said_is_a_random_part() -> None:
    assert choose_split(LEAVES, (), None, None).split == RandomSplit()
    classes = {name: "oak" if place % 2 else "ash" for place, name in enumerate(LEAVES)}
    assert choose_split(LEAVES, (), None, classes).split == StratifiedSplit()


def test_slices_of_one_stack_are_never_drawn_at_random() -> None:
    slices = [f"{number}.png" for number in range(30)]
    checking = choose_split(slices, (), None, None)
    assert isinstance(checking.split, LastPartSplit)
    assert checking.split.gap >= 1
    assert "neighbours" in checking.reason


def test_folders_win_over_the_look_of_the_names() -> None:
    frames = [f"{part}/frame_{number}.png" for part in ("train", "val") for number in range(30)]
    assert choose_split(frames, (), None, None).split == SplitByFolder(train="train", valid=("val",), test=())


def test_an_unlabeled_test_folder_checks_nothing() -> None:
    assert by_folders([f"train/cat/{name}" for name in LEAVES] + [f"test/{name}" for name in LEAVES]) is None


def test_a_list_of_pictures_to_check_on(draw: Draw, write: Write) -> None:
    root = draw(f"images/{name}" for name in LEAVES)
    write("valid.txt", "\n".join(LEAVES[:4]))
    found = by_list(list_folder(root), [f"images/{name}" for name in LEAVES], lambda name: f"../{name}")
    assert found is not None
    assert found.split == SplitByList(file="../valid.txt")
    assert "valid.txt lists 4 pictures" in found.reason


def test_a_list_of_other_things_is_no_split(draw: Draw, write: Write) -> None:
    root = draw(LEAVES)
    write("valid.txt", "these\nare\nnotes\n")
    assert by_list(list_folder(root), LEAVES, lambda name: name) is None


def test_a_list_of_all_pictures_is_no_split(draw: Draw, write: Write) -> None:
    root = draw(LEAVES)
    write("val.txt", "\n".join(LEAVES))
    assert by_list(list_folder(root), LEAVES, lambda name: name) is None
