"""A random part of each class for checking."""

from studio.blocks.split.stratified import StratifiedSplit
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.splits.balance import draw_share
from studio.work.splits.drawing import lot
from studio.work.splits.parts import part_findings, set_parts
from studio.work.splits.strata import strata_of


@build.register
def _stratified_split(block: StratifiedSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    strata = strata_of([row.target for row in table.rows])
    order = labeled_in_drawn_order(table, block.seed)
    valid = draw_share(order, strata, block.valid_percent / 100)
    rest = [i for i in order if i not in valid]
    # The test part is drawn from what is left, so that asking for one leaves the validation part as it is.
    test = draw_share(rest, strata, block.test_percent / (100 - block.valid_percent)) if block.test_percent else set()
    parts: list[Part] = ["valid" if i in valid else "test" if i in test else "train" for i in range(len(table.rows))]
    set_parts(table, parts)
    hint = "Label more pictures, or choose another share."
    return part_findings(table, "valid_percent", hint, "test_percent" if block.test_percent else "")


def labeled_in_drawn_order(table: DataTable, seed: int) -> list[int]:
    """The labeled rows by the lots of their pictures: in whatever order the rows stand."""
    lots = {i: (lot(seed, row.image), row.image) for i, row in enumerate(table.rows) if row.target is not None}
    return sorted(lots, key=lots.__getitem__)
