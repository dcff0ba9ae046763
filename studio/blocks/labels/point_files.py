"""A text file of points beside each picture."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.path_template import checked_template


class PointFiles(Tolerant):
    """Reads the points of each picture from a text file: two numbers a point, one point a line or all in one line."""

    title: ClassVar[str] = "Point files"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("points",)

    kind: Literal["point_files"] = "point_files"
    template: Annotated[str, AfterValidator(checked_template)] = setting(
        "{parent}/{stem}.txt",
        title="Name of the file",
        widget="template",
        min_length=1,
        help="{parent} is the picture's folder, {stem} its name without the ending; {stem without _rgb} cuts text off.",
    )
    order: Literal["xy", "yx"] = setting(
        "xy",
        title="Order",
        help="Which number comes first; x is to the right, y down, both in pixels.",
        words={"xy": "x, then y", "yx": "y, then x"},
    )
    names_file: str = setting(
        "",
        title="File of names",
        widget="file",
        help="A text file with one name of a point a line; without one they are called 1, 2, 3 and so on.",
    )

    def summary(self) -> str:
        return f"Points in {self.template}"
