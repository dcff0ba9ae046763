"""Measured series, turned into pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.table_form import TextTable


class SeriesTable(Tolerant, TextTable):
    """Turns measured series into pictures: each row of a table is one series, drawn as a Gramian angular field."""

    title: ClassVar[str] = "Series as pictures"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["series"] = "series"
    path: str = setting("", title="Table", widget="file", help="A .csv, .tsv or .txt file with one series a row.")
    label: Literal["none", "first", "last"] = setting(
        "first",
        title="Column of the label",
        help="Which column is no measurement but says what the series is.",
        words={"none": "None", "first": "The first one", "last": "The last one"},
    )
    side_px: int = setting(
        64,
        title="Side of the picture",
        unit="px",
        ge=8,
        le=1024,
        help="A longer series is averaged to as many steps.",
    )

    def summary(self) -> str:
        return f"{Path(self.path).name}, {self.side_px} px" if self.path else "No table chosen"
