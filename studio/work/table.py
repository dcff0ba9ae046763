"""The table of a recipe: source, labels and split at work, one after another."""

import importlib
import pkgutil
from collections.abc import Iterator

from studio.base.errors import UserError
from studio.base.targets import kind_of
from studio.blocks.block import Block
from studio.blocks.recipe import AnyTask, Recipe
from studio.blocks.table import DataTable, Finding
from studio.work import labelers, sources, splits
from studio.work.build import Surroundings, build
from studio.work.following import follow_start, start_findings

# A builder is there by standing in a module of one of these folders.
for _package in (sources, labelers, splits):
    for _module in pkgutil.iter_modules(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)


def build_steps(recipe: Recipe, table: DataTable, around: Surroundings) -> Iterator[tuple[Block, list[Finding]]]:
    """Build source, labels and split one after another; after each, the table is as that block leaves it."""
    yield recipe.source, build(recipe.source, table, around)
    yield recipe.labels, [*build(recipe.labels, table, around), *_fitting(recipe.task, table)]
    yield recipe.split, [*build(recipe.split, table, around), *follow_start(recipe, table, around)]


def _fitting(task: AnyTask, table: DataTable) -> list[Finding]:
    """Whether the labels are of the kind that the task learns from."""
    first = next((row for row in table.rows if row.target is not None and kind_of(row.target) != task.target), None)
    if first is None or first.target is None:
        return []
    message = (
        f"'{task.title}' learns from {KIND_WORDS[task.target]}; these labels are {KIND_WORDS[kind_of(first.target)]}."
    )
    return [Finding("error", message, "Choose other labels here, or another answer under Kind.", "")]


KIND_WORDS = {
    "class": "classes",
    "tags": "tags",
    "number": "numbers",
    "mask": "masks",
    "points": "points",
    "objects": "boxes",
}


def build_table(recipe: Recipe, around: Surroundings, pictures_only: bool = False) -> tuple[DataTable, list[Finding]]:
    """The finished table. Raises UserError at the first finding that makes training impossible.

    pictures_only: only at one that leaves no pictures to look at; labels and parts are then as far as they go.
    """
    table = DataTable(root="")
    findings: list[Finding] = []
    for block, found in build_steps(recipe, table, around):
        for finding in found:
            if finding.level == "error" and (block.step == "source" or not pictures_only):
                raise UserError(f"{block.title}: {finding.message}", finding.hint)
        findings.extend(found)
    for _, finding in [] if pictures_only else start_findings(recipe, table, around):
        raise UserError(finding.message, finding.hint)
    return table, findings
