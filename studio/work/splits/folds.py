"""Folds of about the same size, of which one checks."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.base.wording import count_words
from studio.blocks.split.folds import FoldSplit
from studio.blocks.table import DataTable, Finding, Part
from studio.work.build import Surroundings, build
from studio.work.labelers.bad_setting import BadSetting
from studio.work.splits.balance import Strata, draw_share
from studio.work.splits.drawing import draw_groups, in_drawn_order
from studio.work.splits.groups import groups_of
from studio.work.splits.parts import part_findings, set_parts
from studio.work.splits.strata import strata_of
from studio.work.splits.stratified import labeled_in_drawn_order

TEST = -1  # stands for a fold where a row is put away


@build.register
def _fold_split(block: FoldSplit, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        fold_of, findings = folds_of(block, table, around.project_folder)
    except BadSetting as bad:
        return [bad.finding]
    parts: list[Part] = [
        "test" if fold == TEST else "valid" if fold == block.valid_fold - 1 else "train" for fold in fold_of
    ]
    set_parts(table, parts)
    hint = "Choose fewer folds, or label more pictures."
    return findings + part_findings(table, "folds", hint, "test_percent" if block.test_percent else "")


def folds_of(block: FoldSplit, table: DataTable, project: Path | None = None) -> tuple[list[int], list[Finding]]:
    """The fold of each row from 0, or TEST, whichever fold checks; rows without a label have one that says nothing.

    Raises BadSetting where the groups cannot be found, or are fewer than the folds.
    """
    strata = strata_of([row.target for row in table.rows])
    if not block.stratified:
        strata = [()] * len(table.rows)
    if block.group_by == "nothing":
        return _of_pictures(block, table, strata), []
    groups, findings = groups_of(block, table, project)
    return _of_groups(block, table, groups, strata), findings


def _of_pictures(block: FoldSplit, table: DataTable, strata: Strata) -> list[int]:
    fold_of = [0] * len(table.rows)
    left = labeled_in_drawn_order(table, block.seed)
    shares = [(TEST, block.test_percent / 100)]
    shares += [(fold, 1 / (block.folds - fold)) for fold in range(block.folds)]  # of what the folds before have left
    for fold, share in shares:
        drawn = draw_share(left, strata, share, keep_both=False)
        left = [row for row in left if row not in drawn]
        for row in drawn:
            fold_of[row] = fold
    return fold_of


def _of_groups(block: FoldSplit, table: DataTable, groups: Sequence[str], strata: Strata) -> list[int]:
    labeled = [index for index, row in enumerate(table.rows) if row.target is not None]
    sizes = Counter(groups[index] for index in labeled)
    test = draw_groups(sizes, block.seed, block.test_percent / 100 * len(labeled))
    free = [name for name in in_drawn_order(block.seed, sizes) if name not in test]
    if len(free) < block.folds:
        message = f"There are only {count_words(len(free), 'group')} for {count_words(block.folds, 'fold')}."
        raise BadSetting(message, "Choose fewer folds, or something else that keeps pictures together.", "folds")
    fold_of = _deal(free, block.folds, _contents(free, labeled, groups, strata))
    return [TEST if group in test else fold_of.get(group, 0) for group in groups]


def _contents(names: Sequence[str], labeled: Sequence[int], groups: Sequence[str], strata: Strata) -> np.ndarray:
    """What each group brings, (groups, 1 + classes): its pictures, and its pictures of each class, as shares."""
    classes = {name: place for place, name in enumerate(sorted({name for row in labeled for name in strata[row]}), 1)}
    place_of = {name: place for place, name in enumerate(names)}
    contents = np.zeros((len(names), 1 + len(classes)))
    for row in labeled:
        if (place := place_of.get(groups[row])) is not None:
            contents[place, [0, *(classes[name] for name in strata[row])]] += 1
    share: np.ndarray = contents / np.maximum(contents.sum(axis=0), 1)
    return share


def _deal(names: Sequence[str], folds: int, contents: np.ndarray) -> dict[str, int]:
    """The fold of each group: the largest first, each to where it leaves the folds most alike."""
    held = np.zeros((folds, contents.shape[1]))
    fold_of: dict[str, int] = {}
    for place in np.argsort(-contents[:, 0], kind="stable"):
        # The sum of squares over the folds grows by 2 * held * new + new**2: least where least of the same is held.
        fold = int(np.argmin(held @ contents[place]))
        held[fold] += contents[place]
        fold_of[names[place]] = fold
    return fold_of
