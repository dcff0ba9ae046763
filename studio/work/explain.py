"""A walk through a recipe: what the data is after each block, in counts, samples and findings."""

from collections import Counter
from collections.abc import Callable

from studio.base.targets import class_names_in
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Finding, Part, Row
from studio.jobs.messages import (
    Event,
    FindingMade,
    ImagesLeftOut,
    RowsFound,
    SampleShown,
    StepExplained,
)
from studio.work.build import Surroundings
from studio.work.following import start_findings
from studio.work.table import build_steps
from studio.work.transform_findings import transform_findings

SAMPLES = 12
ROWS_A_MESSAGE = 2000


def explain(recipe: Recipe, around: Surroundings, emit: Callable[[Event], None], with_rows: bool = True) -> DataTable:
    """Tell every step of the recipe; then the rows of the table and what was left out. Gives the table."""
    table = DataTable(root="")
    built = {block.step: findings for block, findings in _tell_data_steps(recipe, table, around, emit)}
    is_wrong = any(finding.level == "error" for findings in built.values() for finding in findings)
    of_start = [] if is_wrong else start_findings(recipe, table, around)
    for index, block in enumerate(recipe.steps()):
        if block.step in ("transforms", "batch", "model", "training"):
            found = [] if is_wrong else _setup_findings(block, recipe, table)
            emit(_told(index, block, table, [*found, *(finding for step, finding in of_start if step == block.step)]))
    emit(ImagesLeftOut(images=tuple((item.image, item.reason) for item in table.left_out)))
    for start in range(0, max(len(table.rows), 1) if with_rows else 0, ROWS_A_MESSAGE):
        portion = table.rows[start : start + ROWS_A_MESSAGE]
        emit(
            RowsFound(
                root=table.root,
                images=tuple(row.image for row in portion),
                targets=tuple(row.target for row in portion),
                by_rules=tuple(row.by_rule for row in portion),
                parts=tuple(row.part for row in portion),
                classes=tuple(table.classes),
                skeleton=table.skeleton,
                number_names=table.number_names,
            )
        )
    return table


def _tell_data_steps(
    recipe: Recipe, table: DataTable, around: Surroundings, emit: Callable[[Event], None]
) -> list[tuple[Block, list[Finding]]]:
    steps = recipe.steps()
    emit(_told(0, recipe.task, table, []))
    told: list[tuple[Block, list[Finding]]] = []
    for block, findings in build_steps(recipe, table, around):
        emit(_told(next(i for i, step in enumerate(steps) if step is block), block, table, findings))
        told.append((block, findings))
    return told


def _told(index: int, block: Block, table: DataTable, findings: list[Finding]) -> StepExplained:
    return StepExplained(
        block=index,
        step=block.step,
        title=block.title,
        summary=block.summary(),
        rows=len(table.rows),
        counts=_counts(block, table),
        samples=tuple(_shown(row, table) for row in _spread(block, table.rows)),
        classes=tuple(table.classes),
        skeleton=table.skeleton,
        number_names=table.number_names,
        columns=table.columns,
        findings=tuple(FindingMade(level=f.level, message=f.message, hint=f.hint, field=f.field) for f in findings),
    )


def _counts(block: Block, table: DataTable) -> dict[str, int]:
    """The numbers that belong to a step, by plain words."""
    labeled = sum(row.target is not None for row in table.rows)
    if block.step == "source":
        folders = {row.image.rpartition("/")[0] for row in table.rows}
        return {"pictures": len(table.rows), "folders": len(folders), "left out": len(table.left_out)}
    if block.step == "labels":
        by_class = Counter(name for row in table.rows for name in class_names_in(row.target))
        by_people = sum(row.is_given for row in table.rows)
        facts = {"labeled": labeled, "not labeled": len(table.rows) - labeled, "labeled by people": by_people}
        if not by_class:  # of masks, points and numbers
            return facts
        return facts | {f"class {name}": by_class[name] for name in table.classes}
    if block.step == "split":
        parts = Counter(row.part for row in table.rows)
        names: dict[Part, str] = {
            "train": "to train on",
            "valid": "to check on",
            "test": "to test on",
            "unused": "not used",
            "": "not labeled",
        }
        return {words: parts[part] for part, words in names.items() if parts[part] or part in ("train", "valid")}
    return {}


def _setup_findings(block: Block, recipe: Recipe, table: DataTable) -> list[Finding]:
    """What is wrong with a step behind the data."""
    if block.step == "transforms":
        return transform_findings(block, recipe, table)
    if block.step != "batch":
        return []
    train = sum(row.part == "train" for row in table.rows)
    batch = recipe.batch
    if batch.choice == "given" and train < batch.size * batch.batches_a_step:
        words = "a batch holds" if batch.batches_a_step == 1 else f"{batch.batches_a_step} batches hold"
        message = f"There are fewer training pictures ({train}) than {words} ({batch.size * batch.batches_a_step})."
        return [Finding("warning", message, "Choose a smaller batch.", "size")]
    return []


def _spread(block: Block, rows: list[Row]) -> list[Row]:
    """A few rows that show a step well: evenly over the table; after a split, of both parts."""
    if block.step in ("split", "transforms", "batch", "model", "training"):
        train = _evenly([row for row in rows if row.part == "train"], SAMPLES * 2 // 3)
        return train + _evenly([row for row in rows if row.part == "valid"], SAMPLES - len(train))
    return _evenly(rows, SAMPLES)


def _evenly(rows: list[Row], count: int) -> list[Row]:
    if len(rows) <= count:
        return list(rows)
    return [rows[(2 * i + 1) * len(rows) // (2 * count)] for i in range(count)]


def _shown(row: Row, table: DataTable) -> SampleShown:
    path = f"{table.root}/{row.image}"
    return SampleShown(path=path, image=row.image, target=row.target, part=row.part, labeled_by=row.labeled_by)
