"""Names in a list or a table, found on the disk: which picture each one means, or why it means none."""

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from studio.imaging.decode import PICTURE_SUFFIXES

Wrong = Literal["empty", "outside", "missing"]
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_STEPS = re.compile(r"^/|\.\.|//|(^|/)\./")  # what a plain path below a folder does not have
_FOREIGN = re.compile(r"[\\:]")  # of Windows; elsewhere a name may have them


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why a name means no picture. `name` is how it was looked for."""

    name: str
    why: Wrong


def find_named(root: Path, names: Iterable[str]) -> list[str | NotFound]:
    """For each name the picture's path below `root`, with forward slashes and spelled as on the disk.

    Each folder is listed once instead of asking for each file. Names that lead out of `root`, by "..", as absolute
    paths or with a drive's letter, mean nothing; an absolute path that lies inside it is taken.
    """
    folders = _Folders(root)
    return [folders.find(name.strip()) for name in names]


def missing_ending(root: Path, names: Iterable[str]) -> str:
    """The ending, such as ".jpg", with which the first of these names would be there; "" for none."""
    folders = _Folders(root)
    for name in names:
        for suffix in sorted(PICTURE_SUFFIXES):
            if isinstance(folders.find(name + suffix), str):
                return suffix
    return ""


def folder_inside(root: Path, name: str) -> str:
    """The inner folder of `root` below which the name would be there; "" for none."""
    try:
        with os.scandir(root) as entries:
            inner = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return ""
    folders = _Folders(root)
    return next((folder for folder in inner if isinstance(folders.find(f"{folder}/{name}"), str)), "")


class _Folders:
    """The names in the folders below a root, each read at most once."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.abspath(root)
        self._names: dict[str, frozenset[str]] = {}
        self._spellings: dict[str, dict[str, list[str]]] = {}

    def find(self, name: str) -> str | NotFound:
        if not name:
            return NotFound(name, "empty")
        path = name
        if _STEPS.search(name) or (_FOREIGN.search(name) and not self._has(name)):
            inside = self._inside(name)
            if inside is None:
                return NotFound(name, "outside")
            path = inside
        if self._has(path):
            return path
        return self._spelled_otherwise(path) or NotFound(name, "missing")

    def _inside(self, name: str) -> str | None:
        """The path below the root, without "." and ".."; None for one that leads out of it."""
        if _DRIVE.match(name) and os.name != "nt":
            return None
        absolute = os.path.isabs(name) or name.startswith(("/", "\\")) or bool(_DRIVE.match(name))
        if absolute:
            try:
                name = os.path.relpath(os.path.normpath(name), self._root)
            except ValueError:  # another drive
                return None
        path = posixpath.normpath(name.replace("\\", "/"))
        return None if path == ".." or path.startswith(("../", "/")) else path

    def _has(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if ".." in path.split("/") or path.startswith("/"):
            return False
        return name in self._listed(folder)

    def _listed(self, folder: str) -> frozenset[str]:
        found = self._names.get(folder)
        if found is None:
            try:
                with os.scandir(os.path.join(self._root, folder)) as entries:
                    found = frozenset(entry.name for entry in entries)
            except (OSError, ValueError):
                found = frozenset()
            self._names[folder] = found
        return found

    def _spelled_otherwise(self, path: str) -> str | None:
        """The name as the disk has it: accents in another form, or capitals where the system takes them as the same."""
        folder, slash, name = path.rpartition("/")
        if folder not in self._spellings:
            self._spellings[folder] = {}
            for listed in self._listed(folder):
                self._spellings[folder].setdefault(_folded(listed), []).append(listed)
        for listed in self._spellings[folder].get(_folded(name), []):
            is_same = unicodedata.normalize("NFC", listed) == unicodedata.normalize("NFC", name)
            if is_same or os.path.exists(os.path.join(self._root, path)):
                return folder + slash + listed
        return None


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", name).casefold()
