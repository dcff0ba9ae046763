"""YOLO text files: a line a thing, in shares of the picture's width and height, classes by number.

A line is: class and box (centre x, centre y, width, height); or class and outline (x, y, three pairs at least); or,
where the data set's settings say so, class, box and points. A sixth number after a box is a score: it is passed over.
Source: the documentation of Ultralytics YOLO, "Datasets" (detection, segmentation, pose).
"""

import os
from functools import cache
from pathlib import Path

from studio.base.targets import Place, Points, Thing
from studio.formats import outlines, values
from studio.formats.annotations import Entry
from studio.formats.class_names import ClassList, find_class_list
from studio.formats.format import Format
from studio.formats.gathering import Gathered, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.text_file import peek, read_text
from studio.formats.values import UnusableError

LABELS, IMAGES = "labels", "images"  # the folders that belong together
PARENTS_SEARCHED = 2  # for the class list, above the folder that was named
_MOST_SHARE = 2.0  # a share beyond this is no rounding: pixels were written
_OTHER_TEXTS = frozenset(
    f"{name}.txt"
    for name in ("classes", "train", "val", "valid", "test", "trainval", "readme", "requirements", "license", "codes",
                 "labels", "class_names", "label_names", "notes")
)  # fmt: skip


def _recognises(path: Path) -> bool:
    if path.name.lower() in _OTHER_TEXTS:
        return False
    first = next((line.split() for line in peek(path).splitlines() if line.strip()), [])
    try:
        _, shares = _numbers(first)
    except (UnusableError, NotThisFormatError):
        return False
    return len(shares) >= 4


def _files(base: Path, files: list[Path]) -> list[Path]:
    inside = [path for path in files if LABELS in path.parent.parts[len(base.parts) - 1 :]]
    return inside or [path for path in files if path.name.lower() not in _OTHER_TEXTS]


def picture_of(label_file: Path, base: Path) -> str:
    """The entry of a label file: the picture's path below `base`, without its ending; "labels" becomes "images"."""
    parts = list(label_file.with_name(label_file.name[: -len(label_file.suffix)]).parts)
    if LABELS in parts[:-1]:
        parts[len(parts) - 2 - parts[-2::-1].index(LABELS)] = IMAGES
    return Path(os.path.relpath(Path(*parts), base)).as_posix()


def class_list_of(folder: Path, base: Path) -> ClassList | None:
    """The class list for label files in a folder: there, or in a folder around it, up to a little above `base`."""
    for place in (folder, *folder.parents)[: len(folder.parts) - len(base.parts) + 1 + PARENTS_SEARCHED]:
        if (found := find_class_list(place)) is not None:
            return found
    return None


def _read(reading: Reading, gathered: Gathered) -> None:
    without: list[Path] = []

    @cache
    def classes_of(folder: Path) -> ClassList | None:
        found = class_list_of(folder, reading.base)
        if found is None:
            without.append(folder)
        else:
            gathered.name_classes(*found.names.values())
            gathered.skeleton = gathered.skeleton or found.skeleton
        return found

    def read_one(file: SourceFile, gathered: Gathered) -> None:
        lines = read_text(file.path).split("\n")
        picture = picture_of(file.path, reading.base)
        size_wh = reading.size_of(picture)
        if size_wh is None:
            message = "The picture is not there, so the shares of its size cannot be turned into pixels."
            gathered.tell(file, "", UnusableError("", message), picture)
        entry = _entry(file, gathered, lines, picture, size_wh, classes_of(file.path.parent)) if size_wh else Entry()
        gathered.add(picture, entry, file)

    read_each(reading, gathered, read_one, lambda file: picture_of(file.path, reading.base))
    if without:
        message = "There is no list of class names (data.yaml, classes.txt or obj.names): numbers are used as names."
        gathered.doubt(SourceFile(without[0], "", ""), "", "", message, "")


def _entry(
    file: SourceFile,
    gathered: Gathered,
    lines: list[str],
    picture: str,
    size_wh: SizeWH,
    classes: ClassList | None,
) -> Entry:
    things: list[Thing] = []
    points: list[Points] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            index, shares = _numbers(line.split())
            name = _name(index, classes)
            thing, found = _thing(name, shares, size_wh, classes)
        except UnusableError as error:
            gathered.tell(file, place, error, picture)
            continue
        gathered.name_classes(name)
        gathered.look_at_thing(file, place, "box", thing, size_wh, picture)
        things.append(thing)
        if found is not None and classes is not None and classes.skeleton is not None:
            gathered.look_at_points(file, place, found, classes.skeleton.names, size_wh, picture)
            points.append(found)
    return Entry(tuple(things), tuple(points), size_wh=size_wh)


def _numbers(words: list[str]) -> tuple[int, list[float]]:
    if not words:
        raise UnusableError("", "The line is empty.")
    index = values.whole(words[0], "class")
    if index < 0:
        raise UnusableError("class", f"The class number is {index}.")
    shares = [values.number(word, f"number {place}") for place, word in enumerate(words[1:], 2)]
    wrong = next((share for share in shares if abs(share) > _MOST_SHARE), None)
    if wrong is not None:
        raise UnusableError("", f"{wrong:g} is written where a share of the picture belongs, from 0 to 1.")
    return index, shares


def _name(index: int, classes: ClassList | None) -> str:
    if classes is None:
        return str(index)
    if index not in classes.names:
        raise UnusableError("class", f"The class number {index} is not in {classes.path.name}.")
    return classes.names[index]


def _thing(name: str, shares: list[float], size_wh: SizeWH, classes: ClassList | None) -> tuple[Thing, Points | None]:
    width, height = size_wh
    skeleton = classes.skeleton if classes else None
    step = classes.numbers_a_point if classes else 0
    if skeleton is not None and len(shares) == 4 + step * len(skeleton.names):
        return _box(name, shares, size_wh), _points(shares[4:], step, size_wh)
    if len(shares) in (4, 5):
        return _box(name, shares, size_wh), None
    if skeleton is not None or len(shares) < 6 or len(shares) % 2:
        points = f", {4 + step * len(skeleton.names)} to a box with points" if skeleton else ""
        message = f"{len(shares)} numbers follow the class; 4 belong to a box, pairs of x and y to an outline{points}."
        raise UnusableError("", message)
    ring = tuple(share * (height if place % 2 else width) for place, share in enumerate(shares))
    return values.thing(name, outlines.box_around([ring]), "outline", (ring,)), None


def _box(name: str, shares: list[float], size_wh: SizeWH) -> Thing:
    (x, y, wide, high), (width, height) = shares[:4], size_wh
    left, right = (x - wide / 2) * width, (x + wide / 2) * width
    top, bottom = (y - high / 2) * height, (y + high / 2) * height
    return values.thing(name, (left, top, right, bottom), "box")


def _points(shares: list[float], step: int, size_wh: SizeWH) -> Points | None:
    """The points; one at 0, 0 is absent where nothing is said about being seen. None where all are absent."""
    places: list[Place | None] = []
    for at in range(0, len(shares), step):
        x, y = shares[at] * size_wh[0], shares[at + 1] * size_wh[1]
        seen = shares[at + 2] if step == 3 else 2.0 * any(shares[at : at + 2])
        if seen not in (0, 1, 2):
            raise UnusableError("points", f"A point's third number is {seen:g}; it is 0, 1 or 2.")
        places.append(Place(x, y, is_hidden=seen == 1) if seen else None)
    return Points(tuple(places)) if any(places) else None


YOLO = Format("yolo", (".txt",), _recognises, _read, _files)
