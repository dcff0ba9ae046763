"""The values of a column of the source's table."""

from pathlib import PurePath

from studio.blocks.table import DataTable
from studio.work.labelers.bad_setting import BadSetting
from studio.work.tables.columns import column_hint


def column_cells(table: DataTable, column: str, setting: str) -> list[str]:
    """The cell of each row without spaces around it; "" where a row has none. Raises BadSetting without the column."""
    if not column:
        raise BadSetting("No column is chosen.", "Choose a column of the table.", setting)
    if not table.columns:
        hint = "Choose another way to divide them, or a table as the source."
        raise BadSetting("These pictures do not come from a table.", hint, setting)
    if column not in table.columns:
        message = f"{table_name(table)} has no column '{column}'."
        raise BadSetting(message, column_hint(column, table.columns), setting)
    place = table.columns.index(column)
    return [row.cells[place].strip() if place < len(row.cells) else "" for row in table.rows]


def table_name(table: DataTable) -> str:
    """The source's table as messages name it."""
    return PurePath(table.file).name or "The table"
