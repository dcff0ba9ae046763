"""Labels that are probably the same: they differ only by case, spaces or unicode form."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from studio.work.health.data import Data, Found

_JOINTS = str.maketrans("", "", "_-")


def find_similar_names(data: Data) -> Iterator[Found]:
    """A finding for each class that is written in several ways, with the pictures of the rarer ones."""
    counts = Counter(name for names in data.classes_of_rows for name in names)
    names = dict.fromkeys([*data.table.classes, *counts])
    for spellings in spelled_differently(names):
        usual, *rare = sorted(spellings, key=lambda name: -counts[name])
        told = " and ".join(f"'{name}' ({counts[name]})" for name in (usual, *rare))
        message = f"Labels that differ only {_difference(usual, rare[0])}: {told}. The model takes them for different."
        pictures = tuple(
            (data.image(place), f"'{name}'")
            for place, here in enumerate(data.classes_of_rows)
            for name in rare
            if name in here
        )
        yield Found("warning", message, f"Write all of them '{usual.strip()}'.", "labels", pictures=pictures)
    points = data.table.skeleton.names if data.table.skeleton else ()
    for spellings in spelled_differently(points):
        told = " and ".join(f"'{name}'" for name in spellings)
        message = f"Points whose names differ only {_difference(*spellings[:2])}: {told}."
        yield Found("warning", message, "Give every point one name.", "labels")


def spelled_differently(names: Iterable[str]) -> list[list[str]]:
    """The names that are the same without case, spaces, hyphens, underscores and unicode form."""
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        by_word[plain(name)].append(name)
    return [spellings for spellings in by_word.values() if len(spellings) > 1]


def plain(name: str) -> str:
    """What is left of a name without case, spaces, hyphens, underscores and unicode form."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) != "Cf")
    return visible.translate(_JOINTS) or visible or name


def _difference(one: str, other: str) -> str:
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "in how their letters are stored (unicode form), which nobody sees"
    if one.casefold() == other.casefold():
        return "by capitals"
    return "by spaces" if "".join(one.split()) == "".join(other.split()) else "by case, spaces or joining signs"
