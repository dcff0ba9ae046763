"""What stands between the cells of a text table: found from its beginning."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from studio.blocks.table_form import Delimiter

SIGNS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
CONSISTENT = 0.9  # share of the lines that must have the same number of cells for a sign to be taken
_SAMPLE_RECORDS = 200
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|nan", re.IGNORECASE)


@dataclass(frozen=True)
class Fit:
    """How well a sign divides the lines: into how many cells, and which share of the lines has that many."""

    delimiter: Delimiter
    cells: int
    share: float


def best_fit(sample: str) -> Fit | None:
    """The sign that divides the sample most evenly into at least two cells; None where no sign does."""
    fits = [fit for name in SIGNS if (fit := _fit(sample, name)) is not None and fit.share >= CONSISTENT]
    if len(fits) > 1 and not re.sub(_DECIMAL_COMMA, "", sample).count(","):
        fits = [fit for fit in fits if fit.delimiter != "comma"]  # 1,5;2,5: every comma is a decimal one
    others = [fit for fit in fits if fit.delimiter != "space"]
    # Names have spaces: they divide cells only where nothing else does, and only numbers.
    return max(others or [fit for fit in fits if _holds_numbers(sample)], key=lambda fit: fit.cells, default=None)


def records_of(lines: Iterable[str], delimiter: Delimiter, after_space: bool = False) -> Iterable[list[str]]:
    """The cells of each record, as RFC 4180 has them; with `after_space` a cell begins behind the spaces before it."""
    if delimiter == "space":
        return csv.reader((line.strip(" ") for line in lines), delimiter=" ", skipinitialspace=True)
    return csv.reader(lines, delimiter=SIGNS.get(delimiter, ","), skipinitialspace=after_space)


def needs_after_space(sample: str, delimiter: Delimiter) -> bool:
    """Whether quotation marks stand behind a space (`a, "b, c"`), where they count only if the space is skipped."""
    if delimiter == "space" or f'{SIGNS[delimiter]} "' not in sample:
        return False
    plain = Counter(len(cells) for cells in records_of(lines_of(sample), delimiter) if cells)
    skipped = Counter(len(cells) for cells in records_of(lines_of(sample), delimiter, True) if cells)
    return len(skipped) < len(plain)


def _fit(sample: str, delimiter: Delimiter) -> Fit | None:
    counts = [len(cells) for cells in _first_records(sample, delimiter)]
    if not counts:
        return None
    cells, times = Counter(counts).most_common(1)[0]
    # A header has as many cells as the rows, or one less where the first column has no name.
    if cells < 2 or counts[0] not in (cells, cells - 1):
        return None
    times += counts[0] == cells - 1
    return Fit(delimiter, cells, times / len(counts))


def _first_records(sample: str, delimiter: Delimiter) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for cells in records_of(lines_of(sample), delimiter):
            if any(cells):
                found.append(cells)
            if len(found) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        return []
    return found


def _holds_numbers(sample: str) -> bool:
    """Whether all cells but the first of each line, and all lines but the first, are numbers."""
    records = _first_records(sample, "space")
    return all(_NUMBER.fullmatch(cell) for cells in records[1:] or records for cell in cells[1:])


def lines_of(sample: str) -> Iterable[str]:
    """The lines with their ends, broken where a file is: not at the other signs at which `splitlines` breaks."""
    return io.StringIO(sample, newline="")
