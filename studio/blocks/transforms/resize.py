"""The size at which the model sees a picture."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Resize(Block):
    """Brings every picture to one size. Smaller is faster, larger shows finer detail."""

    title: ClassVar[str] = "Resize"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "resize"

    kind: Literal["resize"] = "resize"
    side_px: int = setting(
        128,
        title="Width",
        unit="px",
        ge=16,
        le=1024,
        multiple_of=4,
        help="How wide it is; a square is as high.",
    )
    shape: Literal["square", "rectangle"] = setting(
        "square",
        title="Shape",
        more=True,
        help="Squares suit most models; rectangles lose less of pictures that all have one shape.",
        words={"square": "Square", "rectangle": "Rectangle"},
    )
    height_px: int = setting(
        128,
        title="Height",
        unit="px",
        ge=16,
        le=1024,
        multiple_of=4,
        more=True,
        shown_when=("shape", "rectangle"),
        help="How high the picture is.",
    )
    method: Literal["crop", "squish", "pad"] = setting(
        "crop",
        title="How",
        help="What happens to pictures of another shape.",
        words={"crop": "Crop to the middle", "squish": "Squeeze to fit", "pad": "Add a border"},
    )
    presize_factor: float = setting(
        1.15,
        title="Kept larger",
        unit="times",
        ge=1,
        le=2,
        more=True,
        help="Pictures are kept larger than the model sees them, so that crops stay sharp: at least this much.",
    )

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height that the model sees."""
        return self.side_px, self.side_px if self.shape == "square" else self.height_px

    def summary(self) -> str:
        width_px, height_px = self.size_wh
        return f"{width_px} x {height_px} px, {self.method}"
