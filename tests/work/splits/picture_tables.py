"""Tables of pictures for the tests of splits."""

from collections.abc import Iterable, Sequence

import studio.work.table  # noqa: F401  registers the builders
from studio.base.targets import Target
from studio.blocks.block import Block
from studio.blocks.table import DataTable, Finding, Row
from studio.work.build import Surroundings, build
from studio.work.labelers.classes import order_classes


def table_of(images: Iterable[str], targets: Sequence[Target | None] = (), groups: Sequence[str] = ()) -> DataTable:
    """Pictures with targets (by turns; without: the classes a and b) and the videos that they come from."""
    targets = targets or ("a", "b")
    rows = [
        Row(image, target=targets[i % len(targets)], group=groups[i % len(groups)] if groups else "")
        for i, image in enumerate(images)
    ]
    table = DataTable(root="/photos", rows=rows)
    order_classes(table, [])
    return table


def with_columns(table: DataTable, **columns: Sequence[str]) -> DataTable:
    """The table as if it came from a CSV file with these columns; the file's first line is the header."""
    table.columns, table.file = tuple(columns), "/photos/pictures.csv"
    for line, (row, cells) in enumerate(zip(table.rows, zip(*columns.values(), strict=True), strict=True), 2):
        row.cells, row.line = tuple(cells), line
    return table


def split(block: Block, table: DataTable) -> list[Finding]:
    return build(block, table, Surroundings())


def parts(table: DataTable) -> dict[str, str]:
    return {row.image: row.part for row in table.rows}


def images_in(table: DataTable, part: str) -> set[str]:
    return {row.image for row in table.rows if row.part == part}


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.level, finding.field) for finding in findings]
