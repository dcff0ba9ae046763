"""Parts that are made of whole groups, drawn until the shares are reached."""

from collections import Counter
from collections.abc import Collection, Sequence

from studio.blocks.split.shares import DrawnShares
from studio.blocks.table import DataTable, Part
from studio.work.splits.drawing import draw_groups


def draw_parts(
    block: DrawnShares,
    table: DataTable,
    groups: Sequence[str],
    valid: Collection[str] = (),
    test: Collection[str] = (),
) -> list[Part]:
    """The part of each row by its group. valid, test: groups that were named; what was not named is drawn.

    The draw is over all pictures, labeled or not, so that labeling one more never moves a group; only where that
    leaves a part without labels, it is over the labeled ones.
    """
    labeled = [group for group, row in zip(groups, table.rows, strict=True) if row.target is not None]
    for counted in (groups, labeled):
        sizes = Counter(counted)
        chosen = set(valid) or draw_groups(sizes, block.seed, block.valid_percent / 100 * len(counted), set(test))
        asked = block.test_percent / 100 * len(counted)
        aside = set(test) or draw_groups(sizes, block.seed, asked, chosen)
        parts: list[Part] = ["test" if g in aside else "valid" if g in chosen else "train" for g in groups]
        there = {part for part, row in zip(parts, table.rows, strict=True) if row.target is not None}
        if {"train", "valid"} <= there:
            break
    return parts
