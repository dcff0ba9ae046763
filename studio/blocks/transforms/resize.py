"""The size at which the model sees a picture."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Resize(Block):
    """Brings every picture to one square size. Smaller is faster, larger shows finer detail."""

    title: ClassVar[str] = "Resize"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "resize"

    kind: Literal["resize"] = "resize"
    side_px: int = setting(
        128, title="Side", unit="px", ge=16, le=1024, multiple_of=4, help="Width and height of the square."
    )
    method: Literal["crop", "squish", "pad"] = setting(
        "crop",
        title="How",
        help="What happens to pictures that are not square.",
        words={"crop": "Crop to the middle", "squish": "Squeeze to a square", "pad": "Add a border"},
    )

    def summary(self) -> str:
        return f"{self.side_px} x {self.side_px} px, {self.method}"
