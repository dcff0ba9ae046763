"""Evidence from other programs' annotation files: COCO, VOC, YOLO, labelme, DeepLabCut, dlib."""

import os
import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words, percent_words
from studio.blocks.labels.annotation_file import AnnotationFile
from studio.blocks.recipe import AnyTask
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.blocks.tasks.tagging import Tagging
from studio.formats.annotations import Annotations, Entry
from studio.formats.detect import Found, find_annotations
from studio.formats.format_names import FormatName
from studio.formats.gathering import Gathered
from studio.formats.inputs import Reading
from studio.formats.matching import PictureFinder, match_entries
from studio.formats.registry import format_named
from studio.formats.taking import Take
from studio.work.guess.evidence import Evidence
from studio.work.guess.folder_words import TEST, VALID, words_of
from studio.work.guess.listing import Listing
from studio.work.guess.whereabouts import find_whereabouts

FILES_READ = 100  # of a format with a file for each picture
MANY_FILES = 5000  # more are not read for a trial
LARGEST_BYTES = 150_000_000  # a larger file is recognised, but not read before it is used
MOST_FOUND = 20  # files and folders of annotations that are looked into

TASKS: dict[Take, AnyTask] = {
    "objects": Detection(),
    "points": Keypoints(),
    "tags": Tagging(),
    "class": Classification(),
}
WHAT: dict[Take, str] = {
    "objects": "Things in the pictures have boxes or outlines.",
    "points": "The same named points are marked in each picture.",
    "tags": "Each picture may have several tags.",
    "class": "Each picture has one class.",
}


@dataclass(frozen=True)
class Looked:
    """What a look into annotations gave. path: the file or folder; files: how many there are; read: how many were."""

    format: FormatName
    path: Path
    files: int
    read: int
    entries: dict[str, Entry]
    points: int  # how many the skeleton has
    pictures: dict[str, str]  # of the entries that were read, those with a picture: picture to entry


def by_annotations(listing: Listing) -> Iterator[Evidence]:
    """Every file or folder of annotations that names pictures here; those that divide the pictures also together."""
    if not listing.pictures:
        return
    files = [listing.root / name for name in [*listing.records, *listing.texts, *listing.tables]]
    looked = [
        item
        for found in find_annotations(listing.root, files)[:MOST_FOUND]
        if (item := _look(listing, found)) is not None and item.pictures
    ]
    for name in dict.fromkeys(item.format for item in looked):
        same = [item for item in looked if item.format == name]
        together = _together(same)
        for item in [together] if together is not None else same:
            evidence = _evidence(listing, item)
            if evidence is not None:
                yield evidence


def _look(listing: Listing, found: Found) -> Looked | None:
    files = _files(listing, found)
    sample = files[:: max(1, len(files) // FILES_READ)]
    try:
        if sum(path.stat().st_size for path in sample) > LARGEST_BYTES:
            return None
        gathered = Gathered(found.format.name)
        found.format.read(Reading(found.base, tuple(sample), lambda picture: (1000, 1000)), gathered)
    except (UserError, OSError):
        return None
    return _matched(listing, found, len(files), len(sample), gathered.finished())


def _matched(listing: Listing, found: Found, files: int, read: int, annotations: Annotations) -> Looked:
    finder = PictureFinder(listing.plain_pictures, root=listing.root.as_posix(), beside=found.base.as_posix())
    matches = match_entries(annotations.entries, finder)
    points = len(annotations.skeleton.names) if annotations.skeleton else 0
    return Looked(found.format.name, found.path, files, read, annotations.entries, points, matches.entry_of)


def _files(listing: Listing, found: Found) -> list[Path]:
    """The files that are read together, of those that were listed."""
    if not found.path.is_dir():
        return [found.path]
    inside = found.path.relative_to(listing.root).as_posix()
    prefix = "" if inside == "." else f"{inside}/"
    names = [*listing.records, *listing.texts, *listing.tables]
    suffixes = found.format.suffixes
    below = [listing.root / name for name in names if name.startswith(prefix) and name.lower().endswith(suffixes)]
    return found.format.files(found.path, below)


def _together(items: Sequence[Looked]) -> Looked | None:
    """Several files of one format whose pictures differ, as one folder: a file a part, or a file a video."""
    if len(items) < 2 or any(item.path.is_dir() for item in items):
        return None
    counts = Counter(picture for item in items for picture in item.pictures)
    if max(counts.values()) > 1 or len({item.points for item in items}) > 1:
        return None
    return Looked(
        format=items[0].format,
        path=Path(os.path.commonpath([item.path.parent for item in items])),
        files=sum(item.files for item in items),
        read=sum(item.read for item in items),
        entries={f"{place}/{name}": entry for place, item in enumerate(items) for name, entry in item.entries.items()},
        points=items[0].points,
        pictures={
            picture: f"{place}/{name}" for place, item in enumerate(items) for picture, name in item.pictures.items()
        },
    )


def _evidence(listing: Listing, looked: Looked) -> Evidence | None:
    entries = [looked.entries[name] for name in looked.pictures.values()]
    take = _take(entries, looked.points)
    if take is None:
        return None
    folders = {posixpath.dirname(picture) for picture in looked.pictures}
    wanted = [picture for picture in listing.pictures if posixpath.dirname(picture) in folders]
    around = find_whereabouts(listing.root, listing.pictures, wanted, listing.mask_folders)
    labeled = min(len(wanted), round(len(looked.pictures) * looked.files / max(1, looked.read)))
    matched = len(looked.pictures) / max(1, len(looked.entries))
    path = Path(os.path.relpath(looked.path, around.source.path)).as_posix()
    title = format_named(looked.format).title
    how = f"{title} in '{path}' tells of {count_words(labeled, 'picture')}"
    how += "." if matched > 0.99 else f"; {percent_words(1 - matched)} of the pictures that it names are not here."
    return Evidence(
        task=TASKS[take],
        source=around.source,
        labels=AnnotationFile(path=path, format=looked.format, take=take),
        pictures=around.pictures,
        labeled=labeled,
        sure=_sureness(looked, labeled / max(1, len(wanted)), matched),
        what=WHAT[take],
        where=around.reason,
        how=how,
        is_costly=looked.files > MANY_FILES,
    )


def _take(entries: Sequence[Entry], points: int) -> Take | None:
    """What the entries are good for: points where each picture has them once, else boxes, else tags or one class."""
    one_each = all(len(entry.points) <= 1 and len(entry.things) <= 1 for entry in entries)
    if points and one_each and any(entry.points for entry in entries):
        return "points"
    if any(entry.things for entry in entries):
        return "objects"
    flags = [entry.flags for entry in entries if entry.flags]
    if not flags:
        return None
    return "class" if all(len(names) == 1 for names in flags) else "tags"


def _sureness(looked: Looked, covered: float, matched: float) -> float:
    """Most where all that is named is here and all that is here is named; a file of a test part is not the one."""
    sure = 0.97 * (0.6 + 0.4 * min(1.0, covered)) * (0.5 + 0.5 * matched)
    said = words_of(looked.path.stem)
    if any(word in TEST for word in said):
        return 0.8 * sure
    return 0.9 * sure if any(word in VALID for word in said) else sure
