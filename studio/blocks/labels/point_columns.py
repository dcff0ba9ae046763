"""Pairs of columns of a table as points."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.label_table import LabelTable


class PointColumns(LabelTable):
    """Each point of a picture has an x and a y column in a table, in pixels. Empty cells mean that it is absent."""

    title: ClassVar[str] = "Columns of points"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("points",)

    kind: Literal["point_columns"] = "point_columns"
    points: tuple[str, ...] = setting(
        (),
        title="Points",
        widget="point_columns",
        help="None: found from names such as nose_x and nose_y. Else one text each: nose = column of x, column of y; a "
        "third column says whether it can be seen.",
    )
    visibility: Literal["seen", "coco"] = setting(
        "seen",
        title="A column of visibility says",
        more=True,
        help="What the numbers mean in columns such as nose_v or nose_visible.",
        words={"seen": "1 visible, 0 hidden", "coco": "2 visible, 1 hidden, 0 absent"},
    )

    def summary(self) -> str:
        return f"{len(self.points)} points from columns" if self.points else "Points from pairs of columns"
