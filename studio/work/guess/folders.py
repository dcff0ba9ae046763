"""Evidence from the folders that pictures lie in: their names as classes."""

import re
from collections import Counter
from pathlib import Path

from studio.base.wording import count_words
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.classification import Classification
from studio.work.guess.evidence import Evidence
from studio.work.guess.folder_words import TEST, UNLABELED, folders_of, is_named, is_part, part_sets, says_nothing
from studio.work.guess.listing import folder_of

LEVELS = 3
LOOKS_LIKE_NO_CLASS = re.compile(
    r"\d{4}[-_.]?\d\d([-_.]?\d\d)?.*"  # a date
    r"|\d{3}[A-Z_]{4,5}\d?"  # 100CANON, 101_PANA: what cameras make
    r"|(seq|sequence|video|vid|clip|cam|camera|session|take|scene|run|day|batch|part|subject|person)[-_ ]?\d+"
    r"|m\d+s\d+",
    re.IGNORECASE,
)


def by_folder(root: Path, pictures: list[str]) -> Evidence | None:
    """Classes from the names of folders, where there are at least two that may be classes."""
    folders_there = folders_of(pictures)
    sets = part_sets(folders_there)
    part_paths = {
        folder for folder in folders_there if folder_of(folder) in sets and is_part(folder.rpartition("/")[2])
    }
    counts = Counter(folder_of(picture) for picture in pictures)
    for level in range(1, LEVELS + 1):
        classes: Counter[str] = Counter()
        depths: Counter[int] = Counter()
        unlabeled: set[str] = set()
        for path, count in counts.items():
            folders = path.split("/") if path else []
            aside = _set_aside(folders)
            if aside:
                unlabeled.add(aside)
            elif len(folders) >= level and not says_nothing(folders[-level]):
                depth = len(folders) - level + 1
                if "/".join(folders[:depth]) not in part_paths:
                    classes[folders[-level]] += count
                    depths[depth] += count
        if len(classes) >= 2:
            even = depths.most_common(1)[0][1] / depths.total()  # folders inside folders of classes are no classes
            return _evidence(root, pictures, classes, level, sorted(unlabeled), even)
    return None


def _set_aside(folders: list[str]) -> str:
    """The name that says that pictures in these folders have no class yet; "" where there is none."""
    named = next((name for name in folders if is_named(name, UNLABELED)), "")
    # A test part without folders of classes in it.
    return named or (folders[-1] if folders and is_named(folders[-1], TEST) else "")


def _evidence(
    root: Path, pictures: list[str], classes: Counter[str], level: int, unlabeled: list[str], even: float
) -> Evidence:
    names = ", ".join(list(classes)[:6]) + (", …" if len(classes) > 6 else "")
    how = f"The folders are named after {count_words(len(classes), 'class', 'classes')}: {names}."
    if unlabeled:
        how += f" Pictures in '{unlabeled[0]}' are taken as not labeled yet."
    return Evidence(
        task=Classification(),
        source=Folder(path=str(root)),
        labels=ParentFolder(level=level, unlabeled_folders=tuple(unlabeled)),
        pictures=pictures,
        labeled=classes.total(),
        sure=_sureness(classes) * even**2,
        what="Every picture lies in the folder of one class, so each picture shows one thing.",
        where=f"{count_words(len(pictures), 'picture')} found.",
        how=how,
    )


def _sureness(classes: Counter[str]) -> float:
    """Less where the names look like dates, cameras or videos, or where most folders hold only a few pictures."""
    odd = sum(LOOKS_LIKE_NO_CLASS.fullmatch(name) is not None for name in classes)
    if odd * 2 > len(classes):
        return 0.35
    mean = classes.total() / len(classes)
    return 0.95 if mean >= 10 else 0.85 if mean >= 2 else 0.45
