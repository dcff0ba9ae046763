"""A text file that lists pictures, one a line, and which pictures its lines mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.work.tables.encoding import find_encoding, open_file


@dataclass
class ListedPictures:
    """What a list means: the pictures, the lines that mean none, and the lines that mean several."""

    images: set[str] = field(default_factory=set)
    strangers: list[tuple[int, str]] = field(default_factory=list)  # (line from 1, text)
    doubtful: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, name: str, meant: list[str]) -> None:
        self.images.update(meant)
        if len(meant) != 1:
            (self.doubtful if meant else self.strangers).append((line, name))


def read_names(path: Path) -> list[tuple[int, str]]:
    """The lines that are not empty, each with its number from 1. Raises UserError when the file holds no text."""
    encoding = find_encoding(path)
    with open_file(path) as file:
        text = file.read().decode(encoding, "replace")
    lines = enumerate(text.removeprefix("\ufeff").splitlines(), 1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def find_listed(names: Sequence[tuple[int, str]], images: Sequence[str]) -> ListedPictures:
    """The pictures that names mean: by path, by the end of a path, by file name, or by name without its ending.

    Folders that differ count (`valid/1.png` is not `train/1.png`), unless no name fits a picture then.
    """
    by_ending: dict[str, list[str]] = {}
    for image in images:
        for key in dict.fromkeys(_keys(image)):
            by_ending.setdefault(key, []).append(image)
    listed = ListedPictures()
    for line, name in names:
        listed.add(line, name, _meant(name, by_ending))
    if listed.images or not any("/" in _path(name) for _, name in names):
        return listed
    return find_listed([(line, _path(name).rpartition("/")[2]) for line, name in names], images)


def _meant(name: str, by_ending: Mapping[str, list[str]]) -> list[str]:
    for text in _readings(name):
        for ending in _endings(text):
            # Either the picture's path ends as the name does, or the name ends with the picture's whole path.
            found = [image for image in by_ending.get(ending, ()) if ending in (text, image, _stem(image))]
            if found:
                return [image for image in found if image == text] or found
    return []


def _path(name: str) -> str:
    return name.strip("\"'").replace("\\", "/").removeprefix("./")


def _readings(name: str) -> Iterator[str]:
    """A line as a path; then without what follows a comma, tab or space: many lists have a label behind the name."""
    path = _path(name)
    yield path
    for sign in ("\t", ",", " "):
        before, found, _ = path.partition(sign)
        if found and before:
            yield before.strip("\"' ")


def _endings(path: str) -> Iterator[str]:
    """The path, then without its first folder, and so on down to the file name."""
    while path:
        yield path
        path = path.partition("/")[2]


def _keys(image: str) -> Iterator[str]:
    for ending in _endings(image):
        yield ending
        yield _stem(ending)


def _stem(path: str) -> str:
    """A path without the ending of its file."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)
