"""The end of each sequence for validation."""

from typing import ClassVar, Literal

from studio.blocks.block import setting
from studio.blocks.split.grouping import GROUP_WORDS, Grouping
from studio.blocks.split.shares import Shares


class LastPartSplit(Shares, Grouping):
    """Checks the model on the end of each sequence: frames of a video, slices of a stack, pictures in order of time.

    Neighbours look alike, so a random part would make the score too good. Pictures are ordered by name, 2 before 10.
    """

    title: ClassVar[str] = "Last part of a sequence"

    kind: Literal["last_part"] = "last_part"
    group_by: Literal["nothing", "folder", "column", "video", "pattern"] = setting(
        "folder",
        title="What is one sequence",
        help="The end of each sequence checks the model.",
        words={name: words for name, words in GROUP_WORDS.items() if name != "list"}
        | {"nothing": "All pictures together"},
    )
    gap: int = setting(
        0,
        title="Gap",
        unit="pictures",
        ge=0,
        help="So many pictures between the parts are not used, because they look almost like their neighbours.",
    )

    def summary(self) -> str:
        gap = f", {self.gap} left out between" if self.gap else ""
        where = "the sequence" if self.group_by == "nothing" else f"each sequence ({self.group_words()})"
        return f"End of {where}: {self.shares_words()}{gap}"
