"""The formats there are. One is in the program by standing here."""

from studio.formats.coco import COCO
from studio.formats.deeplabcut import DEEPLABCUT
from studio.formats.dlib import DLIB
from studio.formats.format import Format
from studio.formats.labelme import LABELME
from studio.formats.voc import VOC
from studio.formats.yolo import YOLO

FORMATS: tuple[Format, ...] = (COCO, VOC, YOLO, LABELME, DEEPLABCUT, DLIB)


def format_named(name: str) -> Format:
    """The format of a name. Raises KeyError."""
    return {known.name: known for known in FORMATS}[name]  # type: ignore[index]
