"""A table that names the pictures."""

from pathlib import Path
from typing import ClassVar, Literal

from studio.blocks.block import Step, setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.table_form import SheetTable


class TableFile(Tolerant, SheetTable):
    """Takes the pictures that a table names, one a row: CSV, TSV or Excel. Its other columns can be used as labels."""

    title: ClassVar[str] = "Table"
    step: ClassVar[Step] = "source"
    icon: ClassVar[str] = "source"

    kind: Literal["table"] = "table"
    path: str = setting("", title="Table", widget="file", help="The file: .csv, .tsv, .txt or .xlsx.")
    column: str = setting(
        "",
        title="Column of the picture's file",
        widget="column",
        help="Which column names the picture. Empty: the first one that looks like names of picture files.",
    )
    folder: str = setting(
        "",
        title="Folder of the pictures",
        widget="folder",
        help="Where the names begin, as seen from the table. Empty: beside the table.",
    )
    suffix: str = setting(
        "", title="Ending to add", help="Added to each name: with '.jpg', 'train_1' in the table means train_1.jpg."
    )

    def summary(self) -> str:
        name = Path(self.path).name or "No table chosen"
        return f"{name}, column '{self.column}'" if self.column else name
