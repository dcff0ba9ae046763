"""Mirrored training pictures where left and right, or up and down, mean something."""

import re
from collections.abc import Iterator

from studio.base.targets import Points, Skeleton
from studio.blocks.transforms.flip import Flip
from studio.formats.sides import side_partners
from studio.work.health.data import Data, Found
from studio.work.splits.parts import names_words

_SIDEWAYS = {"left", "right", "leftward", "rightward", "clockwise", "counterclockwise", "anticlockwise"}
_UPRIGHT = {"up", "down", "top", "bottom", "upward", "downward", "north", "south", "east", "west"}
# What becomes another sign when it is turned or mirrored.
_TURNED_SIGNS = ({"6", "9"}, {"b", "d"}, {"b", "p"}, {"b", "q"}, {"d", "p"}, {"d", "q"}, {"p", "q"}, {"n", "u"})
_MIRRORED_SIGNS = ({"b", "d"}, {"p", "q"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def find_mirror_traps(data: Data) -> Iterator[Found]:
    """What a flip block of the recipe spoils: points without partners, and classes that mean a direction."""
    flip = next((item for item in data.recipe.transforms if isinstance(item, Flip)), None)
    if flip is None:
        return
    turns = flip.sides == "all"
    if data.table.skeleton is not None and any(isinstance(row.target, Points) for row in data.table.rows):
        yield from _points_without_partners(data.table.skeleton)
    directed = directed_classes(data.table.classes, turns)
    if directed:
        how = "turned and mirrored" if turns else "mirrored"
        message = f"Training pictures are {how}, but {names_words(directed)} then mean something else."
        yield Found("warning", message, "Take the flip out, or mirror less.", "transforms", "sides")


def _points_without_partners(skeleton: Skeleton) -> Iterator[Found]:
    partnered = {place for pair in skeleton.partners for place in pair}
    pairs = [pair for pair in side_partners(skeleton.names) if not set(pair) <= partnered]
    alone = [
        name
        for place, name in enumerate(skeleton.names)
        if {"left", "right"} & set(words_of(name))
        and place not in partnered
        and not any(place in pair for pair in pairs)
    ]
    hint = "Say which points change sides in a mirror, or take the flip out."
    if pairs:
        names = [f"{skeleton.names[first]} and {skeleton.names[second]}" for first, second in pairs]
        message = f"Training pictures are mirrored, but {names_words(names)} do not change sides with it."
        yield Found("warning", message, hint, "transforms", "sides")
    if alone:
        message = f"Training pictures are mirrored, but {names_words(alone)} has no point on the other side."
        yield Found("warning", message, hint, "transforms", "sides")


def directed_classes(classes: list[str], turns: bool) -> list[str]:
    """The classes whose names say a direction, or that are signs which become others.

    turns: all eight symmetries are used, not only left and right.
    """
    directions = _SIDEWAYS | _UPRIGHT if turns else _SIDEWAYS
    found = [name for name in classes if directions & set(words_of(name))]
    there = {name.strip() for name in classes}
    for signs in _TURNED_SIGNS if turns else _MIRRORED_SIGNS:
        found += [name for name in classes if signs <= there and name.strip() in signs]
    return list(dict.fromkeys(found))


def words_of(name: str) -> list[str]:
    """The words in a name, in small letters: turn_left, turnLeft and "Turn left" have the same two."""
    return [word.lower() for word in _WORDS.findall(name)]
