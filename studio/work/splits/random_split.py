"""A random part for checking."""

import numpy as np

from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.splits.parts import part_findings, set_parts


@build.register
def _random_split(block: RandomSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    # The draw is over all pictures, labeled or not: labeling one picture never moves another to the other part.
    # With everything labeled it is fastai's split_by_rand_pct: numpy's permutation, its first part for validation.
    # The test part follows it, so that asking for one leaves the validation part as it is.
    order = np.random.RandomState(block.seed).permutation(len(table.rows))
    cut = int(block.valid_percent / 100 * len(table.rows))
    end = cut + int(block.test_percent / 100 * len(table.rows))
    labeled = [int(i) for i in order if table.rows[i].target is not None]
    test = {int(i) for i in order[cut:end]} & set(labeled)
    rest = [i for i in labeled if i not in test]
    valid = {int(i) for i in order[:cut]} & set(rest)
    if len(rest) >= 2 and len(valid) in (0, len(rest)):  # so few labels that one part would stay empty
        valid = set(rest[:1]) if not valid else set(rest[:-1])
    parts: list[Part] = ["valid" if i in valid else "test" if i in test else "train" for i in range(len(table.rows))]
    set_parts(table, parts)
    hint = "Label more pictures, or choose another share."
    return part_findings(table, "valid_percent", hint, "test_percent" if block.test_percent else "")
