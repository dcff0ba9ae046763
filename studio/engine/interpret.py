"""What a model says of the validation pictures, gathered batch by batch without keeping a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from studio.base.targets import MaskFile
from studio.blocks.table import Row
from studio.engine.evidence import Evidence, Witnessed
from studio.engine.task import EngineTask, Targets
from studio.runs.predictions import ValidPrediction
from studio.runs.report import Report
from studio.runtime.card import ModelCard
from studio.runtime.view import View


@dataclass(frozen=True)
class AnsweredBatch:
    """rows: row numbers in the run's labels, (N,). kept: of each picture, what its answer is decoded from, (N, ...).
    noted: of each picture, what the task's report needs beside that. losses: (N,)."""

    rows: tuple[int, ...]
    views: tuple[View, ...]
    kept: NDArray[Any]
    noted: Sequence[Any]
    losses: NDArray[np.float64]


TakeBatch = Callable[[AnsweredBatch], None]


@dataclass(frozen=True)
class Answers:
    """loss: the mean over all pictures, by how much of each counts. metrics: by name, over all of them. batches: what
    was answered, None where that was too much to be held."""

    loss: float
    metrics: dict[str, float]
    batches: tuple[AnsweredBatch, ...] | None


class Gathering:
    """Takes in a data set's batches, one after another. Where a task's answers are small all of them are held;
    otherwise `take` is handed each batch, and nothing but sums stays."""

    def __init__(self, task: EngineTask, device: str, take: TakeBatch | None = None) -> None:
        self._task, self._take = task, take
        self._metrics = task.metrics().to(device)
        self._batches: list[AnsweredBatch] = []
        self._losses: list[NDArray[np.float64]] = []
        self._weights: list[NDArray[np.float64]] = []

    def add(self, rows: Sequence[int], views: Sequence[View], outputs: Tensor, targets: Targets) -> None:
        """outputs: (N, ...), float32."""
        task = self._task
        is_kept = task.answers_are_small or self._take is not None
        losses = task.losses(outputs, targets)
        weights, kept = task.weights(targets, losses), task.kept(outputs) if is_kept else None
        # Nothing is noted before here: what takes memory may fail, and is then done again for fewer pictures.
        self._metrics.update(outputs, targets)
        self._losses.append(_numbers(losses))
        self._weights.append(_numbers(weights))
        if kept is None:
            return
        batch = AnsweredBatch(tuple(rows), tuple(views), kept, task.noted(kept, targets), self._losses[-1])
        if self._take is not None:
            self._take(batch)
        else:
            self._batches.append(batch)

    def answers(self) -> Answers:
        losses, weights = np.concatenate(self._losses), np.concatenate(self._weights)
        counts = weights > 0
        loss = float(np.average(losses[counts], weights=weights[counts])) if counts.any() else float("nan")
        batches = tuple(self._batches) if self._take is None and self._task.answers_are_small else None
        return Answers(loss, self._metrics.compute(), batches)


WriteMask = Callable[[int, NDArray[np.uint8]], MaskFile]


class Interpretation:
    """Takes in the batches of one pass: `predictions` are in their order, `report` is what the task makes of them.

    rows: those of the run. write_mask: keeps the mask that a row was answered with.
    """

    def __init__(self, task: EngineTask, card: ModelCard, rows: Sequence[Row], write_mask: WriteMask) -> None:
        self._task, self._card, self._rows, self._write_mask = task, card, rows, write_mask
        self._witnessed: list[Witnessed] = []
        self.predictions: list[ValidPrediction] = []

    def take(self, batch: AnsweredBatch) -> None:
        for place, row in enumerate(batch.rows):
            # One after the other: the masks of a whole batch in their pictures' sizes may be large.
            (answer,) = self._task.answers(batch.kept[place : place + 1], self._card, batch.views[place : place + 1])
            target = answer.target if answer.mask_hw is None else self._write_mask(row, answer.mask_hw)
            known, loss = self._rows[row], float(batch.losses[place])
            self.predictions.append(ValidPrediction(known.image, known.target, target, loss, answer.probabilities))
            kept = batch.kept[place] if self._task.answers_are_small else None
            self._witnessed.append(Witnessed(known.image, known.target, batch.views[place], kept, batch.noted[place]))

    def report(self) -> Report:
        """What the task makes of the whole pass."""
        return Report(parts=tuple(self._task.report(Evidence(self._witnessed), self._card)))


def _numbers(tensor: Tensor) -> NDArray[np.float64]:
    return np.asarray(tensor.double().cpu().numpy())
