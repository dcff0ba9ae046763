"""Names that folders of data sets have: those that say which part a picture belongs to, and those that say nothing."""

import re
from collections.abc import Iterable
from functools import lru_cache

TRAIN = frozenset(("train", "training"))
VALID = frozenset(("valid", "val", "validation", "dev"))
TEST = frozenset(("test", "testing"))
UNLABELED = frozenset(("unlabeled", "unlabelled", "unsorted", "unsup", "new", "inbox", "todo"))
PICTURES = frozenset(
    ("image", "images", "img", "imgs", "jpegimages", "picture", "pictures", "photo", "photos", "data", "dataset",
     "frames", "input", "inputs", "raw", "rgb", "files", "all", "set", "jpg", "png", "labeled", "samples")
)  # fmt: skip
MASKS = frozenset(
    ("label", "labels", "mask", "masks", "annotation", "annotations", "annot", "gt", "groundtruth", "truth", "trimaps",
     "segmentation", "segmentations", "segmentationclass", "segmentationobject", "seg", "target", "targets",
     "labelcol", "classes", "panoptic", "semantic", "instance", "instances", "labelids", "output")
)  # fmt: skip

NAMES_KEPT = 10_000  # folders' names are asked about again for each picture


def words_of(name: str) -> list[str]:
    """The words in a name, in small letters and without numbers: "train2017_images" gives train, images."""
    return re.findall(r"[^\W\d_]+", name.lower())


@lru_cache(NAMES_KEPT)
def is_named(name: str, words: frozenset[str]) -> bool:
    """Whether a name says one of the words, beside words that say nothing: "images_train" is named train."""
    said = words_of(name)
    return any(word in words for word in said) and all(word in words or word in PICTURES for word in said)


def is_part(name: str) -> bool:
    return is_named(name, TRAIN | VALID | TEST)


@lru_cache(NAMES_KEPT)
def says_nothing(name: str) -> bool:
    """Whether a folder of this name is there for order only: images, data, labeled-data, masks."""
    said = words_of(name)
    return bool(said) and all(word in PICTURES | MASKS for word in said)


def is_for_order(name: str) -> bool:
    """Whether a folder of this name is one among others of a data set: images, train, JPEGImages."""
    return says_nothing(name) or is_part(name)


@lru_cache(NAMES_KEPT)
def is_mask_folder(name: str) -> bool:
    """Whether a folder of this name holds masks or other annotations: labels, train_masks, panoptic_train2017."""
    said = words_of(name)
    return any(word in MASKS for word in said) and all(word in MASKS | PICTURES | TRAIN | VALID | TEST for word in said)


def part_sets(folders: Iterable[str]) -> dict[str, dict[str, str]]:
    """Where folders side by side stand for parts: their parent's path, and in it the name for each part that is there.

    A folder called 'train' between 'bus' and 'car' is a class: beside parts there are only names that say nothing.
    """
    children: dict[str, set[str]] = {}
    for folder in folders:
        parent, _, name = folder.rpartition("/")
        children.setdefault(parent, set()).add(name)
    found: dict[str, dict[str, str]] = {}
    for parent, names in sorted(children.items()):
        parts: dict[str, str] = {}
        for part, words in (("train", TRAIN), ("valid", VALID), ("test", TEST)):
            named = sorted((name for name in names if is_named(name, words)), key=lambda name: (len(name), name))
            if named:
                parts[part] = named[0]
        others = [
            name for name in names if not is_part(name) and not is_named(name, UNLABELED) and not says_nothing(name)
        ]
        if "train" in parts and (not others or "valid" in parts):
            found[parent] = parts
    return found


def folders_of(pictures: Iterable[str]) -> set[str]:
    """Every folder that holds one of the pictures, at any depth, as a path."""
    found: set[str] = set()
    for folder in {picture.rpartition("/")[0] for picture in pictures}:
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found
