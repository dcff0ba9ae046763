"""What a model that starts from another run takes over from it beside its weights: the parts, and what has changed."""

from pathlib import Path

from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.block import Step
from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Finding, Part, Row
from studio.runs.labels import read_labels
from studio.runs.run import Run, find_run
from studio.work.build import Surroundings

_USED: tuple[Part, ...] = ("train", "valid", "test")


def follow_start(recipe: Recipe, table: DataTable, around: Surroundings) -> list[Finding]:
    """Note which labels are other ones than in the run that the model starts from, and let its pictures keep their
    part, where the Model block says so: a picture that the model has learned from must not be one to check on.

    A run that cannot be read changes nothing here; `start_findings` says so.
    """
    if recipe.model.weights != "run":
        return []
    try:
        run, old = _start(recipe, around)
    except UserError:
        return []
    moved = 0
    for row in table.rows:
        before = old.get(row.image)
        row.changed = row.target is not None and (before is None or before.target != row.target)
        if recipe.model.keep_parts and before is not None and before.target is not None and before.part in _USED:
            moved += row.part != before.part and row.target is not None
            row.part = before.part
    if not moved:
        return []
    words = f"{count_words(moved, 'picture')} {'keeps' if moved == 1 else 'keep'} the part of the run {run.name}"
    return [Finding("info", f"{words}, which the model starts from.", "The Model block can let them be divided anew.")]


def start_findings(recipe: Recipe, table: DataTable, around: Surroundings) -> list[tuple[Step, Finding]]:
    """What is wrong with starting from a run, and with learning from what was corrected since, by the step."""
    if recipe.model.weights != "run":
        return []
    try:
        run, _ = _start(recipe, around)
    except UserError as error:
        return [("model", Finding("error", error.message, error.hint, "weights_run"))]
    encoder = run.recipe().model.encoder
    if encoder != recipe.model.encoder:
        message = f"The run {run.name} has the encoder {encoder}, and this is {recipe.model.encoder}."
        return [("model", Finding("error", message, f"Choose the encoder {encoder}, or another run.", "encoder"))]
    if recipe.batch.sampler != "corrected":
        return []
    changed = [row for row in table.rows if row.changed]
    if any(row.part == "train" for row in changed):
        return []
    message = f"No label was corrected since the run {run.name}."
    if changed:
        them = f"The {count_words(len(changed), 'picture')} corrected since the run {run.name}"
        message = f"{them} are ones to check on: the model must not learn from them."
    return [("batch", Finding("error", message, "Correct labels of pictures to train on first.", "sampler"))]


def _start(recipe: Recipe, around: Surroundings) -> tuple[Run, dict[str, Row]]:
    folder = around.project_folder or Path()
    run = find_run(folder / "runs", recipe.model.weights_run)
    return run, {row.image: row for row in read_labels(run.labels_file)}
