"""Which pictures belong together and are never divided: the rule, as several splits use it."""

from typing import Literal

from studio.blocks.block import Block, setting
from studio.blocks.expression import Expression

GROUP_WORDS = {
    "nothing": "Nothing: each picture on its own",
    "folder": "The folder they lie in",
    "column": "A column of the table",
    "video": "The video they come from",
    "pattern": "A part of the file name",
    "list": "The project's list of look-alikes",
}


class Grouping(Block):
    """A split that can keep pictures together."""

    group_by: Literal["nothing", "folder", "column", "video", "pattern", "list"] = setting(
        "nothing",
        title="What keeps pictures together",
        help="Pictures of one person, plate, place or video look alike: on both sides they make the score too good.",
        words=GROUP_WORDS,
    )
    level: int = setting(
        1,
        title="Level",
        ge=1,
        le=8,
        shown_when=("group_by", "folder"),
        help="1 is the folder that holds the picture, 2 the one around it, and so on.",
    )
    column: str = setting(
        "",
        title="Column",
        widget="column",
        shown_when=("group_by", "column"),
        help="Pictures with the same value in this column stay together.",
    )
    pattern: Expression = setting(
        r"([^/]+)_[^_/]*$",
        title="Expression",
        widget="pattern",
        shown_when=("group_by", "pattern"),
        help="A regular expression on the path; what its first pair of brackets holds is the group.",
    )

    def group_words(self) -> str:
        """What keeps pictures together, in a word or two."""
        if self.group_by == "folder":
            return "folder" if self.level == 1 else f"folder {self.level} levels up"
        if self.group_by == "column":
            return f"'{self.column}'" if self.column else "a column"
        words = {"video": "video", "pattern": "part of the name", "list": "what looks alike"}
        return words.get(self.group_by, "picture")
