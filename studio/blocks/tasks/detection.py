"""Boxes around things."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import setting
from studio.blocks.task import Task


class Detection(Task):
    """Where are the things? Every picture has any number of things, each with a class and a box."""

    title: ClassVar[str] = "Where are the things"
    target: ClassVar[TargetKind] = "objects"
    metrics: ClassVar[dict[str, str]] = {
        "map": "Mean average precision over overlaps from 0.5 to 0.95, as COCO measures it.",
        "map_50": "Mean average precision where half an overlap is enough.",
    }
    main_metric: ClassVar[str] = "map"
    loss: ClassVar[str] = "focal loss, with those of boxes and centres"

    kind: Literal["detection"] = "detection"
    threshold: float = setting(
        0.3,
        title="Threshold",
        gt=0,
        lt=1,
        help="A box is drawn above this score; lower, down to 0.05, finds more and errs more. "
        "The metrics do not depend on it.",
    )

    def summary(self) -> str:
        return "Boxes with classes"
