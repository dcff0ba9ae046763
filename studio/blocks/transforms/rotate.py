"""Pictures turned a little."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Rotate(Block):
    """Turns training pictures by a random angle, so that a tilted camera does not matter."""

    title: ClassVar[str] = "Rotate"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "rotate"

    kind: Literal["rotate"] = "rotate"
    max_degrees: float = setting(
        10.0, title="At most", unit="degrees", ge=0, le=180, help="The largest angle, either way."
    )
    probability: float = setting(
        0.75, title="How often", ge=0, le=1, help="The share of pictures that are turned.", more=True
    )

    def summary(self) -> str:
        return f"Up to {self.max_degrees:g} degrees"
