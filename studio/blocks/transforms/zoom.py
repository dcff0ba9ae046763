"""Pictures seen from closer."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Zoom(Block):
    """Zooms training pictures in by a random factor around a random place, so that distance matters less."""

    title: ClassVar[str] = "Zoom"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "zoom_in"

    kind: Literal["zoom"] = "zoom"
    max_factor: float = setting(1.1, title="At most", unit="times", ge=1, le=4, help="The largest magnification.")
    probability: float = setting(
        0.75, title="How often", ge=0, le=1, help="The share of pictures that are zoomed.", more=True
    )

    def summary(self) -> str:
        return f"Up to {self.max_factor:g} times"
