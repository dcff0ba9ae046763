"""The lines of a text file: lists of names, one a line."""

from pathlib import Path

from studio.base.errors import UserError
from studio.imaging.refusal import shown
from studio.work.tables.encoding import find_encoding, open_file, wrong_encoding


def read_lines(path: Path, encoding: str = "auto") -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1, without spaces around them.

    Raises UserError when the file is missing, blank or no text.
    """
    with open_file(path) as file:
        content = file.read()
    if not content.strip():
        raise UserError(f"{shown(path)} is empty.", "Choose a file with at least one line.")
    encoding = find_encoding(path) if encoding == "auto" else encoding
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, encoding) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
