"""Two pictures in one, a piece of the other pasted in."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Block, Step, setting


class CutMix(Block):
    """Pastes a piece of another training picture into each one; the label counts by the area that each one has."""

    title: ClassVar[str] = "CutMix"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "cutmix"
    mixes: ClassVar[tuple[TargetKind, ...]] = ("class", "tags")

    kind: Literal["cutmix"] = "cutmix"
    alpha: float = setting(
        1.0,
        title="Strength",
        gt=0,
        le=10,
        help="At 1 pieces of every size are equally likely; smaller values prefer very small and very large ones.",
    )

    def summary(self) -> str:
        return f"Strength {self.alpha:g}"
