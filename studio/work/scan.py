"""Finding the pictures in a folder, always in the same order, and telling the broken ones apart."""

import contextlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder
from studio.blocks.source.folder import Folder
from studio.blocks.table import LeftOut
from studio.imaging.decode import PICTURE_SUFFIXES, check_image
from studio.work.build import OnProgress


def find_pictures(root: Path, block: Folder) -> tuple[list[str], list[LeftOut]]:
    """Paths of the pictures below `root`, with forward slashes, folder by folder in the order of their names.

    Hidden files and folders are skipped. Linked folders are followed, each folder once, so that a loop ends.
    Raises UserError when `root` is not a folder that can be read.
    """
    images: list[str] = []
    left_out: list[LeftOut] = []
    visited: set[tuple[int, int]] = set()

    def visit(folder: Path, prefix: str) -> None:
        facts = folder.stat()
        if (facts.st_dev, facts.st_ino) in visited:
            return
        visited.add((facts.st_dev, facts.st_ino))
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: (entry.name.casefold(), entry.name))
        inner: list[os.DirEntry[str]] = []
        for entry in ordered:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                inner.append(entry)
            elif Path(entry.name).suffix.lower() in PICTURE_SUFFIXES:
                _take(prefix + entry.name)
        if block.recursive:
            for entry in inner:
                if entry.name in block.exclude:
                    continue
                try:
                    visit(Path(entry.path), f"{prefix}{entry.name}/")
                except OSError as error:
                    left_out.append(
                        LeftOut(_readable(prefix + entry.name), f"The folder cannot be read: {error.strerror}.")
                    )

    def _take(image: str) -> None:
        if _readable(image) == image:
            images.append(image)
        else:
            left_out.append(LeftOut(_readable(image), "Its name is not valid text. Rename the file."))

    try:
        visit(root, "")
    except FileNotFoundError as error:
        raise UserError(f"The folder {root} does not exist.", "Choose the folder that holds the pictures.") from error
    except NotADirectoryError as error:
        raise UserError(f"{root} is a file, not a folder.", "Choose the folder that holds the pictures.") from error
    except OSError as error:
        raise UserError(f"The folder {root} cannot be read: {error.strerror}.", "Check its permissions.") from error
    return images, left_out


def find_broken(
    root: Path, images: list[str], on_progress: OnProgress, should_stop: Callable[[], bool]
) -> list[LeftOut]:
    """The pictures that cannot be read whole, with the reason; what was good and is unchanged is not read again."""
    memory = _ScanMemory(root)
    broken: dict[str, str] = {}

    def check(image: str) -> str:
        path = root / image
        stamp = _stamp(path)
        known = memory.reason(image, stamp)
        if known is None:
            try:
                check_image(path)
                known = ""
            except UserError as error:
                known = error.message
            memory.remember(image, stamp, known)
        return known

    with ThreadPoolExecutor(max_workers=min(8, (os.cpu_count() or 1) + 1)) as pool:
        step = 64
        for start in range(0, len(images), step):
            if should_stop():
                break
            portion = images[start : start + step]
            for image, reason in zip(portion, pool.map(check, portion), strict=True):
                if reason:
                    broken[image] = reason
            on_progress(min(start + step, len(images)), len(images))
    memory.save()
    return [LeftOut(image, reason) for image, reason in broken.items()]


class _ScanMemory:
    """What earlier scans of a folder found, by path, size and time of change; kept in the user's cache."""

    def __init__(self, root: Path) -> None:
        name = blake2b(os.fsencode(root), digest_size=12).hexdigest()
        self._path = user_folder("cache") / "scans" / f"{name}.json"
        self._known: dict[str, list[str]] = {}
        self._changed = False
        with contextlib.suppress(OSError, ValueError):
            self._known = json.loads(self._path.read_text(encoding="utf-8"))

    def reason(self, image: str, stamp: str) -> str | None:
        entry = self._known.get(image)
        return entry[1] if stamp and entry and entry[0] == stamp else None

    def remember(self, image: str, stamp: str, reason: str) -> None:
        # Only good news is kept: a file that could not be read is looked at again, it may have been mended.
        if stamp and not reason:
            self._known[image] = [stamp, reason]
            self._changed = True

    def save(self) -> None:
        if not self._changed:
            return
        with contextlib.suppress(OSError, UserError):  # a memory that cannot be kept costs time only
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps(self._known).encode())


def _stamp(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _readable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def list_pictures(paths: list[Path]) -> list[Path]:
    """The given files, and the pictures inside the given folders. Raises UserError for a path that does not exist."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            images, _ = find_pictures(path, Folder(path=str(path)))
            found.extend(path / image for image in images)
        elif path.exists():
            found.append(path)
        else:
            raise UserError(f"{path} does not exist.", "Name pictures, or folders that hold pictures.")
    return found
