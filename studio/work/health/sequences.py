"""Pictures that follow each other, as frames of a video or slices of a stack: told by their names and looks."""

import re
from collections import defaultdict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from studio.work.health.data import Data
from studio.work.survey.likeness import coarse, correlations, is_flat

_MOST_OF_ALL = 0.4
SHORT = 12  # shorter sequences are judged together: each alone says too little
_LEAST = 3
_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)

# How often a picture may resemble others more than its successor, in the middle of many: 1 in 2 where the order says
# nothing (measured 0.43 to 0.53 on digits, blood cells and photographs in numbered files), 1 in 30 to 1 in 7 in videos
# and stacks, even with 1 frame in 60.
_MOST_RANK = 0.25
_LEAST_DEVIATIONS = 3.0
_LEAST_SUCCESSORS = 8
_MOST_SAMPLED, _LEAST_SAMPLED, _ALL_SAMPLED = 200, 12, 2000  # successors of one sequence, and of all
_OTHERS = 100


@dataclass(frozen=True)
class Sequence:
    """Places in the table in the order of their numbers, and what their names have in common."""

    name: str
    places: tuple[int, ...]
    is_declared: bool = False  # the source knows that they are of one video

    def successors(self) -> list[tuple[int, int]]:
        return list(zip(self.places, self.places[1:], strict=False))


def find_sequences(data: Data) -> list[Sequence]:
    """The sequences in which neighbours look more alike than others do, and those that the source knows of."""
    if data not in _found:
        _found[data] = _find_sequences(data)
    return _found[data]


def one_sequence(data: Data) -> frozenset[int]:
    """The places of a sequence that is too much of the data to go to one side as a whole; none where none is."""
    return next((frozenset(item.places) for item in find_sequences(data) if is_most(item, data)), frozenset())


def is_most(sequence: Sequence, data: Data) -> bool:
    return len(sequence.places) > _MOST_OF_ALL * len(data.table.rows)


_found: WeakKeyDictionary[Data, list[Sequence]] = WeakKeyDictionary()  # two checks want to know


def _find_sequences(data: Data) -> list[Sequence]:
    numbered = _numbered(data)
    declared = [item for item in numbered if item.is_declared]
    long = [item for item in numbered if not item.is_declared and len(item.places) >= SHORT]
    short = [item for item in numbered if not item.is_declared and len(item.places) < SHORT]
    draw = np.random.default_rng(0)
    sampled = min(_MOST_SAMPLED, max(_LEAST_SAMPLED, _ALL_SAMPLED // max(len(long), 1)))
    found = list(declared)
    for item in long:
        if data.should_stop():
            return []
        if _neighbours_are_alike(data, [item], list(item.places), sampled, draw):
            found.append(item)
    if short and _neighbours_are_alike(data, short, data.seen.tolist(), _MOST_SAMPLED, draw):
        found += short
    return sorted(found, key=lambda item: item.places[0])


def _numbered(data: Data) -> list[Sequence]:
    """Pictures whose names differ in their last number only; those of one folder where numbers repeat in another."""
    by_name: defaultdict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for place, row in enumerate(data.table.rows):
        match = _LAST_NUMBER.fullmatch(row.image.rpartition("/")[2].rpartition(".")[0])
        if match:
            by_name[row.group, match[1], match[3]].append((int(match[2]), place))
        elif row.group:
            by_name[row.group, "", ""].append((place, place))
    found: list[Sequence] = []
    for (group, before, _), members in by_name.items():
        for folder, numbers in _without_repeats(data, members).items():
            if len(numbers) >= _LEAST:
                name = group or f"{folder}{'/' * bool(folder)}{before}"
                places = tuple(place for _, place in sorted(numbers))
                found.append(Sequence(name, places, is_declared=bool(group)))
    return found


def _without_repeats(data: Data, members: list[tuple[int, int]]) -> dict[str, list[tuple[int, int]]]:
    """All together where each number is there once; else by the folder, its own name first, its whole path then."""
    for depth in (0, 1):
        by_folder: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, place in members:
            folders = data.image(place).split("/")[:-1]
            by_folder["/".join(folders[-1:]) if depth else ""].append((number, place))
        if all(len({number for number, _ in inside}) == len(inside) for inside in by_folder.values()):
            return by_folder
    by_folder = defaultdict(list)
    for number, place in members:
        by_folder[data.image(place).rpartition("/")[0]].append((number, place))
    return by_folder


def _neighbours_are_alike(
    data: Data, sequences: list[Sequence], others: list[int], sampled: int, draw: np.random.Generator
) -> bool:
    """Whether pictures resemble their successor more than others of the same class, beyond chance."""
    pairs = [pair for item in sequences for pair in item.successors()]
    if len(pairs) > sampled:
        pairs = [pairs[place] for place in sorted(draw.choice(len(pairs), sampled, replace=False))]
    order = {place: (number, index) for number, item in enumerate(sequences) for index, place in enumerate(item.places)}
    pool = _Pool(data, others)
    ranks: list[float] = []
    for first, second in pairs:
        strangers = [place for place in pool.like(second, draw) if not _are_near(order.get(place), order[first])]
        if len(strangers) >= 5 and pool.has(first) and pool.has(second):
            agreement = pool.agreement(first, [second, *strangers])
            ranks.append(float((agreement[1:] > agreement[0]).mean()))
    if len(ranks) < _LEAST_SUCCESSORS:
        return False
    # The mean of as many numbers drawn evenly from 0 to 1 has this standard deviation.
    deviations = (0.5 - np.mean(ranks)) / np.sqrt(1 / 12 / len(ranks))
    return bool(np.median(ranks) <= _MOST_RANK and deviations >= _LEAST_DEVIATIONS)


def _are_near(one: tuple[int, int] | None, other: tuple[int, int]) -> bool:
    return one is not None and one[0] == other[0] and abs(one[1] - other[1]) <= 2


class _Pool:
    """Pictures to compare with, without what they all have in common (a background that stands still)."""

    def __init__(self, data: Data, places: list[int]) -> None:
        small, seen = data.looks["small"], set(data.seen.tolist())
        usable = np.array([place for place in places if place in seen], dtype=np.int64)
        usable = usable[~is_flat(small[usable])]
        self._data, self._usable = data, set(usable.tolist())
        self._small: NDArray[np.uint8] = small
        self._common = coarse(small[usable]).mean(axis=0) if len(usable) else np.zeros(())
        self._by_class: defaultdict[str, list[int]] = defaultdict(list)
        for place in usable.tolist():
            self._by_class[self._class(place)].append(place)

    def has(self, place: int) -> bool:
        return place in self._usable

    def like(self, place: int, draw: np.random.Generator) -> list[int]:
        """Some pictures of the same class: pictures in order of their class are no video."""
        inside = self._by_class[self._class(place)]
        if len(inside) <= _OTHERS:
            return inside
        return [inside[number] for number in draw.integers(0, len(inside), _OTHERS)]

    def agreement(self, place: int, others: list[int]) -> NDArray[np.float32]:
        blocks = coarse(self._small[[place, *others]]) - self._common
        return correlations(np.repeat(blocks[:1], len(others), axis=0), blocks[1:])

    def _class(self, place: int) -> str:
        target = self._data.table.rows[place].target
        return target if isinstance(target, str) else ""
