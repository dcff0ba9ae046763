"""Which files and folders are wanted, by their names: names, or patterns with * and ?."""

import fnmatch
import re
from collections.abc import Iterable

from studio.blocks.source.choice import PictureChoice
from studio.imaging.decode import PICTURE_SUFFIXES


class NameChoice:
    """What a block says about names. A pattern is held against a file's or folder's own name and against its path
    below the source, with forward slashes; capitals count, so that every system takes the same."""

    def __init__(self, block: PictureChoice) -> None:
        self._include = _matching(block.include)
        self._exclude = _matching(block.exclude)
        self.suffixes = _suffixes(block.file_types)

    @property
    def takes_all(self) -> bool:
        """Whether every picture is wanted, inside a folder that is."""
        return self._include is None and self._exclude is None

    def is_excluded(self, name: str, path: str) -> bool:
        return self._exclude is not None and _holds(self._exclude, name, path)

    def is_included(self, name: str, path: str) -> bool:
        return self._include is None or _holds(self._include, name, path)


def _matching(patterns: Iterable[str]) -> re.Pattern[str] | None:
    cleaned = [pattern.strip().replace("\\", "/").strip("/") for pattern in patterns]
    translated = [fnmatch.translate(pattern) for pattern in cleaned if pattern]
    return re.compile("|".join(translated)) if translated else None


def _holds(pattern: re.Pattern[str], name: str, path: str) -> bool:
    return pattern.match(name) is not None or pattern.match(path) is not None


def _suffixes(file_types: Iterable[str]) -> frozenset[str]:
    wanted = {"." + kind.strip().lower().lstrip("*.") for kind in file_types if kind.strip()}
    return PICTURE_SUFFIXES & wanted if wanted else PICTURE_SUFFIXES
