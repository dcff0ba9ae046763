"""Parts by a regular expression on the path."""

import re

from studio.blocks.split.by_pattern import SplitByPattern
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.splits.parts import part_findings, set_parts


@build.register
def _split_by_pattern(block: SplitByPattern, table: DataTable, around: Surroundings) -> list[Finding]:
    valid = re.compile(block.valid_pattern)
    test = re.compile(block.test_pattern) if block.test_pattern else None

    def part(image: str) -> Part:
        if test is not None and test.search(image):
            return "test"
        return "valid" if valid.search(image) else "train"

    set_parts(table, [part(row.image) for row in table.rows])
    example = f" Paths look like '{table.rows[0].image}'." if table.rows else ""
    wants_test = "test_pattern" if block.test_pattern else ""
    return part_findings(table, "valid_pattern", f"Correct the expression.{example}", wants_test)
