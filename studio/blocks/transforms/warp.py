"""Pictures seen from another side."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Warp(Block):
    """Changes the viewpoint of training pictures a little, as if the camera had stood further left or higher up."""

    title: ClassVar[str] = "Warp"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "warp"

    kind: Literal["warp"] = "warp"
    max_change: float = setting(
        0.2, title="Strength", ge=0, le=1, help="0 changes nothing; 0.2 makes one edge up to a fifth longer or shorter."
    )
    probability: float = setting(
        0.75, title="How often", ge=0, le=1, help="The share of pictures that are changed.", more=True
    )

    def summary(self) -> str:
        return f"Strength {self.max_change:g}"
