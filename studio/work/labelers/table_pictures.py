"""Which picture a cell of a table names."""

import os
import posixpath
import re
from collections.abc import Callable
from typing import Literal

from studio.blocks.table import Row

MatchBy = Literal["path", "name", "stem", "number"]
WAYS: tuple[MatchBy, ...] = ("path", "name", "stem")  # what is tried, in this order, where nobody says
_LAST_NUMBER = re.compile(r"(\d+)\D*$", re.ASCII)


class PictureNames:
    """Finds rows by what a table calls their pictures.

    root: the folder that `Row.image` is relative to. table_folder: where the table lies; its paths may begin there.
    """

    def __init__(self, rows: list[Row], root: str, table_folder: str, way: MatchBy) -> None:
        self._root, self._table_folder, self._way = root, table_folder, way
        self._rows: dict[str, Row] = {}
        self.several: dict[str, tuple[str, str]] = {}  # names that two pictures have
        for row in rows:
            key = _KEYS[way](row.image)
            if key is None:
                continue
            known = self._rows.setdefault(key, row)
            if known is not row and key not in self.several:
                self.several[key] = (known.image, row.image)

    def key(self, cell: str) -> str:
        """The name in a cell as it is looked up; where names or stems count, the folders before them do not."""
        text = cell.strip()
        if self._way == "number":
            return (text.lstrip("0") or "0") if text.isdecimal() else text
        path = text.replace("\\", "/")
        return self._below_root(path) if self._way == "path" else path.rpartition("/")[2]

    def find(self, key: str) -> Row | None:
        return self._rows.get(key)

    def _below_root(self, path: str) -> str:
        if path in self._rows:
            return path
        if path.startswith("/") or re.match(r"[A-Za-z]:/", path):
            return _relative(path, self._root)
        plain = posixpath.normpath(path)
        return plain if plain in self._rows else _relative(posixpath.join(self._table_folder, path), self._root)


def _relative(path: str, root: str) -> str:
    """The path as seen from the root, where it lies below it."""
    path, root = posixpath.normpath(path), root.replace(os.sep, "/").rstrip("/")
    return path.removeprefix(f"{root}/")


def _stem(image: str) -> str:
    return posixpath.splitext(posixpath.basename(image))[0]


def _number(image: str) -> str | None:
    match = _LAST_NUMBER.search(_stem(image))
    return (match[1].lstrip("0") or "0") if match else None


_KEYS: dict[MatchBy, Callable[[str], str | None]] = {
    "path": lambda image: image,
    "name": posixpath.basename,
    "stem": _stem,
    "number": _number,
}
