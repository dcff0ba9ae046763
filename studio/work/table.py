"""The data blocks at work: each builder adds its column to the table and says what the user should know."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path

import numpy as np

from studio.base.errors import Bug, UserError
from studio.base.order import natural_key
from studio.base.wording import count_words
from studio.blocks.block import Block
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.table import DataTable, Finding, LabelSets, LeftOut, NoLabelSets, Row
from studio.work.scan import OnProgress, find_broken, find_pictures

FEW_PICTURES = 10  # fewer of a class than this and its score says little


@dataclass(frozen=True)
class Surroundings:
    """What builders may use besides the table."""

    label_sets: LabelSets = field(default_factory=NoLabelSets)
    project_folder: Path | None = None
    on_progress: OnProgress = lambda done, total: None
    should_stop: Callable[[], bool] = lambda: False


@singledispatch
def build(block: Block, table: DataTable, around: Surroundings) -> list[Finding]:
    """Let a block do its work on the table, in place. One builder is registered for each source, labeler and split."""
    raise Bug(f"no builder for the block {block!r}")


def build_steps(recipe: Recipe, table: DataTable, around: Surroundings) -> Iterator[tuple[Block, list[Finding]]]:
    """Build source, labels and split one after another; after each, the table is as that block leaves it."""
    for block in (recipe.source, recipe.labels, recipe.split):
        yield block, build(block, table, around)


def build_table(recipe: Recipe, around: Surroundings) -> tuple[DataTable, list[Finding]]:
    """The finished table. Raises UserError at the first finding that makes training impossible."""
    table = DataTable(root="")
    findings: list[Finding] = []
    for block, found in build_steps(recipe, table, around):
        for finding in found:
            if finding.level == "error":
                raise UserError(f"{block.title}: {finding.message}", finding.hint)
        findings.extend(found)
    return table, findings


def source_folder(block: Folder, project_folder: Path | None) -> Path:
    """The absolute folder of a source; a relative one is inside the project's folder."""
    path = Path(block.path).expanduser()
    return path if path.is_absolute() or project_folder is None else (project_folder / path)


@build.register
def _folder(block: Folder, table: DataTable, around: Surroundings) -> list[Finding]:
    root = source_folder(block, around.project_folder).absolute()
    table.root = str(root)
    try:
        images, left_out = find_pictures(root, block)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "path")]
    broken = find_broken(root, images, around.on_progress, around.should_stop)
    is_broken = {item.image for item in broken}
    table.rows = [Row(image) for image in images if image not in is_broken]
    table.left_out = left_out + broken
    findings: list[Finding] = []
    if not table.rows:
        hint = "Choose another folder; pictures are files such as .jpg, .png or .tif."
        findings.append(Finding("error", f"No pictures were found in {root}.", hint, "path"))
    if table.left_out:
        first = table.left_out[0]
        message = f"{count_words(len(table.left_out), 'file')} cannot be used. {_named(first)}"
        findings.append(Finding("warning", message, "The list on this card names each file and its reason."))
    return findings


@build.register
def _parent_folder(block: ParentFolder, table: DataTable, around: Surroundings) -> list[Finding]:
    # The source folder's own name is no class: pictures that lie loose in it are not labeled.
    for row in table.rows:
        folders = row.image.split("/")[:-1]
        is_inside = len(folders) >= block.level and not set(folders) & set(block.unlabeled_folders)
        row.by_rule = folders[-block.level] if is_inside else None
        row.target = row.by_rule
        row.labeled_by = "folder" if row.target else ""
    _lay_over(table, block.label_set, around.label_sets, reviewed_only=False)
    _order_classes(table, [])
    return _label_findings(
        table, "level", "Put the pictures of each class into a folder of its own, or label them here."
    )


@build.register
def _from_label_set(block: FromLabelSet, table: DataTable, around: Surroundings) -> list[Finding]:
    try:
        names = around.label_sets.class_names(block.label_set)
    except UserError as error:
        return [Finding("error", error.message, error.hint, "label_set")]
    for row in table.rows:
        row.target, row.labeled_by = None, ""
    _lay_over(table, block.label_set, around.label_sets, block.reviewed_only)
    _order_classes(table, names)
    return _label_findings(table, "label_set", "Label some pictures of each class on the Label page.")


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
    return _part_findings(table, "valid_percent", "Label more pictures, or choose another share.")


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
    findings = _part_findings(table, "valid", "Check the names of the two folders.")
    unused = sum(row.part == "unused" for row in table.rows)
    if unused:
        findings.append(
            Finding(
                "info", f"{count_words(unused, 'labeled picture')} in neither folder will not be used.", "", "train"
            )
        )
    return findings


def _lay_over(table: DataTable, label_set: str, label_sets: LabelSets, reviewed_only: bool) -> None:
    """Let the labels of a label set win over what the rule said."""
    try:
        given = label_sets.class_labels(label_set)
    except UserError:
        return  # no such set yet: nobody has corrected anything
    for row in table.rows:
        label = given.get(row.image)
        if label is not None and (label.reviewed or not reviewed_only):
            row.target, row.labeled_by = label.class_name, label.given_by


def _order_classes(table: DataTable, known: list[str]) -> None:
    """Classes in the order of the label set, then the others as people sort them: 2 before 10."""
    used = {row.target for row in table.rows if row.target is not None}
    table.classes = [name for name in known if name in used] + sorted(used - set(known), key=natural_key)


def _label_findings(table: DataTable, setting: str, hint: str) -> list[Finding]:
    if not table.rows:
        return []
    counts = Counter(row.target for row in table.rows if row.target is not None)
    if not counts:
        return [Finding("error", "No picture has a label.", hint, setting)]
    if len(counts) == 1:
        only = next(iter(counts))
        message = f"All labeled pictures have the same class, '{only}'; a model needs at least two to tell apart."
        return [Finding("error", message, hint, setting)]
    findings: list[Finding] = []
    few = [name for name, count in counts.items() if count < FEW_PICTURES]
    if few:
        names = ", ".join(f"'{name}' ({counts[name]})" for name in few[:5]) + (" and more" if len(few) > 5 else "")
        findings.append(Finding("warning", f"Few pictures of {names}.", "Add more: ten is little, fifty are better."))
    return findings


def _part_findings(table: DataTable, setting: str, hint: str) -> list[Finding]:
    labeled = [row for row in table.rows if row.target is not None]
    if not labeled:
        return []
    for part, words in (("train", "to train on"), ("valid", "to check the model on")):
        if not any(row.part == part for row in labeled):
            return [Finding("error", f"No labeled picture is left {words}.", hint, setting)]
    trained = {row.target for row in labeled if row.part == "train"}
    never = [name for name in table.classes if name not in trained]
    if not never:
        return []
    names = ", ".join(f"'{name}'" for name in never[:5])
    return [Finding("warning", f"No training picture of {names}: the model cannot learn it.", hint, setting)]


def _named(item: LeftOut) -> str:
    return item.reason if item.image in item.reason else f"{item.image}: {item.reason}"
