"""How the model is to be checked honestly: the split that goes with the pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.blocks.recipe import AnySplit
from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.last_part import LastPartSplit
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.split.stratified import StratifiedSplit
from studio.work.guess.folder_words import TEST, TRAIN, VALID, folders_of, is_named, part_sets
from studio.work.guess.lists import ListSplit
from studio.work.splits.neighbours import propose_split


@dataclass(frozen=True)
class Checking:
    """A split, why, and how sure that it is honest."""

    split: AnySplit
    reason: str
    sure: float


def choose_split(
    pictures: Sequence[str],
    own_splits: Sequence[AnySplit],
    listed: ListSplit | None,
    classes: Mapping[str, str] | None,
) -> Checking:
    """The split for pictures, paths below the source's folder.

    What the data set says itself counts first: a column, folders, a list. Then whether pictures are neighbours in a
    sequence, which must not stand on both sides. classes: by picture, for those that are labeled; None where pictures
    have something else than one class each.
    """
    for split in own_splits:
        if isinstance(split, SplitByColumn):
            return Checking(split, f"The column '{split.column}' says which pictures check the model.", 0.97)
    folders = by_folders(pictures)
    if folders is not None:
        return folders
    if listed is not None:
        return Checking(listed.split, listed.reason, 0.95)
    for split in own_splits:
        if isinstance(split, GroupSplit | LastPartSplit):
            return Checking(split, _kept_apart(split), 0.9)
    each = () if classes is None else [classes.get(picture) for picture in pictures]
    neighbours = propose_split(pictures, each)
    if neighbours is not None:
        return Checking(*neighbours, 0.85)
    if classes:
        return Checking(StratifiedSplit(), "A random fifth of each class is kept for checking.", 0.85)
    return Checking(RandomSplit(), "A random fifth of the labeled pictures is kept for checking.", 0.85)


def _kept_apart(split: GroupSplit | LastPartSplit) -> str:
    if split.group_by == "column":
        return f"Pictures with the same '{split.column}' stay together, so that the model is asked about new ones."
    if isinstance(split, GroupSplit):
        return "Pictures of one video are alike: whole videos are kept for checking."
    return "Neighbouring pictures of a video are alike: the last part of each is kept for checking."


def by_folders(pictures: Sequence[str]) -> Checking | None:
    """Folders such as train and valid, at any depth; with a train and a test folder only, the test folder checks."""
    folders = folders_of(pictures)
    sets = part_sets(folders)
    names = {name for parent in sets for name in _inside(parent, folders)}
    train = _named(names, TRAIN)
    valid, test = _named(names, VALID), _named(names, TEST)
    if not train:
        return None
    if not valid and not _hold_alike(pictures, test, train):
        return None  # a test folder without labels checks nothing
    named = f"The folders '{train[0]}' and '{(valid or test)[0]}'"
    block = SplitByFolder(train=train[0], valid=tuple(valid or test), test=tuple(test) if valid else ())
    return Checking(block, f"{named} say which pictures are for training and which for checking.", 0.97)


def _inside(parent: str, folders: set[str]) -> set[str]:
    return {folder.rpartition("/")[2] for folder in folders if folder.rpartition("/")[0] == parent}


def _named(names: set[str], words: frozenset[str]) -> list[str]:
    return sorted((name for name in names if is_named(name, words)), key=lambda name: (len(name), name))


def _hold_alike(pictures: Sequence[str], test: Sequence[str], train: Sequence[str]) -> bool:
    """Whether the test folder is laid out as the training folder is: with inner folders of the same names."""
    if not test:
        return False
    inside: dict[str, set[str]] = {}
    for picture in pictures:
        folders = picture.split("/")[:-1]
        for place, name in enumerate(folders):
            if name in (test[0], train[0]):
                inside.setdefault(name, set()).add("/".join(folders[place + 1 :]))
    ours, theirs = inside.get(test[0], set()) - {""}, inside.get(train[0], set()) - {""}
    return bool(ours) and ours <= theirs
