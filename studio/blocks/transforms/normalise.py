"""Pixel values as the encoder expects them."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Normalise(Block):
    """Shifts and scales the colours as the encoder saw them when it was first trained."""

    title: ClassVar[str] = "Normalise"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "normalise"

    kind: Literal["normalise"] = "normalise"
    statistics: Literal["encoder", "none"] = setting(
        "encoder",
        title="Statistics",
        more=True,
        help="Almost always the encoder's own. 'None' only brings the values to the range 0 to 1.",
        words={"encoder": "The encoder's own", "none": "None"},
    )

    def summary(self) -> str:
        return "As the encoder expects" if self.statistics == "encoder" else "Only to the range 0 to 1"
