"""A random part for validation."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting


class RandomSplit(Block):
    """Keeps a random part of the labeled pictures aside to check the model on. The same seed gives the same part."""

    title: ClassVar[str] = "Random part"
    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    kind: Literal["random"] = "random"
    valid_percent: float = setting(
        20.0,
        title="Validation part",
        unit="%",
        gt=0,
        lt=100,
        help="How much of the labeled pictures is kept for checking.",
    )
    seed: int = setting(42, title="Seed", ge=0, le=2**31 - 1, help="Another number draws another part.", more=True)

    def summary(self) -> str:
        return f"{self.valid_percent:g} % drawn at random"
