"""Boxes around things."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
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
    is_trained: ClassVar[bool] = False

    kind: Literal["detection"] = "detection"

    def summary(self) -> str:
        return "Boxes with classes"
