"""A column of the source's table says which part a picture is in."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.blocks.block import Block, Step, setting


class SplitByColumn(Block):
    """A column of the table says which pictures check the model: yes or no, a word such as 'valid', or your own words.

    Values are compared without regard to capitals and spaces around them; 13 and 13.0 are the same.
    """

    title: ClassVar[str] = "By a column"
    step: ClassVar[Step] = "split"
    icon: ClassVar[str] = "split"

    kind: Literal["by_column"] = "by_column"
    column: str = setting("is_valid", title="Column", widget="column", min_length=1, help="The column that says it.")
    valid_values: tuple[str, ...] = setting(
        (),
        title="Values to check on",
        help="Pictures with these values check the model, all others train it. Empty: words such as 1, yes and valid.",
    )
    test_values: tuple[str, ...] = setting(
        (),
        title="Values to test on",
        more=True,
        help="Pictures with these values are put away for a last check.",
    )

    @model_validator(mode="after")
    def _in_one_part(self) -> Self:
        both = sorted(set(self.valid_values) & set(self.test_values))
        if both:
            raise ValueError(f"The value '{both[0]}' cannot both check and test.")
        return self

    def summary(self) -> str:
        if not self.valid_values:
            return f"Column '{self.column}' says it"
        return f"'{', '.join(self.valid_values[:3])}' in '{self.column}' to check"
