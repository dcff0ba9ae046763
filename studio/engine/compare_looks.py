"""Does looking several times help? The validation part answered with one look and with several, by the same model."""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils._pytree import tree_map

from studio.base.errors import UserError
from studio.blocks.several_looks import SeveralLooks as Settings
from studio.blocks.table import DataTable
from studio.blocks.task import Task
from studio.engine.augment import Augment
from studio.engine.encoders import create_encoder
from studio.engine.plan import read_plan
from studio.engine.predict import predictor_for
from studio.engine.rows import RunRows, read_rows
from studio.engine.seeing import see
from studio.engine.several_looks import averaging_for, looks_for
from studio.engine.task import EngineTask
from studio.engine.trained_tasks import task_type
from studio.jobs.messages import Event, Finished, Progressed, Stopped, Warned
from studio.runs.looks_comparison import LooksComparison, model_mark, write_comparison
from studio.runs.run import Run
from studio.runtime.card import ModelCard
from studio.runtime.several_looks.predictor import SeveralLooks

Emit = Callable[[Event], None]
_EQUAL = 1e-6  # metrics are counted in single precision


def compare_looks(run: Run, settings: Settings, emit: Emit, should_stop: Callable[[], bool]) -> Finished | Stopped:
    """Measure both and keep the comparison in the run's folder; the metrics of several looks come with the end.

    Raises UserError when the run has no model, or none of its validation pictures can be read.
    """
    recipe, predictor = run.recipe(), predictor_for(run.folder)
    card, rows = predictor.card, _rows(run)
    others = looks_for(recipe, settings, card.preprocess.size_wh)
    looking = SeveralLooks(predictor, others, averaging_for(settings))
    task = _task(recipe.task, rows, card)
    both = _Both(task, recipe.task, looking)
    table = DataTable(root=str(rows.root), rows=rows.rows, classes=[*rows.classes])
    augment, lost = Augment(card.preprocess, (), 0), list[str]()
    for done, row in enumerate(rows.valid):
        if should_stop():
            return Stopped(run=run.name)
        emit(Progressed(what="pictures looked at", done=done, total=len(rows.valid)))
        try:
            seen = see(card.preprocess, table, rows.rows[row])
        except UserError:
            lost.append(rows.rows[row].image)
            continue
        targets = tree_map(torch.from_numpy, task.collate([augment.place(seen, 0, row)]))
        both.take(looking.show(seen.image_hwc), targets)
    emit(Progressed(what="pictures looked at", done=len(rows.valid), total=len(rows.valid)))
    if lost:
        _tell_lost(run, lost, len(rows.valid), emit)
    comparison = both.comparison(run, settings)
    write_comparison(run, comparison)
    return Finished(run=run.name, metrics=comparison.several)


class _Both:
    """The metrics both ways, and how many pictures became better and worse."""

    def __init__(self, task: EngineTask, block: Task, looking: SeveralLooks) -> None:
        self._task, self._block, self._looking = task, block, looking
        self._plain, self._several = task.metrics(), task.metrics()
        self._pictures = self._better = self._worse = 0
        self._plain_s = self._several_s = 0.0

    def take(self, pictures_vhwc: NDArray[Any], targets: Any) -> None:
        """One picture as each look shows it, the plain one first."""
        looking, began = self._looking, time.perf_counter()
        outputs = looking.outputs(pictures_vhwc[:1])
        between = time.perf_counter()
        if len(pictures_vhwc) > 1:
            outputs = np.concatenate([outputs, looking.outputs(pictures_vhwc[1:])])
        self._plain_s += between - began
        self._several_s += time.perf_counter() - began
        plain, several = looking.merge_plain(outputs), looking.merge(outputs)
        self._plain.update_merged(plain[None], targets)
        self._several.update_merged(several[None], targets)
        self._pictures += 1
        gain = self._gain(plain, several, targets)
        self._better += gain > _EQUAL
        self._worse += gain < -_EQUAL

    def comparison(self, run: Run, settings: Settings) -> LooksComparison:
        """What came out, over all pictures."""
        return LooksComparison(
            model=model_mark(run),
            settings=settings,
            looks=len(self._looking.looks),
            pictures=self._pictures,
            plain=_finite(self._plain.compute()),
            several=_finite(self._several.compute()),
            better=self._better,
            worse=self._worse,
            plain_s=self._plain_s,
            several_s=self._several_s,
        )

    def _gain(self, plain: NDArray[np.float64], several: NDArray[np.float64], targets: Any) -> float:
        """By how much one picture became better: in the first metric that a single picture has, the main one before
        the others."""
        before, after = self._of_one(plain, targets), self._of_one(several, targets)
        for name in (self._block.main_metric, *self._block.metrics):
            gain = after.get(name, math.nan) - before.get(name, math.nan)
            if math.isfinite(gain):
                return -gain if name in self._block.errors else gain
        return 0.0

    def _of_one(self, merged: NDArray[np.float64], targets: Any) -> dict[str, float]:
        metrics = self._task.metrics()
        metrics.update_merged(merged[None], targets)
        return metrics.compute()


def _rows(run: Run) -> RunRows:
    """The rows of the run, without the pictures that it left out."""
    plan = read_plan(run.folder / "plan.json")
    rows = read_rows(run, run.recipe().task)
    return rows.without({image for image, _ in plan.left_out}) if plan else rows


def _task(block: Task, rows: RunRows, card: ModelCard) -> EngineTask:
    """The task as it was trained, for its targets and metrics."""
    width_px, height_px = card.preprocess.size_wh
    task = task_type(block)(block, rows, card.preprocess)
    # Some tasks learn from their network where its cells are; its weights are not needed.
    task.network(
        create_encoder(
            card.encoder.architecture, side_px=width_px, height_px=height_px, channels=card.preprocess.channels
        )
    )
    return task


def _finite(metrics: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if math.isfinite(value)}


def _tell_lost(run: Run, lost: list[str], total: int, emit: Emit) -> None:
    if len(lost) == total:
        raise UserError(
            f"None of the {total} validation pictures of {run.name} can be read any more.",
            "Put them back to where they were when it was trained.",
        )
    emit(
        Warned(
            message=f"{len(lost)} of the {total} validation pictures cannot be read any more, {lost[0]} among them.",
            hint="They are left out of the comparison.",
        )
    )
