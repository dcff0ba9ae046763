"""A column of a table with several tags in each cell."""

from studio.base.targets import Tags
from studio.blocks.labels.separated_column import SeparatedColumn
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.classes import order_classes
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.label_rows import read_label_rows
from studio.work.labelers.problems import Problems


@build.register
def _separated_column(block: SeparatedColumn, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    try:
        labels = read_label_rows(block, table, around)
        place = labels.place_of(block.column, "column")
    except BadSetting as wrong:
        return [wrong.finding]
    separator = block.other_separator if block.separator == "other" else block.separator
    problems = Problems()
    for row, _, (cell,) in labels.taken([place], problems):
        names = split_tags(cell, separator)
        if names or block.empty_means == "no_tags":
            give(row, Tags(names), "table")
    order_classes(table, [])
    told = labels.findings + problems.settle(table, block.skip_bad)
    return with_class_findings(told, table, "column", "Choose another column, or another sign between the tags.")


def split_tags(cell: str, separator: str) -> tuple[str, ...]:
    """The tags in a cell, each once, in their order; spaces around them do not count, nor empty ones.

    A separator of white space alone stands for any amount of it.
    """
    parts = cell.split(separator.strip()) if separator.strip() else cell.split()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
