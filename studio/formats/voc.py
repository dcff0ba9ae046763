"""Pascal VOC XML, as LabelImg and others write it: one file a picture, boxes with a class.

Corners are taken as written. The original data counts pixels from 1 and both corners belong to the box; most tools that
write the format do neither. Source: the development kit of the PASCAL VOC challenge 2012, section 4.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.targets import Thing
from studio.formats import values
from studio.formats.annotations import Entry
from studio.formats.format import Format
from studio.formats.gathering import Gathered, own_picture, read_each
from studio.formats.inputs import NotThisFormatError, Reading, SizeWH, SourceFile
from studio.formats.text_file import peek
from studio.formats.values import UnusableError
from studio.formats.xml_file import inner_text, read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CORNERS = ("xmin", "ymin", "xmax", "ymax")


def _recognises(path: Path) -> bool:
    content = peek(path)
    return bool(re.search(r"<annotation[\s>]", content)) and bool(re.search(r"<(object|filename|size)[\s>/]", content))


def _read(reading: Reading, gathered: Gathered) -> None:
    taken: set[str] = set()

    def read_one(file: SourceFile, gathered: Gathered) -> None:
        root = read_xml(file.path)
        if root.tag != "annotation":
            raise NotThisFormatError("the outermost element of Pascal VOC is 'annotation'")
        picture = _picture(file, root, taken)
        taken.add(picture)
        size_wh = _size(file, root, gathered, picture)
        things: list[Thing] = []
        for number, element in enumerate(root.iter("object"), 1):
            place = f"object {number}"
            try:
                thing = _thing(element)
            except UnusableError as error:
                gathered.tell(file, place, error, picture)
                continue
            gathered.name_classes(thing.class_name)
            gathered.look_at_thing(file, place, "bndbox", thing, size_wh, picture)
            things.append(thing)
        gathered.add(picture, Entry(tuple(things), size_wh=size_wh), file)

    read_each(reading, gathered, read_one, own_picture)


def _picture(file: SourceFile, root: "Element", taken: set[str]) -> str:
    """The picture's path: its name as written; the file's own where that is missing, or another file has it too."""
    own = own_picture(file)
    try:
        named = file.folder + values.picture_path(inner_text(root, "filename"), "filename")
    except UnusableError:
        return own
    return own if named in taken else named


def _size(file: SourceFile, root: "Element", gathered: Gathered, picture: str) -> SizeWH | None:
    size = root.find("size")
    try:
        return None if size is None else values.size(inner_text(size, "width"), inner_text(size, "height"))
    except UnusableError as error:
        gathered.doubt(file, "size", error.field, error.message, picture)
        return None


def _thing(element: "Element") -> Thing:
    name = values.text(inner_text(element, "name"), "name")
    corners = element.find("bndbox")
    if corners is None:
        raise UnusableError("bndbox", "The box is missing.")
    box = [values.number(inner_text(corners, corner), corner) for corner in CORNERS]
    is_difficult = values.yes_or_no(inner_text(element, "difficult"), "difficult")
    return values.thing(name, box, "bndbox", is_difficult=is_difficult)


VOC = Format("voc", (".xml",), _recognises, _read)
