"""Tables in text: CSV and its relatives, cell by cell as RFC 4180 has them."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.table_form import DELIMITER_WORDS, Delimiter
from studio.imaging.refusal import shown
from studio.work.tables.assemble import FIRST_RECORDS, Record, assemble
from studio.work.tables.delimiter import CONSISTENT, SIGNS, best_fit, lines_of, needs_after_space, records_of
from studio.work.tables.encoding import SAMPLE_BYTES
from studio.work.tables.table import RowProblem, Table, TableForm

_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # Excel's own way to say what divides the cells

# A cell may be as long as a text is; what is longer has lost its closing quotation mark.
csv.field_size_limit(16 << 20)


def read_text(path: Path, form: TableForm, encoding: str) -> Table:
    """The table in a text file, with what was found for that which was "auto".

    Raises UserError for a delimiter that divides nothing, and for text without a row; UnicodeDecodeError.
    """
    with open(path, encoding=encoding, newline="") as file:
        sample = file.read(SAMPLE_BYTES)
    if len(sample) == SAMPLE_BYTES:
        sample = sample[: sample.rfind("\n") + 1] or sample
    said = _SEP_LINE.match(sample)
    sample = sample[said.end() :] if said else sample
    delimiter = _delimiter(path, form.delimiter, sample, said.group(1) if said else "")
    with open(path, encoding=encoding, newline="") as file:
        first_line = 2 if said else 1
        lines = islice(file, first_line - 1, None)
        after_space = needs_after_space(sample, delimiter)
        records = _records(path, lines, delimiter, after_space, first_line)
        table = assemble(path, records, replace(form, delimiter=delimiter))
    _note_open_quote(table, path, encoding, delimiter)
    return replace(table, form=replace(table.form, encoding=_named(encoding)))


def _delimiter(path: Path, wanted: Delimiter, sample: str, said: str) -> Delimiter:
    """What divides the cells. Raises UserError when the wanted sign divides nothing but another one does."""
    if wanted == "auto" and said:
        return next((name for name, sign in SIGNS.items() if sign == said), "comma")
    fit = best_fit(sample)
    if wanted == "auto":
        return fit.delimiter if fit else "comma"
    widths = [len(cells) for cells in islice(records_of(lines_of(sample), wanted), FIRST_RECORDS) if cells]
    if fit and fit.delimiter != wanted and fit.share >= CONSISTENT and max(widths, default=1) == 1:
        raise UserError(
            f"{shown(path)} has a single column with '{DELIMITER_WORDS[wanted]}' between the cells, but "
            f"{fit.cells} columns with '{DELIMITER_WORDS[fit.delimiter]}'.",
            f"Choose '{DELIMITER_WORDS[fit.delimiter]}', or let it be found.",
        )
    return wanted


def _records(
    path: Path, lines: Iterable[str], delimiter: Delimiter, after_space: bool, first_line: int
) -> Iterator[Record]:
    reader = records_of(lines, delimiter, after_space)
    offset = first_line - 1
    line = first_line
    try:
        for cells in reader:
            if any(cells) and (len(cells) > 1 or not cells[0].isspace()):
                yield line, cells
            line = reader.line_num + 1 + offset  # type: ignore[attr-defined]
    except csv.Error as error:
        raise UserError(
            f"{shown(path)}, line {line}: {_csv_words(error)}.", "Correct that line in a text editor."
        ) from error


def _csv_words(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "a quotation mark is opened and never closed"
    return str(error)


def _note_open_quote(table: Table, path: Path, encoding: str, delimiter: Delimiter) -> None:
    """Whether the last record lacks its closing quotation mark, and so holds all that follows in one cell."""
    last = max(table.lines[-1:] + [problem.line for problem in table.problems[-1:]], default=0)
    with open(path, encoding=encoding, newline="") as file:
        rest = list(islice(file, last - 1, None))
    if not any('"' in line for line in rest):
        return
    try:
        list(csv.reader(rest, delimiter=SIGNS[delimiter], strict=True))
    except csv.Error as error:
        if "unexpected end" not in str(error):
            return
        problem = RowProblem(last, f"{shown(path)}, line {last}: a quotation mark is opened and never closed.")
        if table.lines[-1:] == [last]:
            table.rows.pop()
            table.lines.pop()
            table.problems.append(problem)
        else:
            table.problems[-1] = problem


def _named(encoding: str) -> str:
    return "utf-8" if encoding == "utf-8-sig" else encoding.removesuffix("-le").removesuffix("-be")
