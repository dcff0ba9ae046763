"""A point given in space, brought into the picture by the camera's calibration."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.path_template import checked_template


class ProjectedPoints(Tolerant):
    """Reads one point in space for each picture from a pose file and projects it with the camera's matrix.

    A pose file has three lines of a rotation, then the place in millimetres as the camera sees it; the form of the
    BIWI Kinect head pose data set.
    """

    title: ClassVar[str] = "Points in space"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("points",)

    kind: Literal["projected_points"] = "projected_points"
    template: Annotated[str, AfterValidator(checked_template)] = setting(
        "{parent}/{stem without _rgb}_pose.txt",
        title="Name of the pose file",
        widget="template",
        min_length=1,
        help="{parent} is the picture's folder, {stem} its name without the ending; {stem without _rgb} cuts text off.",
    )
    calibration: Annotated[str, AfterValidator(checked_template)] = setting(
        "{parent}/rgb.cal",
        title="Calibration file",
        widget="template",
        min_length=1,
        help="A text file that begins with the three lines of the camera's matrix; one for all, or one in each folder.",
    )
    point_name: str = setting("centre", title="Name of the point", min_length=1, help="What the point is called.")

    def summary(self) -> str:
        return f"'{self.point_name}' projected from {self.template}"
