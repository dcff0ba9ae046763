"""The rows of an Excel file as text."""

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.base.errors import UserError
from studio.imaging.refusal import shown
from studio.work.tables.encoding import open_file

_MOST_UNPACKED_BYTES = 1 << 30
_MOST_RATIO = 500  # sheets are repetitive text: real ones shrink to a tenth or a fiftieth
_SMALL_BYTES = 64 << 20


def is_excel(path: Path, beginning: bytes) -> bool:
    """Whether the file is a workbook (.xlsx), whatever it is called."""
    if not beginning.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as packed:
            return any(name.startswith("xl/") for name in packed.namelist())
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower() in (".xlsx", ".xlsm")


def sheet_records(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Each row's number and its cells, empty rows left out. Raises UserError for a damaged file or a missing sheet."""
    import openpyxl

    _refuse_bomb(path)
    with open_file(path) as file:  # openpyxl would refuse a path that ends in .csv
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # it raises whatever its XML parser or ZIP reader does
            raise UserError(
                f"{shown(path)} cannot be read as an Excel file.",
                "Open it in Excel and save it again, or save it as CSV.",
            ) from error
        chosen = _chosen(path, book, sheet)
        chosen.reset_dimensions()  # what a file says of its own size is often wrong
        yield from _rows(path, chosen)


def _chosen(path: Path, book: Any, sheet: str) -> Any:
    names = [found.title for found in book.worksheets]
    if sheet and sheet not in names:
        listed = ", ".join(f"'{name}'" for name in names)
        raise UserError(f"{shown(path)} has no sheet '{sheet}'.", f"Its sheets are {listed}.")
    if not names:
        raise UserError(f"{shown(path)} has no sheet with cells.", "Choose another file.")
    return book[sheet] if sheet else book.worksheets[0]


def _rows(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"{shown(path)} is damaged: sheet '{sheet.title}' cannot be read to its end.", "Save it again in Excel."
        ) from error


def _text(value: object) -> str:
    """A cell as Excel shows it: 7.0 is 7, and a day is written without a time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(entry.file_size for entry in packed.infolist())
            size = max(path.stat().st_size, 1)
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(
            f"{shown(path)} is damaged: it cannot be unpacked.", "Copy it again from where it came from."
        ) from error
    if unpacked > _MOST_UNPACKED_BYTES or (unpacked > _SMALL_BYTES and unpacked > _MOST_RATIO * size):
        raise UserError(
            f"{shown(path)} would unpack to {unpacked / 1e9:.1f} GB.", "Save the sheet that is needed as CSV."
        )
