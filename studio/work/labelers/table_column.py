"""A column of a table as the class."""

from studio.blocks.labels.table_column import TableColumn
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_corrections
from studio.work.labelers.label_rows import read_label_rows
from studio.work.labelers.problems import Problems


@build.register
def _table_column(block: TableColumn, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        labels = read_label_rows(block, table, around)
        place = labels.place_of(block.column, "column")
    except BadSetting as wrong:
        return [wrong.finding]
    problems = Problems()
    for row, _, (name,) in labels.taken([place], problems):
        if name:
            give(row, name, "table")
    told = labels.findings + problems.settle(table, block.skip_bad)
    return with_corrections(told, block, table, around, "column", "Choose another column, or fill it in.")
