"""One label a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import setting
from studio.blocks.task import Task


class Classification(Task):
    """Which one thing is in the picture? Every picture has exactly one class."""

    title: ClassVar[str] = "Which thing"
    target: ClassVar[TargetKind] = "class"
    metrics: ClassVar[dict[str, str]] = {
        "accuracy": "The share of validation pictures whose most probable class is the right one.",
        "macro_f1": "The F1 score of each class, averaged: rare classes count as much as common ones.",
    }
    main_metric: ClassVar[str] = "accuracy"

    kind: Literal["classification"] = "classification"
    label_smoothing: float = setting(
        0.0,
        title="Doubt about labels",
        ge=0,
        lt=1,
        more=True,
        help="Label smoothing: this share of each training label is spread over all classes, so that the model is "
        "less sure of itself. 0 is off, 0.1 is usual.",
    )

    def summary(self) -> str:
        return "One class a picture"
