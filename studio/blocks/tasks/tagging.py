"""Several labels a picture."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import setting
from studio.blocks.task import Task


class Tagging(Task):
    """Which things are in the picture? A picture may have several tags, or none."""

    title: ClassVar[str] = "Which things"
    target: ClassVar[TargetKind] = "tags"
    metrics: ClassVar[dict[str, str]] = {
        "f_beta": "The F2 score of each picture, averaged: finding every tag counts more than naming none too many.",
        "accuracy": "The share of all tags, given or not, that the model decides rightly.",
    }
    main_metric: ClassVar[str] = "f_beta"

    kind: Literal["tagging"] = "tagging"
    threshold: float = setting(
        0.5,
        title="Threshold",
        gt=0,
        lt=1,
        help="A tag is given above this probability; lower finds more and errs more.",
    )

    def summary(self) -> str:
        return "Several tags a picture"
