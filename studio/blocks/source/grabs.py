"""Pictures taken with the camera in this project."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step


class Grabs(Block):
    """Takes the pictures that were grabbed from a camera in this project."""

    title: ClassVar[str] = "Camera pictures of this project"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["grabs"] = "grabs"

    def summary(self) -> str:
        return "Pictures from the camera"
