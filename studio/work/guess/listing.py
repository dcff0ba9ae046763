"""What lies in a folder, by kind of file: the one walk that everything else is read from."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path

from studio.base.errors import UserError
from studio.imaging.decode import PICTURE_SUFFIXES
from studio.work.guess.folder_words import is_mask_folder

TABLE_SUFFIXES = frozenset((".csv", ".tsv", ".xlsx"))
VIDEO_SUFFIXES = frozenset((".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"))
ARCHIVE_SUFFIXES = frozenset((".zip", ".7z", ".tar", ".tgz", ".gz"))
FOLDERS_KEPT = 10_000
MOST_FILES = 3_000_000
CALIBRATION_SUFFIXES = frozenset((".cal",))


@dataclass
class Listing:
    """The files of a folder by kind, as paths below `root` with forward slashes, folder by folder in order of names.

    texts: .txt files.  records: .json, .xml, .yaml and .yml files.
    """

    root: Path
    pictures: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    videos: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    calibrations: list[str] = field(default_factory=list)

    @cached_property
    def plain_pictures(self) -> list[str]:
        """The pictures without those in folders of masks, which often have the same names; all where none is left."""
        if not self.mask_folders:
            return self.pictures
        return [name for name in self.pictures if mask_folder(folder_of(name)) is None] or self.pictures

    @cached_property
    def mask_folders(self) -> list[str]:
        """The names of the folders that hold masks by their names."""
        folders = {folder_of(name) for name in self.pictures}
        return sorted({name for folder in folders if (name := mask_folder(folder)) is not None})


def folder_of(name: str) -> str:
    """The path of the folder that a file lies in."""
    return name.rpartition("/")[0]


@lru_cache(FOLDERS_KEPT)
def mask_folder(folder: str) -> str | None:
    """The outermost name in a folder's path that speaks of masks; None where there is none."""
    return next((part for part in folder.split("/") if is_mask_folder(part)), None)


def list_folder(root: Path, should_stop: Callable[[], bool] = lambda: False, most: int = MOST_FILES) -> Listing:
    """Walk a folder once, up to so many files. Hidden ones are skipped; linked folders are followed, each once.

    Raises UserError when `root` is not a folder that can be read.
    """
    listing = Listing(root)
    kinds = {
        **dict.fromkeys(PICTURE_SUFFIXES, listing.pictures),
        **dict.fromkeys(TABLE_SUFFIXES, listing.tables),
        **dict.fromkeys((".json", ".xml", ".yaml", ".yml"), listing.records),
        **dict.fromkeys(VIDEO_SUFFIXES, listing.videos),
        **dict.fromkeys(ARCHIVE_SUFFIXES, listing.archives),
        **dict.fromkeys(CALIBRATION_SUFFIXES, listing.calibrations),
        ".txt": listing.texts,
    }
    try:
        for name in islice(_walk(root, should_stop), most):
            found = kinds.get(os.path.splitext(name)[1].lower())
            if found is not None:
                found.append(name)
    except FileNotFoundError as error:
        raise UserError(f"{root} does not exist.", "Choose the folder that holds the pictures.") from error
    except OSError as error:
        raise UserError(f"{root} cannot be read: {error.strerror}.", "Choose a folder that you may open.") from error
    return listing


def _walk(root: Path, should_stop: Callable[[], bool]) -> Iterator[str]:
    """The files below a folder, those of a folder before those of its inner folders."""
    seen: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting and not should_stop():
        prefix = waiting.pop()
        try:
            facts = os.stat(root / prefix)
            if (facts.st_dev, facts.st_ino) in seen:
                continue
            seen.add((facts.st_dev, facts.st_ino))
            files, folders = _entries(root / prefix)
        except OSError:
            if not prefix:
                raise
            continue  # an inner folder that may not be opened; the source block tells it
        for name in sorted(files):
            yield prefix + name
        waiting.extend(f"{prefix}{name}/" for name in sorted(folders, reverse=True))


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in a folder; hidden ones and those that are not valid text are not."""
    files: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not _is_text(entry.name):
                continue
            try:
                (folders if entry.is_dir() else files).append(entry.name)
            except OSError:  # a link to itself
                continue
    return files, folders


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
