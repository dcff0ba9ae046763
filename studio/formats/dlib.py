"""dlib's XML, as imglab writes it: boxes with named points, several to a picture.

Source: dlib, tools/imglab and dlib/data_io/image_dataset_metadata.h.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.order import natural_key
from studio.base.targets import Place, Points, Skeleton, Thing
from studio.formats import values
from studio.formats.annotations import Entry
from studio.formats.format import Format
from studio.formats.gathering import Gathered, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.sides import side_partners
from studio.formats.text_file import peek
from studio.formats.values import UnusableError
from studio.formats.xml_file import inner_text, read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

UNNAMED = "object"  # a box may have no label: the file is about one kind of thing then


def _recognises(path: Path) -> bool:
    content = peek(path)
    return bool(re.search(r"<dataset[\s>]", content)) and bool(re.search(r"<images?[\s>]", content))


def _read(reading: Reading, gathered: Gathered) -> None:
    read_each(reading, gathered, _read_one)


def _read_one(file: SourceFile, gathered: Gathered) -> None:
    root = read_xml(file.path)
    if root.tag != "dataset":
        raise NotThisFormatError("the outermost element of dlib's XML is 'dataset'")
    names = {part.get("name", "").strip() for part in root.iter("part")} - {""}
    if names and gathered.skeleton is None:
        ordered = tuple(sorted(names, key=natural_key))
        gathered.skeleton = Skeleton(ordered, (), side_partners(ordered))
    for number, image in enumerate(root.iter("image"), 1):
        _read_image(file, gathered, f"image {number}", image)


def _read_image(file: SourceFile, gathered: Gathered, place: str, image: "Element") -> None:
    size_wh: SizeWH | None = None
    try:
        picture = file.folder + values.picture_path(image.get("file"), "file")
    except UnusableError as error:
        gathered.tell(file, place, error)
        return
    try:
        size_wh = values.size(image.get("width"), image.get("height"))
    except UnusableError as error:
        gathered.doubt(file, place, error.field, error.message, picture)
    things: list[Thing] = []
    points: list[Points] = []
    for number, box in enumerate(image.iter("box"), 1):
        here = f"{place}, box {number}"
        try:
            thing = _thing(box)
            found = _points(box, gathered.skeleton)
        except UnusableError as error:
            gathered.tell(file, here, error, picture)
            continue
        gathered.name_classes(thing.class_name)
        gathered.look_at_thing(file, here, "box", thing, size_wh, picture)
        things.append(thing)
        if found is not None and gathered.skeleton is not None:
            gathered.look_at_points(file, here, found, gathered.skeleton.names, size_wh, picture)
            points.append(found)
    gathered.add(picture, Entry(tuple(things), tuple(points), size_wh=size_wh), file, place)


def _thing(box: "Element") -> Thing:
    left, top, width, height = (values.number(box.get(name), name) for name in ("left", "top", "width", "height"))
    return values.thing(
        values.text(inner_text(box, "label") or UNNAMED, "label"),
        (left, top, left + width, top + height),
        "box",
        is_crowd=values.yes_or_no(box.get("ignore"), "ignore"),
        is_difficult=values.yes_or_no(box.get("difficult"), "difficult"),
    )


def _points(box: "Element", skeleton: Skeleton | None) -> Points | None:
    """The parts of a box in the skeleton's order; None where it has none."""
    found: dict[str, Place] = {}
    for part in box.iter("part"):
        name = values.text(part.get("name"), "part")
        if skeleton is None or name not in skeleton.names:
            raise UnusableError("part", f"The part '{name}' does not occur in the file that was read first.")
        if name in found:
            raise UnusableError("part", f"The part '{name}' occurs twice.")
        found[name] = Place(
            values.number(part.get("x"), f"part {name}, x"), values.number(part.get("y"), f"part {name}, y")
        )
    if skeleton is None or not found:
        return None
    return Points(tuple(found.get(name) for name in skeleton.names))


DLIB = Format("dlib", (".xml",), _recognises, _read)
