"""What every block shares that takes labels from the columns of a table."""

from typing import Literal

from studio.blocks.block import setting
from studio.blocks.labels.tolerant import Tolerant
from studio.blocks.table_form import SheetTable


class LabelTable(Tolerant, SheetTable):
    """Labels from a table: the one that the pictures came from, or another file with a column that names them."""

    table: str = setting(
        "",
        title="Table",
        widget="file",
        help="A CSV, TSV or Excel file with the labels; empty for the table that the pictures came from.",
    )
    picture_column: str = setting(
        "",
        title="Column of the pictures",
        widget="column",
        more=True,
        help="In another file: the column that names the picture; empty for the one that fits most pictures.",
    )
    match_by: Literal["auto", "path", "name", "stem", "number"] = setting(
        "auto",
        title="Pictures are named by",
        more=True,
        help="How that column names a picture.",
        words={
            "auto": "Find out",
            "path": "The path below the source's folder",
            "name": "The file name",
            "stem": "The file name without its ending",
            "number": "The number in the file name",
        },
    )
