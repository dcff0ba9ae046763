"""A column of a table with several tags in each cell."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.label_table import LabelTable


class SeparatedColumn(LabelTable):
    """The tags of a picture stand in one column of a table, with a sign between them. Spaces around a tag do not
    count, and a tag that stands twice counts once."""

    title: ClassVar[str] = "Column with several tags"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("tags",)

    kind: Literal["tags_column"] = "tags_column"
    column: str = setting("tags", title="Column", widget="column", min_length=1, help="The column with the tags.")
    separator: Literal[" ", ",", ";", "|", "/", "other"] = setting(
        " ",
        title="Between the tags",
        help="What stands between two tags of a cell.",
        words={
            " ": "A space",
            ",": "A comma",
            ";": "A semicolon",
            "|": "A vertical bar",
            "/": "A slash",
            "other": "Something else",
        },
    )
    other_separator: str = setting(
        "", title="Which", shown_when=("separator", "other"), help="The sign or the text between two tags."
    )
    empty_means: Literal["unlabeled", "no_tags"] = setting(
        "unlabeled",
        title="An empty cell",
        help="What a picture is whose cell is empty.",
        words={"unlabeled": "Not labeled yet", "no_tags": "Labeled: it has none of the tags"},
    )

    @model_validator(mode="after")
    def _separator_given(self) -> Self:
        if self.separator == "other" and not self.other_separator:
            raise ValueError("Write what stands between two tags, or choose a sign.")
        return self

    def summary(self) -> str:
        return f"Tags are the column '{self.column}'"
