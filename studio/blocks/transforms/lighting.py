"""Pictures in other light."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Lighting(Block):
    """Changes brightness and contrast of training pictures at random, so that the light matters less."""

    title: ClassVar[str] = "Lighting"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "lighting"

    kind: Literal["lighting"] = "lighting"
    max_change: float = setting(
        0.2, title="Strength", ge=0, lt=1, help="0 changes nothing; 0.2 is a cloudy or a sunny day."
    )
    probability: float = setting(
        0.75, title="How often", ge=0, le=1, help="The share of pictures that are changed.", more=True
    )

    def summary(self) -> str:
        return f"Strength {self.max_change:g}"
