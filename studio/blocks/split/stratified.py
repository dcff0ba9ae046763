"""A random part of each class for validation."""

from typing import ClassVar, Literal

from studio.blocks.split.shares import DrawnShares


class StratifiedSplit(DrawnShares):
    """Keeps a random part of each class aside, so that rare classes are in both parts.

    Where pictures have several classes each, all are balanced together; numbers are balanced from low to high.
    """

    title: ClassVar[str] = "Random part of each class"

    kind: Literal["stratified"] = "stratified"

    def summary(self) -> str:
        return f"{self.shares_words()}, drawn from each class"
