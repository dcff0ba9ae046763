"""A random part for validation."""

from typing import ClassVar, Literal

from studio.blocks.split.shares import DrawnShares


class RandomSplit(DrawnShares):
    """Keeps a random part of the labeled pictures aside to check the model on. The same seed gives the same part."""

    title: ClassVar[str] = "Random part"

    kind: Literal["random"] = "random"

    def summary(self) -> str:
        return f"{self.shares_words()}, drawn at random"
