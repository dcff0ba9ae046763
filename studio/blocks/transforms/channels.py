"""Which channels of a picture the model sees, and how finely."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Channels(Block):
    """Chooses what the model sees of pictures that are not plain photographs: microscope and satellite pictures with
    more channels than three, or with 16 bits. Without it every picture is seen in red, green and blue."""

    title: ClassVar[str] = "Channels"
    step: ClassVar[Step] = "transforms"
    icon: ClassVar[str] = "channels"

    kind: Literal["channels"] = "channels"
    read_as: Literal["colour", "grey", "stored"] = setting(
        "stored",
        title="The model sees",
        help="Photographs are colour, even grey ones. As stored: all channels of the file, as many in each picture.",
        words={"colour": "Red, green and blue", "grey": "Grey", "stored": "All channels as stored"},
    )
    count: int = setting(
        1,
        title="How many",
        unit="channels",
        ge=1,
        le=16,
        shown_when=("read_as", "stored"),
        help="So many channels each picture has. Pictures with another number are left out and named.",
    )
    depth: Literal["8", "16"] = setting(
        "16",
        title="Fineness",
        shown_when=("read_as", "stored"),
        help="16 bits lose nothing; 8 take half the room, and are enough where the files have no more.",
        words={"8": "8 bits, 256 steps", "16": "16 bits, 65,536 steps"},
    )

    @property
    def channels(self) -> int:
        """How many the model sees."""
        return {"colour": 3, "grey": 1, "stored": self.count}[self.read_as]

    @property
    def depth_bits(self) -> int:
        """Of each channel that the model sees."""
        return int(self.depth) if self.read_as == "stored" else 8

    def summary(self) -> str:
        if self.read_as != "stored":
            return {"colour": "Red, green and blue", "grey": "Grey"}[self.read_as]
        return f"{self.count} {'channel' if self.count == 1 else 'channels'} of {self.depth} bits"
