"""labelme's JSON: one file a picture, with shapes that have a label, and flags for the picture as a whole.

Shapes with the same label and group number are one thing; points with the same group number belong together. Shapes
labeled "__ignore__" are left out, as labelme's own conversions do. Source: labelme, docs and examples.
"""

import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

from studio.base.targets import Place, Points, Skeleton, Thing
from studio.formats import values
from studio.formats.annotations import Entry
from studio.formats.format import Format
from studio.formats.gathering import Gathered, own_picture, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.labelme_shapes import Shape, read_shape
from studio.formats.outlines import box_around
from studio.formats.sides import side_partners
from studio.formats.text_file import peek, read_json
from studio.formats.values import UnusableError
from studio.imaging.decode import PICTURE_SUFFIXES

IGNORED = "__ignore__"

Named = dict[str, Place]  # the points of one thing


def _recognises(path: Path) -> bool:
    content = peek(path)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # long, or cut off: what stands in it tells
        return bool(re.match(r"\s*\{", content)) and '"shapes"' in content and '"image' in content
    return isinstance(found, dict) and isinstance(found.get("shapes"), list) and "imagePath" in found


def _read(reading: Reading, gathered: Gathered) -> None:
    # Which points there are is known when every file was read: they are held back until then.
    read: list[tuple[SourceFile, str, Entry, list[Named]]] = []

    def read_one(file: SourceFile, gathered: Gathered) -> None:
        content = read_json(file.path)
        if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
            raise NotThisFormatError("labelme's JSON has a list 'shapes'")
        picture = _picture(file, content)
        entry, points = _read_picture(file, gathered, content, picture)
        read.append((file, picture, entry, points))

    read_each(reading, gathered, read_one, own_picture)
    names = tuple(dict.fromkeys(name for _, _, _, points in read for named in points for name in named))
    if names:
        gathered.skeleton = Skeleton(names, (), side_partners(names))
    for file, picture, entry, points in read:
        records = tuple(Points(tuple(named.get(name) for name in names)) for named in points)
        for record in records:
            gathered.look_at_points(file, "", record, names, entry.size_wh, picture)
        gathered.add(picture, Entry(entry.things, records, entry.flags, entry.size_wh), file)


def _picture(file: SourceFile, content: dict[str, Any]) -> str:
    """The picture's path from its file; a file that names none, or itself, belongs to the picture of its own name."""
    try:
        named = values.picture_path(content.get("imagePath"), "imagePath")
    except UnusableError:
        return own_picture(file)
    return file.folder + named if PurePosixPath(named).suffix.lower() in PICTURE_SUFFIXES else own_picture(file)


def _read_picture(
    file: SourceFile, gathered: Gathered, content: dict[str, Any], picture: str
) -> tuple[Entry, list[Named]]:
    size_wh: SizeWH | None = None
    flags: tuple[str, ...] = ()
    try:
        size_wh = values.size(content.get("imageWidth"), content.get("imageHeight"))
    except UnusableError as error:
        gathered.doubt(file, "", error.field, error.message, picture)
    try:
        flags = _flags(content.get("flags"))
    except UnusableError as error:
        gathered.tell(file, "", error, picture)
    gathered.name_classes(*flags)
    things: list[Thing] = []
    groups: dict[tuple[str, int], int] = {}
    points: dict[int | None, Named] = {}
    for number, record in enumerate(content["shapes"], 1):
        place = f"shape {number}"
        try:
            shape = read_shape(record)
            if shape.label == IGNORED:
                continue
            if isinstance(shape.form, Place):
                _take_point(points, shape, shape.form)
                continue
            thing = shape.form
        except UnusableError as error:
            gathered.tell(file, place, error, picture)
            continue
        gathered.name_classes(shape.label)
        gathered.look_at_thing(file, place, "points", thing, size_wh, picture)
        group = (shape.label, shape.group) if shape.group is not None else None
        if group in groups and thing.outline and things[groups[group]].outline:
            things[groups[group]] = _together(things[groups[group]], thing)
            continue
        if group is not None:
            groups.setdefault(group, len(things))
        things.append(thing)
    has_flags = isinstance(content.get("flags"), dict) and bool(content["flags"])
    return Entry(tuple(things), flags=flags if has_flags else None, size_wh=size_wh), list(points.values())


def _flags(value: object) -> tuple[str, ...]:
    """Those that are set."""
    if not value:
        return ()
    if not isinstance(value, dict):
        raise UnusableError("flags", f"{values.shown(value)} is written where flags belong.")
    is_set = {values.text(name, "flags"): values.yes_or_no(mark, "flags") for name, mark in value.items()}
    return tuple(name for name, mark in is_set.items() if mark and name != IGNORED)


def _take_point(points: dict[int | None, Named], shape: Shape, place: Place) -> None:
    named = points.setdefault(shape.group, {})
    if shape.label in named:
        message = f"A second point '{shape.label}'; where several things have points, labelme's groups tell them apart."
        raise UnusableError("label", message)
    named[shape.label] = place


def _together(first: Thing, second: Thing) -> Thing:
    outline = first.outline + second.outline
    return Thing(first.class_name, *box_around(outline), outline)


LABELME = Format("labelme", (".json",), _recognises, _read)
