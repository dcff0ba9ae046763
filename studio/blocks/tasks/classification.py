"""One label a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step


class Classification(Block):
    """Which one thing is in the picture? Every picture has exactly one class."""

    title: ClassVar[str] = "Which thing"
    step: ClassVar[Step] = "kind"
    icon: ClassVar[str] = "kind"
    target: ClassVar[TargetKind] = "class"
    metrics: ClassVar[dict[str, str]] = {
        "accuracy": "The share of validation pictures whose most probable class is the right one.",
        "macro_f1": "The F1 score of each class, averaged: rare classes count as much as common ones.",
    }
    main_metric: ClassVar[str] = "accuracy"

    kind: Literal["classification"] = "classification"

    def summary(self) -> str:
        return "One class a picture"
