"""From records to a table: names of the columns, the width that counts, and the records that do not fit."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from studio.base.errors import UserError
from studio.imaging.refusal import shown
from studio.work.tables.columns import unique_names
from studio.work.tables.header import is_header
from studio.work.tables.table import RowProblem, Table, TableForm

MOST_CELLS = 100_000_000  # about 8 GB of text in memory
FIRST_RECORDS = 200  # what decides about header and width

Record = tuple[int, list[str]]  # the line where it begins, its cells


def assemble(path: Path, records: Iterator[Record], form: TableForm, is_sheet: bool = False) -> Table:
    """The table of these records. Raises UserError when there are no rows, or far too many.

    is_sheet: a record ends at its last cell that is not empty, as rows of an Excel sheet do; a short one is no fault.
    """
    first = list(islice(records, FIRST_RECORDS))
    if not first:
        raise UserError(f"{shown(path)} has no rows: it is blank.", "Choose a table with at least one row.")
    has_header = form.header == "yes" or (
        form.header == "auto" and is_header(first[0][1], [cells for _, cells in first[1:]])
    )
    names = first[0][1] if has_header else []
    body = first[1:] if has_header else first
    if not body:
        raise UserError(
            f"{shown(path)} has a line with the names of its columns, but no rows.",
            "Choose a table with rows, or say that the first line is a row.",
        )
    names, width = _names_and_width(names, [cells for _, cells in body], is_sheet)
    rows, lines, problems = _fill(path, chain(body, records), width, is_sheet)
    found = replace(form, header="yes" if has_header else "no")
    return Table(str(path), unique_names(names, width), rows, lines, problems, found)


def _names_and_width(names: list[str], body: list[list[str]], is_sheet: bool) -> tuple[list[str], int]:
    widths = Counter(len(cells) for cells in body)
    if is_sheet:
        return names, max(len(names), *widths)
    usual = widths.most_common(1)[0][0]
    if not names:
        return names, usual
    is_index_unnamed = usual == len(names) + 1 and not any(not cells[-1] for cells in body if len(cells) == usual)
    return (["", *names], usual) if is_index_unnamed else (names, len(names))


def _fill(
    path: Path, records: Iterable[Record], width: int, is_sheet: bool
) -> tuple[list[tuple[str, ...]], list[int], list[RowProblem]]:
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    problems: list[RowProblem] = []
    for line, cells in records:
        if len(cells) != width:
            if is_sheet:
                cells = cells + [""] * (width - len(cells))
            elif len(cells) > width and not any(cells[width:]):
                cells = cells[:width]
            else:
                problems.append(RowProblem(line, _ragged_words(path, line, len(cells), width)))
                continue
        if any("\0" in cell for cell in cells):
            problems.append(RowProblem(line, f"{shown(path)}, line {line}, holds a zero byte, which is no text."))
            continue
        rows.append(tuple(cells))
        lines.append(line)
        if len(rows) * width > MOST_CELLS:
            raise UserError(
                f"{shown(path)} has more than {MOST_CELLS // 1_000_000} million cells.", "Divide it into several files."
            )
    return rows, lines, problems


def _ragged_words(path: Path, line: int, cells: int, width: int) -> str:
    return f"{shown(path)}, line {line}, has {cells} {'cell' if cells == 1 else 'cells'} instead of {width}."
