"""Labels from another tool's annotation file."""

from pathlib import PurePosixPath
from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected
from studio.blocks.labels.tolerant import Tolerant
from studio.formats.format_names import TITLES, FormatName


class AnnotationFile(Corrected, Tolerant):
    """Takes boxes, outlines, points or tags from the annotation files that other programs write. Corrections made on
    the Label page win over a class that is read here."""

    title: ClassVar[str] = "Annotation file of another program"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "From an annotation file"
    gives: ClassVar[tuple[TargetKind, ...]] = ("objects", "points", "tags", "class")

    kind: Literal["annotation_file"] = "annotation_file"
    path: str = setting(
        title="File or folder",
        widget="file",
        min_length=1,
        help="The annotation file, or the folder that holds one file a picture. A relative path is looked for beside "
        "the pictures, then in the project's folder.",
    )
    format: Literal["auto", FormatName] = setting(
        "auto",
        title="Format",
        words={"auto": "Find out", **{str(name): title for name, title in TITLES.items()}},
        help="How the file is written. Finding out is nearly always right.",
    )
    take: Literal["objects", "points", "tags", "class"] = setting(
        "objects",
        title="Take",
        words={
            "objects": "The things with their boxes and outlines",
            "points": "The named points",
            "tags": "The classes that occur, as tags",
            "class": "One class: the most frequent one",
        },
        help="What becomes of the annotations of a picture.",
    )
    missing_means: Literal["unlabeled", "nothing"] = setting(
        "unlabeled",
        title="A picture without an entry",
        words={"unlabeled": "Is not labeled yet", "nothing": "Shows none of the things"},
        help="Files often list only the pictures with something in them. Say here what the others are; for points and "
        "for one class they are always taken as not labeled.",
    )
    skip_crowds: bool = setting(
        True,
        title="Leave out crowds",
        more=True,
        help="COCO marks boxes around many things at once, a crowd of people for example. A model of single things "
        "learns nothing from them.",
    )
    skip_difficult: bool = setting(
        False,
        title="Leave out difficult things",
        more=True,
        help="Pascal VOC and dlib mark things that can hardly be recognised.",
    )
    label_set: str = setting(
        "classes",
        title="Corrections from",
        widget="label_set",
        min_length=1,
        more=True,
        shown_when=("take", "class"),
        help="The project's label set whose labels, made by people, win over the file's class.",
    )

    def summary(self) -> str:
        what = {"objects": "Boxes", "points": "Points", "tags": "Tags", "class": "Class"}[self.take]
        name = PurePosixPath(self.path.replace("\\", "/")).name
        return f"{what} from {name or 'the folder of the pictures'}"
