"""Rows whose labels cannot be used, and why: told, or left out, as the block says."""

from studio.base.wording import count_words
from studio.blocks.table import DataTable, Finding, LeftOut, Row

SHOWN = 3  # so many are named in a message

_HINT = "Correct them, or switch on 'Leave out rows with problems'."


class Problems:
    """Collects what is wrong with which row, each row once."""

    def __init__(self, field: str = "skip_bad") -> None:
        self._field = field
        self._found: dict[int, tuple[Row, str]] = {}

    def add(self, row: Row, what: str) -> None:
        """what: a text that names file, line and column, without a point at its end."""
        self._found.setdefault(id(row), (row, what))

    def __contains__(self, row: Row) -> bool:
        return id(row) in self._found

    def __len__(self) -> int:
        return len(self._found)

    def settle(self, table: DataTable, skip: bool, hint: str = _HINT) -> list[Finding]:
        """Take the label from each row with a problem; with `skip` take the row itself from the table.

        Gives an error that names the first ones, or a warning where they are left out; nothing without problems.
        """
        if not self._found:
            return []
        for row, _ in self._found.values():
            row.target, row.by_rule, row.labeled_by = None, None, ""
        named = first_of([what for _, what in self._found.values()])
        count = count_words(len(self._found), "row")
        if not skip:
            have = "has a problem" if len(self._found) == 1 else "have problems"
            return [Finding("error", f"{count} {have}: {named}.", hint, self._field)]
        table.rows = [row for row in table.rows if id(row) not in self._found]
        table.left_out.extend(LeftOut(row.image, f"{what}.") for row, what in self._found.values())
        return [Finding("warning", f"{count} left out: {named}.", "The list on the source's card names each of them.")]


def first_of(texts: list[str], total: int = 0) -> str:
    """The first few texts, and how many more there are; `total`: of how many, where not all are in the list."""
    rest = (total or len(texts)) - SHOWN
    return "; ".join(texts[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")
