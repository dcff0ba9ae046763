"""One label for all pictures."""

from studio.base.number_text import read_number
from studio.base.targets import Numbers
from studio.blocks.labels.constant import Constant
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.giving import clear, give, with_corrections
from studio.work.labelers.number_columns import constant_findings


@build.register
def _constant(block: Constant, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    if block.meaning == "class":
        for row in table.rows:
            give(row, block.value, "constant")
        return with_corrections([], block, table, around, "value", "Correct some pictures on the Label page.")
    number = read_number(block.value)
    assert number is not None  # the block is checked
    target = Numbers((number,))
    for row in table.rows:
        give(row, target, "constant")
    table.number_names = ("value",)
    return constant_findings(table, "value")
