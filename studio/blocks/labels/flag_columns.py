"""Several yes-or-no columns of a table as tags."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.label_table import LabelTable


class FlagColumns(LabelTable):
    """Each column of a table is a tag; a picture has those whose cell says yes: 1, true, yes, y or x."""

    title: ClassVar[str] = "Columns of yes and no"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("tags",)

    kind: Literal["flag_columns"] = "flag_columns"
    columns: tuple[str, ...] = setting(
        (),
        title="Columns",
        widget="columns",
        help="The columns that are tags; none for all those that hold only yes and no (0, false, no, n, or empty).",
    )

    def summary(self) -> str:
        return f"Tags are {len(self.columns)} columns" if self.columns else "Tags are all columns of yes and no"
