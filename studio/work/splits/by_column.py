"""Parts by a column of the source's table."""

from studio.blocks.split.by_column import SplitByColumn
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.cells import column_cells, table_name
from studio.work.splits.parts import names_words, part_findings, set_parts
from studio.work.splits.words import plain_word

# What columns that say a part usually hold. An empty cell trains, as whatever is not marked.
WORDS: dict[Part, tuple[str, ...]] = {
    "valid": ("1", "true", "yes", "y", "t", "x", "valid", "val", "validation", "dev", "eval", "check"),
    "train": ("", "0", "false", "no", "n", "f", "train", "training", "trn", "nan", "none"),
    "test": ("test", "testing", "tst"),
}


@build.register
def _split_by_column(block: SplitByColumn, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        cells = column_cells(table, block.column, "column")
        part_of, missing = _given(block, cells) if block.valid_values else _usual(block, table, cells)
    except BadSetting as bad:
        return [bad.finding]
    set_parts(table, [part_of.get(cell, "train") for cell in cells])
    setting = "valid_values" if block.valid_values else "column"
    hint = "Choose another column, or other values."
    return missing + part_findings(table, setting, hint, "test_values" if block.test_values else "")


def _given(block: SplitByColumn, cells: list[str]) -> tuple[dict[str, Part], list[Finding]]:
    """The part of each value by what was asked for, and the values that the column does not have."""
    valid, test = ({plain_word(value) for value in values} for values in (block.valid_values, block.test_values))
    there = {cell: plain_word(cell) for cell in set(cells)}
    missing = [value for value in block.valid_values + block.test_values if plain_word(value) not in there.values()]
    shown = f"Its values are {names_words(sorted(there))}."
    findings = [Finding("warning", f"Nothing in column '{block.column}' is {names_words(missing)}.", shown)]
    parts: dict[str, Part] = {
        cell: "test" if word in test else "valid" if word in valid else "train" for cell, word in there.items()
    }
    return parts, findings if missing else []


def _usual(block: SplitByColumn, table: DataTable, cells: list[str]) -> tuple[dict[str, Part], list[Finding]]:
    """The part of each value by the usual words. Raises BadSetting at the first row with another one."""
    by_word = {word: part for part, words in WORDS.items() for word in words}
    by_word |= {plain_word(value): "test" for value in block.test_values}
    part_of: dict[str, Part] = {}
    unknown: dict[str, int] = {}
    for cell, row in zip(cells, table.rows, strict=True):
        if cell not in part_of and cell not in unknown:
            part = by_word.get(plain_word(cell))
            if part is None:
                unknown[cell] = row.line
            else:
                part_of[cell] = part
    if unknown:
        first = next(iter(unknown))
        line = f"line {unknown[first]}, " if unknown[first] else ""
        message = (
            f"{table_name(table)}, {line}column '{block.column}': no part is known for {names_words(list(unknown))}."
        )
        raise BadSetting(message, "Write which values check the model.", "valid_values")
    return part_of, []
