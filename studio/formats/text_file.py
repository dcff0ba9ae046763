"""Reading a file that anybody may have made: of a bearable size, as bytes, text or JSON."""

import json
import os
import stat
from pathlib import Path
from typing import Any

from studio.base.errors import UserError
from studio.imaging.decode import open_binary
from studio.imaging.refusal import not_reachable, refuse
from studio.imaging.refusal import shown as shown_path

LARGEST_BYTES = 1 << 30  # the boxes of all 118 000 pictures of COCO take 450 MB
_PEEK_BYTES = 1 << 16
_AGAIN = "Export it again from the program that wrote it."


def read_bytes(path: Path, largest_bytes: int = LARGEST_BYTES) -> bytes:
    """All of a file. Raises UserError when it cannot be read, is no file, or is too large."""
    try:
        with open_binary(path) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise refuse(path, "is not a file", "Choose the annotation file itself.")
            if facts.st_size > largest_bytes:
                message = f"is too large: {facts.st_size / 1e6:.0f} MB, at most {largest_bytes / 1e6:.0f} MB are read"
                raise refuse(path, message, "Export it in parts.")
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise not_reachable(path, error) from error
    except MemoryError as error:
        raise _too_much(path) from error


def peek(path: Path) -> str:
    """The beginning and the end of a file as text, for a first look; "" where that is not possible."""
    try:
        with open_binary(path) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                return ""
            content = file.read(_PEEK_BYTES)
            if facts.st_size > 2 * _PEEK_BYTES:
                file.seek(-_PEEK_BYTES, os.SEEK_END)
            content += b"\n" + file.read(_PEEK_BYTES) if facts.st_size > _PEEK_BYTES else b""
    except (OSError, ValueError):
        return ""
    return _decoded(content)


def read_text(path: Path, largest_bytes: int = LARGEST_BYTES) -> str:
    """All of a text file, whatever its encoding and line ends; a byte order mark is dropped."""
    content = read_bytes(path, largest_bytes)
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse(path, "is not a text file", "Choose the annotation file itself.")
    return _decoded(content).replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises UserError that names the line where it breaks."""
    content = read_bytes(path)
    try:
        return json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as error:
        if not content.strip():
            raise refuse(path, "is empty", _AGAIN) from error
        if error.pos >= len(error.doc.rstrip()):
            raise refuse(path, "ends too early: a part of it is missing", _AGAIN) from error
        message = f"{shown_path(path)} is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        raise UserError(message, _AGAIN) from error
    except RecursionError as error:
        raise refuse(path, "is nested too deeply", _AGAIN) from error
    except ValueError as error:  # bytes that are no text, numbers of thousands of digits
        raise refuse(path, f"is not valid JSON: {str(error)[:100].rstrip('.')}", _AGAIN) from error
    except MemoryError as error:
        raise _too_much(path) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what older Windows programs write


def _too_much(path: Path) -> UserError:
    return refuse(path, "needs more memory than there is", "Export it in parts, or close other programs.")
