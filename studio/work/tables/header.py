"""Whether the first line of a table names its columns."""

import re
from pathlib import PurePosixPath

from studio.imaging.decode import PICTURE_SUFFIXES

_NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*")


def is_header(first: list[str], others: list[list[str]]) -> bool:
    """Whether these cells are names: no numbers, no picture files, nothing that stands in its column again.

    Numbers that count from 0 are names as well: pandas writes them where columns have no names.
    """
    named = [cell.strip() for cell in first if cell.strip()]
    if not named or any(looks_like_picture(cell) for cell in named):
        return False
    if any(_NUMBER.fullmatch(cell) for cell in named):
        return _counts_up(named)
    columns = zip(first, *(cells for cells in others if len(cells) == len(first)), strict=True)
    return not any(column[0].strip() and column[0] in column[1:] for column in columns)


def looks_like_picture(cell: str) -> bool:
    """Whether a cell ends as the name of a picture file does."""
    return PurePosixPath(cell.strip()).suffix.lower() in PICTURE_SUFFIXES


def _counts_up(cells: list[str]) -> bool:
    if len(cells) < 3 or not all(cell.isdecimal() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return numbers == list(range(len(numbers)))
