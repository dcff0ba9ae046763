"""Finding the pictures in a folder, always in the same order, and telling the broken ones apart."""

import contextlib
import json
import os
import unicodedata
from bisect import bisect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.paths import user_folder
from studio.blocks.source.choice import PictureChoice
from studio.blocks.source.folder import Folder
from studio.blocks.table import LeftOut
from studio.imaging.decode import check_image
from studio.work.build import OnProgress
from studio.work.name_choice import NameChoice


def find_pictures(root: Path, block: PictureChoice) -> tuple[list[str], list[LeftOut]]:
    """Paths of the pictures below `root`, with forward slashes, folder by folder in the order of their names.

    Hidden files and folders are skipped. Linked folders are followed, each folder once, so that a loop ends.
    Raises UserError when `root` is not a folder that can be read.
    """
    search = _Search(block)
    try:
        search.visit(os.fspath(root), "", False)
    except FileNotFoundError as error:
        raise UserError(f"The folder {root} does not exist.", "Choose the folder that holds the pictures.") from error
    except NotADirectoryError as error:
        raise UserError(f"{root} is a file, not a folder.", "Choose the folder that holds the pictures.") from error
    except OSError as error:
        raise UserError(f"The folder {root} cannot be read: {error.strerror}.", "Check its permissions.") from error
    return search.images, search.left_out


class _Search:
    """One walk through a folder. Written for hundreds of thousands of files: whole lists, no object for each file."""

    def __init__(self, block: PictureChoice) -> None:
        self.images: list[str] = []
        self.left_out: list[LeftOut] = []
        self._recursive = block.recursive
        self._choice = NameChoice(block)
        self._visited: set[tuple[int, int]] = set()

    def visit(self, folder: str, prefix: str, is_kept: bool) -> None:
        """Take the pictures of a folder, then of its inner ones. is_kept: a folder around it is one to keep."""
        facts = os.stat(folder)
        if (facts.st_dev, facts.st_ino) in self._visited:
            return
        self._visited.add((facts.st_dev, facts.st_ino))
        pictures, inner = _listed(folder, self._choice.suffixes)
        self._take(pictures, prefix, is_kept)
        if not self._recursive:
            return
        for name in inner:
            path = prefix + name
            if self._choice.is_excluded(name, path):
                continue
            try:
                self.visit(os.path.join(folder, name), path + "/", is_kept or self._choice.is_included(name, path))
            except OSError as error:
                self.left_out.append(LeftOut(_readable(path), f"The folder cannot be read: {error.strerror}."))

    def _take(self, names: list[str], prefix: str, is_kept: bool) -> None:
        choice = self._choice
        if not choice.takes_all:
            names = [
                name
                for name in names
                if not choice.is_excluded(name, prefix + name) and (is_kept or choice.is_included(name, prefix + name))
            ]
        images = [prefix + name for name in names] if prefix else names
        if _is_text("".join(images)):
            self.images += images
            return
        self.images += [image for image in images if _is_text(image)]
        reason = "Its name is not valid text. Rename the file."
        self.left_out += [LeftOut(_readable(image), reason) for image in images if not _is_text(image)]


def _listed(folder: str, suffixes: frozenset[str]) -> tuple[list[str], list[str]]:
    """The names of a folder's pictures and of its inner folders, hidden ones left out, in order."""
    others: list[str] = []
    inner: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                is_folder = entry.is_dir()
            except OSError:  # a link to itself
                is_folder = False
            if is_folder:
                inner.append(entry.name)
            else:
                others.append(entry.name)
    pictures = (
        others
        if _share_suffix(others, suffixes)
        else [name for name in others if name[name.rfind(".") :].lower() in suffixes]
    )
    return _in_order(pictures), _in_order(inner)


def _share_suffix(names: list[str], suffixes: frozenset[str]) -> bool:
    """Whether all of them end as the first one does, and that in a picture's suffix: told by one count, as most folders
    hold one type of file."""
    suffix = names[0][names[0].rfind(".") :] if names else ""
    return suffix.lower() in suffixes and ("\0".join(names) + "\0").count(suffix + "\0") == len(names)


def _in_order(names: list[str]) -> list[str]:
    """The names that are not hidden, as every system sorts them: without regard to capitals, accents in one form."""
    names.sort()
    del names[bisect(names, ".") : bisect(names, "/")]  # "/" is the sign behind ".", and in no name
    if "".join(names).isascii():
        names.sort(key=str.lower)
    else:
        names.sort(key=lambda name: unicodedata.normalize("NFC", name).casefold())  # macOS writes accents apart
    return names


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


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
