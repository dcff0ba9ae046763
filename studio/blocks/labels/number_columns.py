"""Columns of numbers in a table."""

from typing import ClassVar, Literal

from studio.base.targets import TargetKind
from studio.blocks.block import Step, setting
from studio.blocks.labels.label_table import LabelTable


class NumberColumns(LabelTable):
    """The number of a picture, or several, stand in columns of a table. A picture whose cells are all empty has no
    label yet."""

    title: ClassVar[str] = "Columns of numbers"
    step: ClassVar[Step] = "labels"
    icon: ClassVar[str] = "labels"
    gives: ClassVar[tuple[TargetKind, ...]] = ("number",)

    kind: Literal["numbers"] = "numbers"
    columns: tuple[str, ...] = setting(
        ("value",), title="Columns", widget="columns", help="One column for each number."
    )
    decimal: Literal["auto", "point", "comma"] = setting(
        "auto",
        title="Decimals stand behind",
        more=True,
        help="Whether 1,5 is one and a half. A comma that may also group thousands, as in 1,234, is asked about.",
        words={"auto": "Find out", "point": "A point", "comma": "A comma"},
    )

    def summary(self) -> str:
        return f"Numbers are {', '.join(self.columns[:3])}" + (" and more" if len(self.columns) > 3 else "")
