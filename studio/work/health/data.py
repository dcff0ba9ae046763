"""What the checks look at, and what they find."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import MaskFile, class_names_in
from studio.blocks.block import Step
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Level
from studio.work.build import OnProgress
from studio.work.survey.masks import values_of
from studio.work.survey.records import SEEN, UNREADABLE, Records


@dataclass(frozen=True)
class Pair:
    """Two pictures that look alike, by their places in the table, and in how many bits their hashes differ."""

    first: int
    second: int
    distance: int


@dataclass(frozen=True)
class Found:
    """Something that the user should know. pictures: names as in the table, each with what is wrong with it.

    can_group: a split that keeps look-alikes together mends it.
    """

    level: Level
    message: str
    hint: str = ""
    step: Step = "source"
    field: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    pairs: tuple[Pair, ...] = ()
    can_group: bool = False


Check = Callable[["Data"], Iterable[Found]]


@dataclass(frozen=True, eq=False)
class Data:
    """A finished table with what was seen of its files.

    looks: one a row. masked: the places of the rows with a mask; masks: one for each of those. reasons: why a picture
    or a mask cannot be read, by the row's place.
    """

    recipe: Recipe
    table: DataTable
    looks: Records
    masked: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    masks: Records = field(default_factory=lambda: np.zeros(0, dtype=[("state", np.uint8)]))
    reasons: dict[int, str] = field(default_factory=dict)
    mask_reasons: dict[int, str] = field(default_factory=dict)
    on_progress: Callable[[str], OnProgress] = lambda what: lambda done, total: None
    should_stop: Callable[[], bool] = lambda: False

    def path(self, place: int) -> Path:
        return Path(self.table.root) / self.table.rows[place].image

    def image(self, place: int) -> str:
        return self.table.rows[place].image

    @cached_property
    def seen(self) -> NDArray[np.intp]:
        """The places of the pictures that could be read."""
        return np.flatnonzero(self.looks["state"] == SEEN)

    @cached_property
    def unreadable(self) -> list[int]:
        return [int(place) for place in np.flatnonzero(self.looks["state"] == UNREADABLE)]

    def is_divided(self, first: int, second: int) -> bool:
        """Whether the split puts one of these to the training pictures and the other to those that check or test,
        or one to those that check and the other to those that test."""
        used = {self.table.rows[first].part, self.table.rows[second].part}
        return len(used) == 2 and used <= {"train", "valid", "test"}

    def masks_of_rows(self) -> Iterator[tuple[int, Any]]:
        """The masks that could be read, each with the place of its row."""
        for place, mask in zip(self.masked, self.masks, strict=True):
            if mask["state"] == SEEN:
                yield int(place), mask

    @cached_property
    def classes_of_rows(self) -> list[set[str]]:
        """The classes that each row's label names; for a mask those that have a pixel in it."""
        found = [set(class_names_in(row.target)) for row in self.table.rows]
        for place, mask in self.masks_of_rows():
            found[place] = {name for value, name in self.mask_names(place).items() if value in set(values_of(mask))}
        return found

    def mask_names(self, place: int) -> dict[int, str]:
        """Which number stands for which class in the mask of this row."""
        target = self.table.rows[place].target
        assert isinstance(target, MaskFile)
        return dict(zip(target.values or range(len(self.table.classes)), self.table.classes, strict=False))
