"""Parts by the folders that the data came in."""

from studio.base.wording import count_words
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.splits.parts import part_findings


@build.register
def _split_by_folder(block: SplitByFolder, table: DataTable, around: Surroundings) -> list[Finding]:
    for row in table.rows:
        folders = row.image.split("/")[:-1]
        if row.target is None:
            row.part = ""
        elif block.train in folders:
            row.part = "train"
        elif block.valid in folders:
            row.part = "valid"
        else:
            row.part = "unused"
    findings = part_findings(table, "valid", "Check the names of the two folders.")
    unused = sum(row.part == "unused" for row in table.rows)
    if unused:
        findings.append(
            Finding(
                "info", f"{count_words(unused, 'labeled picture')} in neither folder will not be used.", "", "train"
            )
        )
    return findings
