"""What a format is: how its files are recognised and read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.formats.format_names import TITLES, FormatName
from studio.formats.gathering import Gathered
from studio.formats.inputs import Reading


@dataclass(frozen=True)
class Format:
    """A format.

    suffixes: of its files, in small letters. recognises: whether a file looks like one, by a look at its beginning
    and end; never raises. read: adds what the files say. files: which of the files below a folder are to be read.
    """

    name: FormatName
    suffixes: tuple[str, ...]
    recognises: Callable[[Path], bool]
    read: Callable[[Reading, Gathered], None]
    files: Callable[[Path, list[Path]], list[Path]] = lambda base, files: files

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.name]
