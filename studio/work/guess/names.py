"""Evidence from the names of the files: a word and a number, as in rose_12.jpg, where the word is the class."""

import re
from collections import Counter
from pathlib import Path

from studio.base.wording import count_words
from studio.blocks.labels.name_pattern import NamePattern
from studio.blocks.source.folder import Folder
from studio.blocks.tasks.classification import Classification
from studio.work.guess.evidence import Evidence
from studio.work.guess.folder_words import words_of

PATTERN = r"([^/]+?)[_. -]\(?\d+\)?\.[^./]+$"
FEWEST_EACH = 5  # pictures of a class on average, so that words are no accident
SURE = 0.65  # names tell less clearly than folders
# What cameras, programs and people call pictures whatever they show; and views of one thing.
NO_CLASS = frozenset(
    ("img", "image", "images", "imag", "dsc", "dscn", "dscf", "pict", "pic", "picture", "photo", "p", "scan", "page",
     "frame", "f", "fr", "screenshot", "screen", "shot", "gopr", "pxl", "vid", "video", "seq", "slice", "tile", "patch",
     "crop", "left", "right", "top", "rgb", "depth", "cam", "camera", "mask", "label", "train", "valid", "val", "test",
     "sample", "file", "untitled", "whatsapp", "signal", "z", "t")
)  # fmt: skip


def by_name(root: Path, pictures: list[str]) -> Evidence | None:
    """Classes from the words before the numbers in the names, where most files are named so."""
    found = re.compile(PATTERN)
    named = Counter(match[1] for picture in pictures if (match := found.search(picture)) is not None)
    classes = {name: count for name, count in named.items() if _may_be_class(name)}
    labeled = sum(classes.values())
    if len(classes) < 2 or labeled < FEWEST_EACH * len(classes) or labeled < 0.9 * len(pictures):
        return None
    names = ", ".join(list(classes)[:6]) + (", …" if len(classes) > 6 else "")
    return Evidence(
        task=Classification(),
        source=Folder(path=str(root)),
        labels=NamePattern(pattern=PATTERN),
        pictures=pictures,
        labeled=labeled,
        sure=SURE,
        what="The files are called after what they show, so each picture shows one thing.",
        where=f"{count_words(len(pictures), 'picture')} found.",
        how=f"Before the numbers in the names stand {count_words(len(classes), 'different word')}: {names}.",
    )


def _may_be_class(name: str) -> bool:
    """Whether a name is made of words, not of the marks of a camera, a program or a sequence."""
    return not any(sign.isdigit() for sign in name) and not NO_CLASS.issuperset(words_of(name))
