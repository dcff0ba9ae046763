"""What the values in masks mean."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.blocks.labels.mask_files import MaskFiles
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.named_lines import check_once, read_names

_MOST_VALUES = 64  # more than so many different ones are shades, not classes


@dataclass(frozen=True)
class Meaning:
    """The classes, and which value stands for each; no values where they are the places of the classes."""

    classes: tuple[str, ...]
    values: tuple[int, ...] = ()
    findings: list[Finding] = field(default_factory=list)


def given_names(block: MaskFiles, table: DataTable, around: Surroundings) -> tuple[str, ...] | None:
    """The names of the classes, or None where they come from the masks. Raises BadSetting."""
    if block.classes_from == "file":
        if not block.classes_file:
            raise BadSetting(
                "No file of class names is chosen.", "Choose a text file, one name a line.", "classes_file"
            )
        return read_names(block.classes_file, "classes_file", table, around)
    if block.classes_from == "names":
        if not block.class_names:
            raise BadSetting("The classes have no names yet.", "Write the name of each class.", "class_names")
        check_once(list(block.class_names), "The list of classes", "class_names")
        return block.class_names
    return None


def meaning_of(block: MaskFiles, names: tuple[str, ...] | None, held_nv: NDArray[np.bool_]) -> Meaning:
    """What the values mean, by the settings and by what the masks hold.

    held_nv: (masks, values), whether each mask that can be used holds each value. Raises BadSetting.
    """
    seen = tuple(int(value) for value in np.flatnonzero(held_nv.any(axis=0)))
    given = tuple(int(text) for text in block.values)
    if names is None:
        if len(given or seen) > _MOST_VALUES:
            message = f"The masks hold {len(seen)} different values: these look like pictures."
            raise BadSetting(message, "Check the rule for their names, or name the classes.", "template")
        return _plain(tuple(str(value) for value in given or seen), given or seen)
    if given:
        if len(given) != len(names):
            message = f"There are {len(names)} classes, but {len(given)} values."
            raise BadSetting(message, "Give one value for each class, or none.", "values")
        return _plain(names, given)
    if not seen or seen[-1] < len(names):
        return Meaning(names)
    values = seen if len(seen) == len(names) else _usual(held_nv, len(names))
    if not values or values == tuple(range(len(names))):
        return Meaning(names)
    pairs = ", ".join(f"{value} is '{name}'" for value, name in zip(values, names, strict=True))
    return Meaning(
        names, values, [Finding("info", f"The masks hold other values than 0, 1, 2: {pairs}.", "", "values")]
    )


def _plain(classes: tuple[str, ...], values: tuple[int, ...]) -> Meaning:
    return Meaning(classes, () if values == tuple(range(len(values))) else values)


def _usual(held_nv: NDArray[np.bool_], count: int) -> tuple[int, ...]:
    """The values that most of the masks with `count` of them hold; none where no mask has so many."""
    sets = Counter(held_v.tobytes() for held_v in held_nv if held_v.sum() == count)
    if not sets:
        return ()
    held_v = np.frombuffer(sets.most_common(1)[0][0], dtype=bool)
    return tuple(int(value) for value in np.flatnonzero(held_v))
