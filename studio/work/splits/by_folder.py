"""Parts by the folders that the data came in."""

from studio.base.wording import count_words
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.splits.parts import part_findings, set_parts


@build.register
def _split_by_folder(block: SplitByFolder, table: DataTable, around: Surroundings) -> list[Finding]:
    named: tuple[tuple[Part, tuple[str, ...]], ...] = (
        ("train", (block.train,)), ("valid", block.valid), ("test", block.test),
    )  # fmt: skip
    part_of = {name: part for part, names in named for name in names}

    def part_by_folder(image: str) -> Part:
        # The outermost of the named folders counts: what lies in test/train is for testing.
        return next((part_of[name] for name in image.split("/")[:-1] if name in part_of), "unused")

    set_parts(table, [part_by_folder(row.image) for row in table.rows])
    findings = part_findings(table, "valid", "Check the names of the folders.")
    unused = sum(row.part == "unused" for row in table.rows)
    if unused:
        message = f"{count_words(unused, 'labeled picture')} in none of these folders will not be used."
        findings.append(Finding("info", message, "", "train"))
    return findings
