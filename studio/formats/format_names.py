"""The names of the formats, for recipes and for people."""

from typing import Literal

FormatName = Literal["coco", "voc", "yolo", "labelme", "deeplabcut", "dlib"]

TITLES: dict[FormatName, str] = {
    "coco": "COCO (JSON)",
    "voc": "Pascal VOC (XML)",
    "yolo": "YOLO (text files)",
    "labelme": "labelme (JSON)",
    "deeplabcut": "DeepLabCut (CSV)",
    "dlib": "dlib (XML)",
}
