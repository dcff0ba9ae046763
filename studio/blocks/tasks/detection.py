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
    loss: ClassVar[str] = "of classes and boxes together"

    kind: Literal["detection"] = "detection"
    detector: Literal["fcos", "retinanet", "ssdlite"] = setting(
        "fcos",
        title="Detector",
        words={"fcos": "FCOS", "retinanet": "RetinaNet", "ssdlite": "SSDlite, light and fast"},
        help="How boxes are found. FCOS: each place says what is around it. RetinaNet: each place compares what it "
        "sees with nine boxes. SSDlite does so with far fewer layers and coarser maps: faster, and weaker on small "
        "things.",
    )
    threshold: float = setting(
        0.3,
        title="Threshold",
        gt=0,
        lt=1,
        help="A box is drawn above this score; lower, down to 0.05, finds more and errs more. "
        "The metrics do not depend on it.",
    )

    def summary(self) -> str:
        names = {"fcos": "FCOS", "retinanet": "RetinaNet", "ssdlite": "SSDlite"}
        return f"Boxes with classes, {names[self.detector]}"
