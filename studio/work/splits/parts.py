"""What is wrong with the parts of a split."""

from studio.base.targets import class_names_in
from studio.blocks.table import DataTable, Finding


def part_findings(table: DataTable, setting: str, hint: str) -> list[Finding]:
    labeled = [row for row in table.rows if row.target is not None]
    if not labeled:
        return []
    for part, words in (("train", "to train on"), ("valid", "to check the model on")):
        if not any(row.part == part for row in labeled):
            return [Finding("error", f"No labeled picture is left {words}.", hint, setting)]
    trained = {name for row in labeled if row.part == "train" for name in class_names_in(row.target)}
    checked = {name for row in labeled for name in class_names_in(row.target)}
    never = [name for name in table.classes if name in checked and name not in trained]
    if not never:
        return []
    names = ", ".join(f"'{name}'" for name in never[:5])
    return [Finding("warning", f"No training picture of {names}: the model cannot learn it.", hint, setting)]
