"""The columns of a table: their names, each once, and how one is found."""

import difflib
from collections.abc import Sequence

from studio.base.errors import UserError
from studio.work.tables.table import Table


def unique_names(names: Sequence[str], width: int) -> tuple[str, ...]:
    """`width` names without spaces around them: "column 3" where one is missing, "x 2" where "x" was there before."""
    taken: set[str] = set()
    unique: list[str] = []
    given = [" ".join(name.split()) for name in names]
    for place in range(width):
        base = given[place] if place < len(given) and given[place] else f"column {place + 1}"
        name, number = base, 2
        while name in taken or (number > 2 and name in given):
            name, number = f"{base} {number}", number + 1
        taken.add(name)
        unique.append(name)
    return tuple(unique)


def column_place(table: Table, name: str) -> int:
    """Where a column stands. Raises UserError that names the columns most like it."""
    if name in table.columns:
        return table.columns.index(name)
    raise UserError(f"{table.file} has no column '{name}'.", column_hint(name, table.columns))


def column_hint(name: str, columns: Sequence[str]) -> str:
    """What to choose instead: the columns that are spelled most like it, else the first ones."""
    by_fold = {column.casefold(): column for column in reversed(columns)}
    near = [by_fold[fold] for fold in difflib.get_close_matches(name.strip().casefold(), by_fold, n=3, cutoff=0.5)]
    if near:
        return f"Did you mean {_quoted(near)}?"
    more = f" and {len(columns) - 8} more" if len(columns) > 8 else ""
    return f"Its columns are {_quoted(columns[:8])}{more}."


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
