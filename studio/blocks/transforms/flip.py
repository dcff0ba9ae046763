"""Mirrored pictures."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Flip(Block):
    """Mirrors training pictures at random, so that left and right (or any side) do not matter."""

    title: ClassVar[str] = "Flip"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "flip"

    kind: Literal["flip"] = "flip"
    sides: Literal["horizontal", "all"] = setting(
        "horizontal",
        title="Which way",
        help="'All' also turns pictures on their side: right for things seen from above.",
        words={"horizontal": "Left and right", "all": "All eight symmetries"},
    )

    def summary(self) -> str:
        return "Left and right" if self.sides == "horizontal" else "All eight symmetries"
