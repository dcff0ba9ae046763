"""Two pictures at once, one shining through the other."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step, setting


class Mixup(Block):
    """Blends each training picture with another one, and their labels too; helps where labels are few or wrong."""

    title: ClassVar[str] = "Mixup"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "mixup"
    mixes: ClassVar[tuple[TargetKind, ...]] = ("class", "tags", "number")

    kind: Literal["mixup"] = "mixup"
    alpha: float = setting(
        0.4,
        title="Strength",
        gt=0,
        le=10,
        help="Small values leave most pictures nearly as they are; at 1 every blend is equally likely.",
    )

    def summary(self) -> str:
        return f"Strength {self.alpha:g}"
