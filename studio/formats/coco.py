"""COCO JSON: boxes, outlines as polygons or run lengths, crowds, keypoints.

Source: the format page of the COCO data set (cocodataset.org, "Data format"). Partial files are read too: without ids,
areas or sizes, as small tools write them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.base.errors import UserError
from studio.base.targets import Place, Points, Skeleton, Thing
from studio.formats import outlines, values
from studio.formats.annotations import Entry
from studio.formats.format import Format
from studio.formats.gathering import Gathered, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.run_lengths import mask_of_runs
from studio.formats.sides import side_partners
from studio.formats.text_file import peek, read_json
from studio.formats.values import UnusableError

_BEGINNING = re.compile(r'\s*\{\s*"(info|licenses|images|annotations|categories|type|videos)"\s*:')
_FOREIGN = {"segments_info": "panoptic masks", "caption": "sentences"}


@dataclass
class _Picture:
    key: str
    place: str
    size_wh: SizeWH | None
    things: list[Thing] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)


def _recognises(path: Path) -> bool:
    content = peek(path)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # long, or cut off: its beginning tells
        if '"segments_info"' in content:
            return False
        return bool(_BEGINNING.match(content)) and any(
            f'"{key}"' in content for key in ("file_name", "image_id", "category_id")
        )
    return isinstance(found, dict) and all(isinstance(found.get(key), list) for key in ("images", "annotations"))


def _read(reading: Reading, gathered: Gathered) -> None:
    read_each(reading, gathered, _read_one)


def _read_one(file: SourceFile, gathered: Gathered) -> None:
    content = read_json(file.path)
    if not isinstance(content, dict) or not isinstance(content.get("images"), list):
        raise NotThisFormatError("COCO JSON has a list 'images'")
    annotations = content.get("annotations", [])
    if not isinstance(annotations, list):
        raise NotThisFormatError("the 'annotations' of COCO JSON are a list")
    _refuse_foreign(file, annotations)
    names = _read_categories(file, gathered, content.get("categories", []))
    pictures = _read_pictures(file, gathered, content["images"])
    for place, annotation in _numbered("annotation", annotations):
        picture = None
        try:
            picture = pictures.get(_identity(_record(annotation).get("image_id"), "image_id"))
            if picture is None:
                raise UnusableError(
                    "image_id", f"There is no image {values.shown(annotation['image_id'])} in the file."
                )
            _read_annotation(file, gathered, place, annotation, names, picture)
        except UnusableError as error:
            gathered.tell(file, place, error, picture.key if picture else "")
    for picture in pictures.values():
        entry = Entry(tuple(picture.things), tuple(picture.points), None, picture.size_wh)
        gathered.add(picture.key, entry, file, picture.place)


def _refuse_foreign(file: SourceFile, annotations: list[Any]) -> None:
    first = annotations[0] if annotations and isinstance(annotations[0], dict) else {}
    for key, what in _FOREIGN.items():
        if key in first and "bbox" not in first:
            raise UserError(
                f"{file.shown} is a COCO file of {what}, not of boxes, outlines or points.",
                "Choose the file of instances or of keypoints.",
            )


def _read_categories(file: SourceFile, gathered: Gathered, categories: Any) -> dict[int | str, str]:
    names: dict[int | str, str] = {}
    for place, category in _numbered("category", categories if isinstance(categories, list) else []):
        try:
            name = values.text(_record(category).get("name"), "name")
            names[_identity(category.get("id"), "id")] = name
            gathered.name_classes(name)
            if category.get("keypoints"):
                _take_skeleton(gathered, category)
        except UnusableError as error:
            gathered.tell(file, place, error)
    return names


def _take_skeleton(gathered: Gathered, category: dict[str, Any]) -> None:
    points = category["keypoints"]
    if not isinstance(points, list):
        raise UnusableError("keypoints", "The names of the keypoints are not a list.")
    names = tuple(values.text(name, "keypoints") for name in points)
    if len(set(names)) < len(names):
        raise UnusableError("keypoints", "Two keypoints have the same name.")
    edges = []
    written = category.get("skeleton") or []
    if not isinstance(written, list):
        raise UnusableError("skeleton", f"{values.shown(written)} is written where a list of lines belongs.")
    for edge in written:
        ends = [values.whole(end, "skeleton") for end in values.numbers(edge, "skeleton", 2)]
        if not all(1 <= end <= len(names) for end in ends):
            raise UnusableError("skeleton", f"A line joins points {ends}, but there are {len(names)}, from 1.")
        edges.append((ends[0] - 1, ends[1] - 1))
    skeleton = Skeleton(names, tuple(edges), side_partners(names))
    if gathered.skeleton not in (None, skeleton):
        raise UnusableError("keypoints", "The categories have different keypoints; only the first ones are read.")
    gathered.skeleton = skeleton


def _read_pictures(file: SourceFile, gathered: Gathered, images: list[Any]) -> dict[int | str, _Picture]:
    pictures: dict[int | str, _Picture] = {}
    for place, image in _numbered("image", images):
        key = ""
        try:
            key = file.folder + values.picture_path(_record(image).get("file_name"), "file_name")
            identity = _identity(image.get("id"), "id")
            if identity in pictures:
                raise UnusableError("id", f"Two images have the id {values.shown(identity)}.")
            pictures[identity] = _Picture(key, place, values.size(image.get("width"), image.get("height")))
        except UnusableError as error:
            gathered.tell(file, place, error, key)
    return pictures


def _read_annotation(
    file: SourceFile,
    gathered: Gathered,
    place: str,
    annotation: dict[str, Any],
    names: dict[int | str, str],
    picture: _Picture,
) -> None:
    category = _identity(annotation.get("category_id"), "category_id")
    if category not in names:
        raise UnusableError("category_id", f"There is no category {values.shown(category)} in the file.")
    is_crowd = values.yes_or_no(annotation.get("iscrowd"), "iscrowd")
    points = _read_points(annotation, gathered)
    outline = _read_outline(annotation.get("segmentation"))
    if annotation.get("bbox"):
        left, top, width, height = values.numbers(annotation["bbox"], "bbox", 4)
        box = (left, top, left + width, top + height)
    elif outline:
        box = outlines.box_around(outline)
    elif points is None:
        raise UnusableError("bbox", "There is neither a box nor an outline.")
    if annotation.get("bbox") or outline:
        thing = values.thing(names[category], box, "bbox", outline, is_crowd=is_crowd)
        picture.things.append(thing)
        gathered.look_at_thing(file, place, "bbox", thing, picture.size_wh, picture.key)
    if points is not None and gathered.skeleton is not None and not is_crowd:
        picture.points.append(points)
        gathered.look_at_points(file, place, points, gathered.skeleton.names, picture.size_wh, picture.key)


def _read_outline(segmentation: Any) -> tuple[outlines.Ring, ...]:
    if not segmentation:
        return ()
    if isinstance(segmentation, dict):
        return outlines.mask_rings(mask_of_runs(segmentation, "segmentation"), "segmentation")
    if not isinstance(segmentation, list):
        raise UnusableError("segmentation", f"{values.shown(segmentation)} is written where an outline belongs.")
    return tuple(outlines.ring(part, "segmentation") for part in segmentation)


def _read_points(annotation: dict[str, Any], gathered: Gathered) -> Points | None:
    """The keypoints: x, y and v for each, v being 0 absent, 1 hidden, 2 seen; None where all are absent."""
    if not annotation.get("keypoints"):
        return None
    if gathered.skeleton is None:
        raise UnusableError("keypoints", "There are keypoints, but no category names them.")
    found = values.numbers(annotation["keypoints"], "keypoints", 3 * len(gathered.skeleton.names))
    places: list[Place | None] = []
    for x, y, seen in zip(found[0::3], found[1::3], found[2::3], strict=True):
        if seen not in (0, 1, 2):
            raise UnusableError("keypoints", f"A keypoint's third number is {seen:g}; it is 0, 1 or 2.")
        places.append(Place(x, y, is_hidden=seen == 1) if seen else None)
    return Points(tuple(places)) if any(places) else None


def _numbered(word: str, records: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{word} {number}", record) for number, record in enumerate(records, 1))


def _record(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnusableError("", f"{values.shown(value)} is written where a record belongs.")
    return value


def _identity(value: Any, field: str) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise UnusableError(field, "The number is missing." if value is None else f"{values.shown(value)} is no id.")
    return value


COCO = Format("coco", (".json",), _recognises, _read)
