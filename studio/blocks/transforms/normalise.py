"""Pixel values as the encoder expects them."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Normalise(Block):
    """Shifts and scales the colours as the encoder saw them when it was first trained."""

    title: ClassVar[str] = "Normalise"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "normalise"

    kind: Literal["normalise"] = "normalise"
    statistics: Literal["encoder", "own", "none"] = setting(
        "encoder",
        title="Statistics",
        more=True,
        help="Almost always the encoder's own. Those of your pictures suit a model that starts from nothing.",
        words={"encoder": "The encoder's own", "own": "Those of these pictures", "none": "None"},
    )

    def summary(self) -> str:
        return {
            "encoder": "As the encoder expects",
            "own": "As these pictures are",
            "none": "Only to the range 0 to 1",
        }[self.statistics]
