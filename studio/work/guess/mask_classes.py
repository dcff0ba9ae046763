"""What the classes in masks are called: a text file such as codes.txt, or a list in a data set's settings."""

import posixpath
from dataclasses import dataclass

from studio.base.errors import UserError
from studio.formats.plain_yaml import read_sections
from studio.formats.text_file import read_text
from studio.formats.values import UnusableError
from studio.work.guess.listing import Listing

TEXT_FILES = ("codes.txt", "classes.txt", "labels.txt", "class_names.txt", "names.txt", "categories.txt")
YAML_SUFFIXES = (".yaml", ".yml")
YAML_SECTIONS = ("names", "classes")
VOID_NAMES = ("void", "unlabeled", "unlabelled", "ignore", "ignored", "unknown")
MOST_NAMES = 1000
LARGEST_BYTES = 1_000_000


@dataclass(frozen=True)
class ClassNames:
    """file: a path of the listing.  names, and the value in the masks that each stands for; () where 0, 1, 2 …"""

    file: str
    names: tuple[str, ...]
    values: tuple[int, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether the file has one name a line, so that the block can read it itself."""
        return self.file.lower().endswith(".txt")

    @property
    def void(self) -> str:
        """The class of pixels that nobody decided; "" where there is none."""
        return next((name for name in self.names if name.lower() in VOID_NAMES), "")


def find_class_names(listing: Listing, picture: str, mask: str) -> ClassNames | None:
    """The names that lie nearest above the masks or the pictures; None where there are none."""
    folders = {*_upwards(mask), *_upwards(picture)}
    near = [name for name in [*listing.texts, *listing.records] if posixpath.dirname(name) in folders]
    for name in sorted(near, key=lambda name: -name.count("/")):
        found: ClassNames | None
        try:
            if posixpath.basename(name).lower() in TEXT_FILES:
                found = _from_text(listing, name)
            elif name.lower().endswith(YAML_SUFFIXES):
                found = _from_yaml(listing, name)
            else:
                continue
        except (UserError, UnusableError):
            continue
        if found is not None and 2 <= len(found.names) <= MOST_NAMES:
            return found
    return None


def _from_text(listing: Listing, name: str) -> ClassNames:
    lines = read_text(listing.root / name, LARGEST_BYTES).splitlines()
    return ClassNames(name, tuple(line.strip() for line in lines if line.strip()))


def _from_yaml(listing: Listing, name: str) -> ClassNames | None:
    sections = read_sections(read_text(listing.root / name, LARGEST_BYTES), YAML_SECTIONS)
    section = next((sections[key] for key in YAML_SECTIONS if key in sections), None)
    if isinstance(section, list):
        return ClassNames(name, tuple(str(item) for item in section))
    if not isinstance(section, dict) or not all(key.isdecimal() for key in section):
        return None
    pairs = sorted((int(key), str(value)) for key, value in section.items())
    values = tuple(value for value, _ in pairs)
    is_plain = values == tuple(range(len(values)))
    return ClassNames(name, tuple(text for _, text in pairs), () if is_plain else values)


def _upwards(name: str) -> list[str]:
    """The folder of a file, and all around it up to the one that was looked at."""
    folder = posixpath.dirname(name)
    found = [folder]
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
