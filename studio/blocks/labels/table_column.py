"""A column of a table as the class."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.corrected import Corrected
from studio.blocks.labels.label_table import LabelTable


class TableColumn(Corrected, LabelTable):
    """The class of a picture stands in a column of a table; an empty cell means no label yet. Corrections made on the
    Label page win over it."""

    title: ClassVar[str] = "Column of a table"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    origin: ClassVar[str] = "From a column of a table"
    gives: ClassVar[tuple[TargetKind, ...]] = ("class",)

    kind: Literal["column"] = "column"
    column: str = setting("label", title="Column", widget="column", min_length=1, help="The column with the class.")

    def summary(self) -> str:
        return f"Class is the column '{self.column}'"
