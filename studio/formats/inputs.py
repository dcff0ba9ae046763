"""What a reader is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SizeWH = tuple[int, int]
OnProgress = Callable[[int, int], None]


def _no_size(picture: str) -> SizeWH | None:
    return None


@dataclass(frozen=True)
class Reading:
    """What is to be read, and what a reader may ask for.

    base: the folder that was named, or the one of the file that was named. files: those to read.
    size_of: width and height in pixels of an entry's picture, None where it is not known; only formats that write
    shares of the picture ask. should_stop: whether to give up, with what was read so far.
    """

    base: Path
    files: tuple[Path, ...]
    size_of: Callable[[str], SizeWH | None] = _no_size
    on_progress: OnProgress = lambda done, total: None
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class SourceFile:
    """One file that is read. shown: its path below the base. folder: the folder in that, "" or ending with "/"."""

    path: Path
    shown: str
    folder: str


class NotThisFormatError(Exception):
    """A file is fine, but of another kind; the text says what is missing."""
