"""How the letters of a text file are stored: found from its bytes, and told when it is none."""

import codecs
import os
from pathlib import Path
from typing import BinaryIO

from studio.base.errors import UserError
from studio.imaging.decode import open_binary
from studio.imaging.refusal import not_reachable, shown

SAMPLE_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 20

# Longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# First bytes of what is sometimes named .csv but is something else.
_FOREIGN = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an Excel file of the old kind (.xls)",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"PK\x03\x04": "a ZIP archive",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
    b"\x93NUMPY": "a NumPy file",
    b"version https://git-lfs": "a Git LFS pointer, not the file itself",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"{\\rtf": "an RTF document",
}
_SAVE_AS_TEXT = "Save the table as CSV or as .xlsx and choose that file."


def find_encoding(path: Path) -> str:
    """The name of the codec that reads the file. Raises UserError when the file holds no text.

    A byte order mark decides; without one UTF-16 is known by its zeros, UTF-8 by being valid; what is left is read as
    cp1252 ("Windows"), and where even that has no letter for a byte, as latin-1, which has one for each.
    """
    with open_file(path) as file:
        sample = file.read(SAMPLE_BYTES)
        for mark, name in _MARKS.items():
            if sample.startswith(mark):
                return name
        wide = _wide_encoding(sample)
        if wide:
            return wide
        _refuse_binary(path, sample)
        for name in ("utf-8", "cp1252"):
            file.seek(0)
            if _decodes(file, name):
                return name
    return "latin-1"


def open_file(path: Path) -> BinaryIO:
    """The file for reading. Raises UserError where it is missing, a folder, a device, or may not be read."""
    if path.is_dir():
        raise UserError(f"{shown(path)} is a folder, not a file.", "Choose the file inside it.")
    if os.path.exists(path) and not path.is_file():
        raise UserError(f"{shown(path)} is not a file but a device or a pipe.", "Choose a file.")
    try:
        return open_binary(path)
    except FileNotFoundError as error:
        raise UserError(f"The file {shown(path)} does not exist.", "Choose a file that is there.") from error
    except (OSError, ValueError) as error:
        raise not_reachable(path, error) from error


def wrong_encoding(path: Path, encoding: str) -> UserError:
    """The error for a file that cannot be read with an encoding that somebody chose; names the line where it can."""
    line = 0 if encoding.startswith("utf-16") else _first_bad_line(path, encoding)
    place = f", line {line}," if line else ""
    return UserError(
        f"{shown(path)}{place} cannot be read as {encoding}.", "Choose another encoding, or let it be found."
    )


def _wide_encoding(sample: bytes) -> str:
    """UTF-16 without a mark: text of mostly Latin letters has a zero in every second place."""
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    first, second = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if second > 0.7 * pairs and first < 0.05 * pairs:
        return "utf-16-le"
    if first > 0.7 * pairs and second < 0.05 * pairs:
        return "utf-16-be"
    return ""


def _refuse_binary(path: Path, sample: bytes) -> None:
    text = sample.lstrip().lower()
    what = next((name for magic, name in _FOREIGN.items() if sample.startswith(magic) or text.startswith(magic)), None)
    if what is not None:
        raise UserError(f"{shown(path)} is {what}, not a table.", _SAVE_AS_TEXT)
    # Control signs that no text has. Zeros are told apart: a few come from a crash while the file was written.
    controls = len(sample) - len(sample.translate(None, bytes([*range(1, 9), *range(14, 27), *range(28, 32), 127])))
    if controls > 0.005 * len(sample) + 1 or sample.count(0) > 0.3 * len(sample):
        raise UserError(f"{shown(path)} holds no text: it is a binary file.", _SAVE_AS_TEXT)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_bad_line(path: Path, encoding: str) -> int:
    with open_file(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number
    return 0
