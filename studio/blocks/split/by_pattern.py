"""A regular expression on the path says which part a picture is in."""

from typing import ClassVar, Literal

from studio.blocks.block import Block, Step, setting
from studio.blocks.expression import Expression


class SplitByPattern(Block):
    """A regular expression on the path finds the pictures that check the model. All others train it."""

    title: ClassVar[str] = "By a part of the path"
    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    kind: Literal["by_pattern"] = "by_pattern"
    valid_pattern: Expression = setting(
        r"valid",
        title="Expression to check on",
        widget="pattern",
        min_length=1,
        help="Pictures check the model where this is found anywhere in their path below the source's folder.",
    )
    test_pattern: Expression = setting(
        "",
        title="Expression to test on",
        widget="pattern",
        more=True,
        help="Pictures where this is found are put away for a last check. Empty: none.",
    )

    def summary(self) -> str:
        test = f", '{self.test_pattern}' to test" if self.test_pattern else ""
        return f"'{self.valid_pattern}' in the path to check{test}"
