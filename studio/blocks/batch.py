"""How many pictures the model sees at once."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class Batch(Block):
    """Puts pictures together into batches: the model learns one step from each."""

    title: ClassVar[str] = "Batch"
    step: ClassVar[Step] = "batch"
    icon: ClassVar[str] = "batch"

    kind: Literal["batch"] = "batch"
    size: int = setting(
        32, title="Size", unit="pictures", ge=2, le=1024, help="Larger is steadier but needs more memory."
    )

    def summary(self) -> str:
        return f"{self.size} pictures at once"
