"""Finding annotation files, and telling their format, by a look at them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.formats.class_names import find_class_list
from studio.formats.folder import files_below
from studio.formats.format import Format
from studio.formats.registry import FORMATS
from studio.formats.yolo import LABELS, YOLO
from studio.imaging.refusal import shown

LOOKS_A_FOLDER = 3  # files of one ending that are looked at in each folder
_MOST_FILES = 300_000
_SUFFIXES = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
_ALONE = frozenset({"coco", "deeplabcut", "dlib"})  # one of their files tells of many pictures


@dataclass(frozen=True)
class Found:
    """Annotations that can be read: a file, or a folder with a file for each picture."""

    format: Format
    path: Path

    @property
    def base(self) -> Path:
        """The folder that the paths of entries begin in."""
        return self.path if self.path.is_dir() else self.path.parent


def format_of(path: Path) -> Format | None:
    """The format of one file; None where it is none that is read here."""
    suffix = path.suffix.lower()
    return next((known for known in FORMATS if suffix in known.suffixes and known.recognises(path)), None)


def find_annotations(folder: Path, files: Iterable[Path] | None = None) -> list[Found]:
    """What there is to read in a folder and below it, in the order of the paths.

    files: those below the folder, folder by folder, where somebody has listed them already.
    """
    found: dict[Found, None] = {}
    for path, known in _looked_at(files_below(folder, _SUFFIXES) if files is None else files):
        if known.name in _ALONE:
            found.setdefault(Found(known, path))
        elif known is YOLO:
            found.setdefault(Found(known, _yolo_folder(path.parent, folder)))
        else:
            found.setdefault(Found(known, path.parent))
    return list(found)


def detect(path: Path) -> Found:
    """What a path that a user named is to be read as. Raises UserError where that is not clear."""
    if not path.exists():
        raise UserError(f"{shown(path)} does not exist.", "Choose the annotation file, or the folder of them.")
    if not path.is_dir():
        known = format_of(path)
        if known is None:
            titles = ", ".join(known.title for known in FORMATS)
            raise UserError(f"{shown(path)} is of no format that is read here.", f"Formats that are read: {titles}.")
        return Found(known, path)
    found = find_annotations(path)
    if not found:
        raise UserError(f"No annotation files were found in {shown(path)}.", "Choose the folder that holds them.")
    counts = Counter(one.format.title for one in found)
    if len(counts) > 1:
        what = " and ".join(counts)
        hint = f"Choose one of them, for example {shown(found[0].path.relative_to(path))}."
        raise UserError(f"{shown(path)} holds annotations of several formats: {what}.", hint)
    if found[0].format is YOLO:
        if len(found) > 1:
            names = ", ".join(shown(one.path.relative_to(path)) for one in found[:4])
            message = f"{shown(path)} holds {count_words(len(found), 'YOLO data set')}: {names}."
            raise UserError(message, "Choose the folder of one of them.")
        return found[0]
    return found[0] if len(found) == 1 and found[0].format.name in _ALONE else Found(found[0].format, path)


def _looked_at(files: Iterable[Path]) -> Iterator[tuple[Path, Format]]:
    """Files whose format is known; of one-file-a-picture formats only the first few in each folder."""
    looked: Counter[tuple[Path, str]] = Counter()
    for number, path in enumerate(files):
        if number > _MOST_FILES:
            return
        key = (path.parent, path.suffix.lower())
        if looked[key] >= LOOKS_A_FOLDER:
            continue
        known = format_of(path)
        if known is not None:
            yield path, known
        if known is None or known.name not in _ALONE:
            looked[key] += 1


def _yolo_folder(folder: Path, around: Path) -> Path:
    """The folder of a data set: the one of its class list, else the one that holds "labels"."""
    inside = [folder, *folder.parents][: len(folder.parts) - len(around.parts) + 1]
    for place in inside:
        try:
            if find_class_list(place) is not None:
                return place
        except UserError:  # a list with errors is one: they are told when it is read
            return place
    return next((place.parent for place in inside if place.name == LABELS and place != around), folder)
