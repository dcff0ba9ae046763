"""Numbers for a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.task import Task


class Regression(Task):
    """What number belongs to the picture? Every picture has one number or several."""

    title: ClassVar[str] = "What number"
    target: ClassVar[TargetKind] = "number"
    metrics: ClassVar[dict[str, str]] = {
        "r2": "The share of the variation that the model explains: 1 is perfect, 0 is no better than the mean.",
        "mae": "How far the answer is from the right number, on average.",
    }
    main_metric: ClassVar[str] = "r2"
    errors: ClassVar[frozenset[str]] = frozenset({"mae"})
    loss: ClassVar[str] = "squared error, in standard deviations"

    kind: Literal["regression"] = "regression"

    def summary(self) -> str:
        return "One number or several"
