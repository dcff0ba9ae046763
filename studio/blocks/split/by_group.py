"""Whole groups of pictures go to a part: a person, a plate, a video."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.blocks.block import setting
from studio.blocks.split.grouping import GROUP_WORDS, Grouping
from studio.blocks.split.shares import DrawnShares


class GroupSplit(DrawnShares, Grouping):
    """Keeps whole groups aside to check the model on, so that it is asked about persons, plates or videos it never saw.

    A group is never divided. Groups are drawn until the share is reached, or named by you.
    """

    title: ClassVar[str] = "By group"

    kind: Literal["by_group"] = "by_group"
    group_by: Literal["folder", "column", "video", "pattern", "list"] = setting(
        "folder",
        title="What keeps pictures together",
        help="Pictures of one person, plate, place or video look alike: on both sides they make the score too good.",
        words={name: words for name, words in GROUP_WORDS.items() if name != "nothing"},
    )
    valid_groups: tuple[str, ...] = setting(
        (),
        title="Groups to check on",
        help="The names of the groups to check the model on, for example '13'. Empty: they are drawn.",
    )
    test_groups: tuple[str, ...] = setting(
        (),
        title="Groups to test on",
        more=True,
        help="The names of the groups for the last check. Empty: they are drawn, if there is a test part.",
    )

    @model_validator(mode="after")
    def _in_one_part(self) -> Self:
        both = sorted(set(self.valid_groups) & set(self.test_groups))
        if both:
            raise ValueError(f"The group '{both[0]}' cannot both check and test.")
        return self

    def summary(self) -> str:
        if not self.valid_groups:
            return f"Whole groups ({self.group_words()}): {self.shares_words()}"
        return (
            f"By {self.group_words()}: {', '.join(self.valid_groups[:3])}{'…' * (len(self.valid_groups) > 3)} to check"
        )
