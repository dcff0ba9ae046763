"""A random part for checking."""

import numpy as np

from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import DataTable, Finding
from studio.work.build import Surroundings, build
from studio.work.splits.parts import part_findings


@build.register
def _random_split(block: RandomSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    # The draw is over all pictures, labeled or not: labeling one picture never moves another to the other part.
    # With everything labeled it is fastai's split_by_rand_pct: numpy's permutation, its first part for validation.
    order = np.random.RandomState(block.seed).permutation(len(table.rows))
    cut = int(block.valid_percent / 100 * len(table.rows))
    labeled = [int(i) for i in order if table.rows[i].target is not None]
    valid = {int(i) for i in order[:cut]} & set(labeled)
    if len(labeled) >= 2 and len(valid) in (0, len(labeled)):  # so few labels that one part would stay empty
        valid = set(labeled[:1]) if not valid else set(labeled[:-1])
    for index, row in enumerate(table.rows):
        row.part = "" if row.target is None else "valid" if index in valid else "train"
    return part_findings(table, "valid_percent", "Label more pictures, or choose another share.")
