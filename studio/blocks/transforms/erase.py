"""Pictures with a part hidden."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Erase(Block):
    """Covers a random rectangle of training pictures with noise, so that no single part of a thing must be seen."""

    title: ClassVar[str] = "Erase"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "erase"

    kind: Literal["erase"] = "erase"
    max_share: float = setting(
        0.3, title="At most", ge=0, le=1, help="The largest part of the picture that is covered, all holes together."
    )
    holes: int = setting(1, title="Holes", unit="holes", ge=1, le=8, help="Up to so many rectangles.", more=True)
    probability: float = setting(
        0.5, title="How often", ge=0, le=1, help="The share of pictures that are covered in part.", more=True
    )

    def summary(self) -> str:
        return f"Up to {self.max_share:.0%}"
