"""Columns of numbers in a table."""

from studio.base.number_text import Comma, read_number, uses_decimal_comma
from studio.base.targets import Numbers
from studio.blocks.labels.number_columns import NumberColumns
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.label_rows import LabelRows, read_label_rows
from studio.work.labelers.problems import Problems

_HINT = "Choose columns of numbers."


@build.register
def _number_columns(block: NumberColumns, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    if not block.columns:
        return [Finding("error", "No column of numbers is chosen.", _HINT, "columns")]
    try:
        labels = read_label_rows(block, table, around)
        places = [labels.place_of(name, "columns") for name in block.columns]
    except BadSetting as wrong:
        return [wrong.finding]
    commas = [comma_in(labels, place, block.decimal) for place in places]
    problems = Problems()
    for row, line, cells in labels.taken(places, problems):
        if not any(cells):
            continue
        values = [read_number(cell, comma) for cell, comma in zip(cells, commas, strict=True)]
        if None in values:
            at = values.index(None)
            problems.add(row, f"{labels.where(line, places[at])}: {no_number(cells[at])}")
        else:
            give(row, Numbers(tuple(value for value in values if value is not None)), "table")
    table.number_names = block.columns
    told = labels.findings + problems.settle(table, block.skip_bad)
    return with_class_findings(told, table, "columns", _HINT) + constant_findings(table, "columns")


def comma_in(labels: LabelRows, place: int, decimal: str) -> Comma:
    """What a comma means in a column."""
    if decimal == "auto":
        return "decimal" if uses_decimal_comma(cells[place] for cells in labels.cells) else "unknown"
    return "decimal" if decimal == "comma" else "thousands"


def no_number(cell: str) -> str:
    """Why a cell is not taken as a number."""
    if not cell:
        return "is empty"
    as_decimal, as_thousands = read_number(cell, "decimal"), read_number(cell, "thousands")
    if as_decimal is not None and as_thousands is not None:
        return f"'{cell}' may be {as_decimal:g} or {as_thousands:.15g}: say where the decimals stand"
    return f"'{cell}' is not a number"


def constant_findings(table: DataTable, setting: str) -> list[Finding]:
    """A warning where every picture has the same number: there is nothing to learn."""
    targets = {row.target for row in table.rows if isinstance(row.target, Numbers)}
    if len(targets) != 1 or sum(row.target is not None for row in table.rows) < 2:
        return []
    return [Finding("warning", "Every picture has the same number: there is nothing to learn.", "", setting)]
