"""The finished table to be looked at: which rows a filter lets through, and in which order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from studio.app.found_rows import FoundRow, FoundRows
from studio.base.targets import Target, class_names_in, target_words
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

    def places(self, rows: FoundRows) -> list[int]:
        """The places of the rows that are shown. Column by column: no row is made of those that are not."""
        places: Iterable[int] = range(len(rows))
        if self.part is not None:
            places = [place for place in places if rows.parts[place] == self.part]
        if self.class_name is not None:
            places = [place for place in places if self._lets_target(rows.targets[place])]
        if self.search:
            images, wanted = rows.images, self.search.casefold()
            places = [place for place in places if wanted in images[place].casefold()]
        return list(places)

    def _lets_target(self, target: Target | None) -> bool:
        if self.class_name == "":
            return target is None
        return target == self.class_name or self.class_name in class_names_in(target)


class RowList:
    """Places in `rows`, filtered and sorted. Quick at a hundred thousand: each word is compared once."""

    def __init__(self) -> None:
        self.rows = FoundRows()
        self.shown: list[int] = []
        self.filter = RowFilter()
        self._column, self._is_falling = 0, False
        self._ranks: dict[int, list[int]] = {}

    def take(self, rows: Sequence[FoundRow]) -> None:
        """Show other rows, with filter and order as they were."""
        self.rows = rows if isinstance(rows, FoundRows) else FoundRows(rows)
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
        self.shown = self.filter.places(self.rows)
        if self._column:
            ranks = self._rank(self._column)
            self.shown.sort(key=ranks.__getitem__, reverse=self._is_falling)
        elif self._is_falling:
            self.shown.reverse()

    def _rank(self, column: int) -> list[int]:
        """Each row's place in the order of a column's words."""
        if column not in self._ranks:
            words = list(_words(self.rows, column))
            order = {word: rank for rank, word in enumerate(sorted(set(words), key=str.casefold))}
            self._ranks[column] = [order[word] for word in words]
        return self._ranks[column]


def _words(rows: FoundRows, column: int) -> Iterator[str]:
    if column == 1:  # most targets are the name of a class, which is its own words
        return (target if isinstance(target, str) else target_words(target) for target in rows.targets)
    return (PART_WORDS[part] for part in rows.parts)
