"""The finished table to be looked at: which rows a filter lets through, and in which order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.app.found_rows import FoundRow
from studio.base.targets import class_names_in, target_words
from studio.blocks.table import Part

PART_WORDS: dict[Part, str] = {
    "train": "to train",
    "valid": "to check",
    "test": "to test",
    "unused": "not used",
    "": "not labeled",
}
COLUMNS = ("Picture", "Label", "Part")


@dataclass(frozen=True)
class RowFilter:
    """What is let through; None and "" let everything through. `class_name` "" stands for rows without a label."""

    search: str = ""
    part: Part | None = None
    class_name: str | None = None

    def lets(self, row: FoundRow) -> bool:
        """Whether a row is shown."""
        if self.part is not None and row.part != self.part:
            return False
        if self.class_name == "" and row.target is not None:
            return False
        if self.class_name and self.class_name not in class_names_in(row.target):
            return False
        return not self.search or self.search.casefold() in row.image.casefold()


class RowList:
    """Places in `rows`, filtered and sorted. Quick at a hundred thousand: each word is compared once."""

    def __init__(self) -> None:
        self.rows: Sequence[FoundRow] = ()
        self.shown: list[int] = []
        self.filter = RowFilter()
        self._column, self._is_falling = 0, False
        self._ranks: dict[int, list[int]] = {}

    def take(self, rows: Sequence[FoundRow]) -> None:
        """Show other rows, with filter and order as they were."""
        self.rows = rows
        self._ranks.clear()
        self._build()

    def set_filter(self, wanted: RowFilter) -> None:
        self.filter = wanted
        self._build()

    def sort(self, column: int, is_falling: bool) -> None:
        """By a column; the table's own order is that of the pictures."""
        self._column, self._is_falling = column, is_falling
        self._build()

    def words(self, place: int, column: int) -> str:
        """What a cell says."""
        row = self.rows[place]
        return (row.image, target_words(row.target), PART_WORDS[row.part])[column]

    def _build(self) -> None:
        everything = self.filter == RowFilter()
        places = range(len(self.rows))
        self.shown = list(places) if everything else [i for i in places if self.filter.lets(self.rows[i])]
        if self._column:
            ranks = self._rank(self._column)
            self.shown.sort(key=ranks.__getitem__, reverse=self._is_falling)
        elif self._is_falling:
            self.shown.reverse()

    def _rank(self, column: int) -> list[int]:
        """Each row's place in the order of a column's words."""
        if column not in self._ranks:
            cell: Callable[[FoundRow], str] = _label if column == 1 else _part
            words = [cell(row) for row in self.rows]
            order = {word: rank for rank, word in enumerate(sorted(set(words), key=str.casefold))}
            self._ranks[column] = [order[word] for word in words]
        return self._ranks[column]


def _label(row: FoundRow) -> str:
    return target_words(row.target)


def _part(row: FoundRow) -> str:
    return PART_WORDS[row.part]
