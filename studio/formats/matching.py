"""Which picture an entry of an annotation file is about."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from studio.imaging.decode import PICTURE_SUFFIXES

_DETOUR = re.compile(r"//|(^|/)\.{1,2}(/|$)|./$|^$")
_DRIVE = re.compile(r"^[A-Za-z]:(?=/)")


@dataclass(frozen=True)
class Matches:
    """entry_of: by picture. without_picture: entries whose picture is not there. unclear: entries that several pictures
    fit, or that fit a picture that another entry fits as well, with those pictures."""

    entry_of: dict[str, str]
    without_picture: tuple[str, ...]
    unclear: dict[str, tuple[str, ...]]


class PictureFinder:
    """Finds the picture of an entry, step by step.

    images: below `root`, an absolute folder. beside: the folder of the annotations, absolute. In turn: the path as
    written, from `beside` or below `root`; the same file name in a folder of the same name; the same file name where it
    is the only one; the same without the ending and with other capitals.
    """

    def __init__(self, images: Sequence[str], *, root: str = "", beside: str = "") -> None:
        self._pictures = _Pictures(images)
        self._root = tidy(root) if root else ""
        self._beside = tidy(beside) if beside else self._root
        # Each takes the path as written, seen from the root, and the same seen from beside the annotations.
        self.steps: tuple[Callable[[str, str], list[str]], ...] = (
            lambda written, beside: self._pictures.at(beside),
            lambda written, beside: self._pictures.at(written),
            lambda written, beside: self._pictures.named_nearby(beside),
            lambda written, beside: self._pictures.named(beside),
            lambda written, beside: self._pictures.named_alike(beside),
        )

    def find(self, entry: str) -> str | None:
        """The picture of one entry, whatever others may claim it; None where there is none or it is not clear."""
        paths = self.paths_of(entry)
        for step in self.steps:
            if pictures := step(*paths):
                return pictures[0] if len(pictures) == 1 else None
        return None

    def paths_of(self, entry: str) -> tuple[str, str]:
        """Where the picture would be, seen from the root: as written, and from beside the annotations."""
        written = tidy(entry)
        return self._below(written), self._below(tidy(posixpath.join(self._beside, written)))

    def _below(self, path: str) -> str:
        """A path as seen from the root; one from elsewhere stays as it is."""
        return path.removeprefix(self._root.rstrip("/") + "/") if self._root else path


def match_entries(entries: Iterable[str], finder: PictureFinder) -> Matches:
    """The picture of each entry, no picture twice: what an earlier step found is not given to a later one.

    Where entries of a folder were found in some folders, others of it are looked for there only: a frame that is
    missing is not taken from another video in which a frame has the same name.
    """
    entry_of: dict[str, str] = {}
    unclear: dict[str, list[str]] = {}
    homes: defaultdict[str, set[str]] = defaultdict(set)
    paths = {entry: finder.paths_of(entry) for entry in entries}
    folders = {entry: posixpath.dirname(written) for entry, (written, _) in paths.items()}
    waiting = list(paths)
    for step in finder.steps:
        claims: defaultdict[str, list[str]] = defaultdict(list)
        for entry in waiting:
            pictures = step(*paths[entry])
            home = homes.get(folders[entry])
            if home:
                pictures = [picture for picture in pictures if posixpath.dirname(picture) in home]
            if len(pictures) == 1:
                claims[pictures[0]].append(entry)
            elif pictures:
                unclear[entry] = pictures
        for picture, claiming in claims.items():
            if picture in entry_of:
                continue
            if len(claiming) > 1:
                unclear.update((entry, [picture]) for entry in claiming)
                continue
            entry_of[picture] = claiming[0]
            homes[folders[claiming[0]]].add(posixpath.dirname(picture))
        matched = set(entry_of.values())
        waiting = [entry for entry in waiting if entry not in matched and entry not in unclear]
    free = {entry: tuple(one for one in pictures if one not in entry_of) for entry, pictures in unclear.items()}
    without = waiting + [entry for entry, pictures in free.items() if not pictures]
    return Matches(entry_of, tuple(without), {entry: pictures for entry, pictures in free.items() if pictures})


class _Pictures:
    """The pictures, found by path, by name and by name without ending."""

    def __init__(self, images: Sequence[str]) -> None:
        self._paths = set(images)
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self._stems: defaultdict[str, list[str]] = defaultdict(list)
        for image in images:
            name = posixpath.basename(image)
            self._names[name].append(image)
            self._stems[_stem(name)].append(image)

    def at(self, path: str) -> list[str]:
        return [path] if path in self._paths else []

    def named_nearby(self, path: str) -> list[str]:
        return [image for image in self.named(path) if _common_folders(path, image)]

    def named(self, path: str) -> list[str]:
        return _closest(path, self._names.get(posixpath.basename(path), []))

    def named_alike(self, path: str) -> list[str]:
        name = posixpath.basename(path)
        return _closest(path, self._stems.get(_stem(name)) or self._stems.get(name.casefold(), []))


def _closest(path: str, images: list[str]) -> list[str]:
    """Those with the most folders in common with the path, counted from the name up."""
    if len(images) < 2:
        return images
    shared = {image: _common_folders(path, image) for image in images}
    most = max(shared.values())
    return [image for image, count in shared.items() if count == most]


def _common_folders(one: str, other: str) -> int:
    pairs = zip(reversed(one.split("/")[:-1]), reversed(other.split("/")[:-1]), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def tidy(path: str) -> str:
    """A path with forward slashes, without drive and without detours."""
    if "\\" in path or ":" in path:
        path = _DRIVE.sub("", path.replace("\\", "/"))
    return posixpath.normpath(path) if _DETOUR.search(path) else path


def _stem(name: str) -> str:
    """A name without the ending that pictures have, in small letters; other dots belong to the name."""
    stem, suffix = posixpath.splitext(name)
    return (stem if suffix.lower() in PICTURE_SUFFIXES else name).casefold()
