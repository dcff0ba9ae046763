"""The rows of the finished table as the window keeps them: columns of plain values, light enough for a hundred
thousand pictures. A row is made when somebody looks at it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from studio.base.targets import Target
from studio.blocks.table import Part
from studio.jobs.messages import RowsFound


class FoundRow(NamedTuple):
    """A row: its label, what the rule alone says, and which part it is in."""

    image: str
    target: Target | None = None
    by_rule: Target | None = None
    part: Part = ""


class FoundRows(Sequence[FoundRow]):
    """Rows in the table's order, portion by portion. A row as an object each would hold the window up for half a
    second at 100,000 (measured: Python's collector goes through them all)."""

    def __init__(self, rows: Sequence[FoundRow] = ()) -> None:
        self.images: list[str] = [row.image for row in rows]
        self.targets: list[Target | None] = [row.target for row in rows]
        self.by_rules: list[Target | None] = [row.by_rule for row in rows]
        self.parts: list[Part] = [row.part for row in rows]

    def add(self, portion: RowsFound) -> None:
        """Put a portion behind the rows that are there."""
        self.images.extend(portion.images)
        self.targets.extend(portion.targets)
        self.by_rules.extend(portion.by_rules)
        self.parts.extend(portion.parts)

    def __len__(self) -> int:
        return len(self.images)

    @overload
    def __getitem__(self, place: int) -> FoundRow: ...
    @overload
    def __getitem__(self, place: slice) -> "FoundRows": ...
    def __getitem__(self, place: int | slice) -> "FoundRow | FoundRows":
        if isinstance(place, slice):
            return FoundRows([self[number] for number in range(*place.indices(len(self)))])
        return FoundRow(self.images[place], self.targets[place], self.by_rules[place], self.parts[place])

    def __iter__(self) -> Iterator[FoundRow]:
        return map(FoundRow, self.images, self.targets, self.by_rules, self.parts)
