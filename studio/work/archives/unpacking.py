"""One archive on its way into a folder: names are checked, files and bytes counted, and everything hostile refused."""

import os
import re
import shutil
from pathlib import Path
from typing import BinaryIO

from studio.base.errors import UserError
from studio.base.files import cannot_write
from studio.base.wording import whole_words
from studio.imaging.refusal import shown
from studio.work.build import Surroundings
from studio.work.made_once import checked_stop

MOST_FILES = 2_000_000
MOST_RATIO = 200  # pictures hardly shrink and masks to a hundredth; what shrinks further is made to fill a disk
UNWATCHED_BYTES = 256 << 20  # so much is unpacked whatever the ratio
CHUNK_BYTES = 1 << 20

_DRIVE = re.compile(r"[A-Za-z]:")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)  # names that Windows keeps for itself
_NOT_TRUSTED = "Do not open this archive unless you know who made it; unpack it with another program and look inside."


class Unpacking:
    """Where the entries of `archive` go, and how much may still come. Every method raises UserError to refuse it."""

    def __init__(self, archive: Path, folder: Path, most_bytes: int, around: Surroundings) -> None:
        self.archive = archive
        self.folder = folder
        self.around = around
        self._most_bytes = most_bytes
        self._packed_bytes = max(archive.stat().st_size, 1)
        self._bytes = 0
        self._files = 0
        self._names: set[tuple[str, ...]] = set()

    def expect(self, files: int, size_bytes: int) -> None:
        """Refuse at once what the archive itself says is too much, or more than the disk has room for."""
        self._refuse_count(files)
        self._refuse_size(size_bytes)
        free = shutil.disk_usage(self.folder).free
        if size_bytes > free:
            raise UserError(
                f"{shown(self.archive)} unpacks to {_gb(size_bytes)}; the disk has {_gb(free)} left.",
                "Free some space, or put the project on another disk.",
            )

    def claim(self, name: str) -> Path:
        """The file for an entry, inside the folder; refuses names that lead out of it and names used twice."""
        parts = self._safe_parts(name)
        if parts in self._names:
            raise self.refused(name, "it is there twice")
        self._names.add(parts)
        return self.folder.joinpath(*parts)

    def begin(self, name: str) -> BinaryIO:
        """An entry's file, open for writing."""
        path = self.claim(name)
        self._files += 1
        self._refuse_count(self._files)
        checked_stop(self.around)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return open(path, "xb")
        except (FileExistsError, NotADirectoryError) as error:
            raise self.refused(name, "another entry has the same name") from error
        except (OSError, ValueError) as error:
            raise self._cannot_write(path, error) from error

    def write(self, file: BinaryIO, content: bytes) -> None:
        """A piece of an entry, counted already; before it is a moment in which somebody may stop all."""
        checked_stop(self.around)
        try:
            file.write(content)
        except OSError as error:
            raise self._cannot_write(Path(file.name), error) from error

    def count(self, more_bytes: int) -> None:
        """So many bytes have come out of the archive."""
        self._bytes += more_bytes
        self._refuse_size(self._bytes)

    def refused(self, name: str, why: str) -> UserError:
        """The error for an entry that no honest archive has."""
        return UserError(f"{shown(self.archive)} is refused because of '{shown(Path(name))}': {why}.", _NOT_TRUSTED)

    def damaged(self, error: Exception) -> UserError:
        """The error for an archive that cannot be read to its end."""
        said = str(error).strip().rstrip(".")
        why = f" ({said})" if said and said.isprintable() and len(said) < 120 else ""
        return UserError(
            f"{shown(self.archive)} is damaged: it cannot be unpacked to its end{why}.",
            "Copy or download it again from where it came from.",
        )

    def encrypted(self) -> UserError:
        """The error for an archive with a password."""
        return UserError(
            f"{shown(self.archive)} is encrypted with a password.",
            "Unpack it with the program that asks for the password, and choose the folder as the source.",
        )

    def _safe_parts(self, name: str) -> tuple[str, ...]:
        path = name.replace("\\", "/")
        if path.startswith("/"):
            raise self.refused(name, "it is an absolute path")
        if _DRIVE.match(path) or (os.name == "nt" and ":" in path):
            raise self.refused(name, "it names a drive")
        if any(ord(sign) < 32 for sign in path):
            raise self.refused(name, "its name has control signs")
        parts = tuple(part for part in path.split("/") if part not in ("", "."))
        if ".." in parts:
            raise self.refused(name, "it leads out of the folder")
        if not parts:
            raise self.refused(name, "it has no name")
        if os.name == "nt" and any(_DEVICES.match(part) or part[-1] in ". " for part in parts):
            raise self.refused(name, "Windows has no such file names")
        return parts

    def _refuse_count(self, files: int) -> None:
        if files > MOST_FILES:
            raise UserError(
                f"{shown(self.archive)} holds more than {whole_words(MOST_FILES)} files.",
                "Unpack it with another program and choose the folder as the source.",
            )

    def _refuse_size(self, size_bytes: int) -> None:
        if size_bytes > self._most_bytes:
            raise UserError(
                f"{shown(self.archive)} unpacks to more than {_gb(self._most_bytes)}.",
                "If it is meant to be that large, raise 'At most'.",
            )
        if size_bytes > max(UNWATCHED_BYTES, MOST_RATIO * self._packed_bytes):
            raise UserError(
                f"{shown(self.archive)} unpacks to more than {MOST_RATIO} times its own size.", _NOT_TRUSTED
            )

    def _cannot_write(self, path: Path, error: OSError | ValueError) -> UserError:
        if isinstance(error, OSError):
            return cannot_write(path, error)
        return self.refused(path.name, "its name cannot be used")


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"
