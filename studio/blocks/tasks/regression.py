"""Numbers for a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step


class Regression(Block):
    """What number belongs to the picture? Every picture has one number or several."""

    title: ClassVar[str] = "What number"
    step: ClassVar[Step] = "kind"
    icon: ClassVar[str] = "kind"
    target: ClassVar[TargetKind] = "number"
    metrics: ClassVar[dict[str, str]] = {
        "r2": "The share of the variation that the model explains: 1 is perfect, 0 is no better than the mean.",
        "mae": "How far the answer is from the right number, on average.",
    }
    main_metric: ClassVar[str] = "r2"

    kind: Literal["regression"] = "regression"

    def summary(self) -> str:
        return "One number or several"
