"""What a model says of the validation pictures, gathered batch by batch without keeping a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from studio.base.targets import MaskFile
from studio.blocks.table import Row
from studio.engine.task import EngineTask, Targets
from studio.runs.predictions import ValidPrediction
from studio.runtime.card import ModelCard
from studio.runtime.view import View


@dataclass(frozen=True)
class Answers:
    """rows: row numbers in the run's labels, (N,). kept: of each picture, what its answer is decoded from. losses:
    (N,), and `loss` their mean, by how much of each picture counts. metrics: by name, over all of them."""

    rows: tuple[int, ...]
    kept: NDArray[Any]
    views: tuple[View, ...]
    losses: NDArray[np.float64]
    loss: float
    metrics: dict[str, float]


class Gathering:
    """Takes in a data set's batches, one after another."""

    def __init__(self, task: EngineTask, device: str) -> None:
        self._task = task
        self._metrics = task.metrics().to(device)
        self._rows: list[int] = []
        self._views: list[View] = []
        self._kept: list[NDArray[Any]] = []
        self._losses: list[NDArray[np.float64]] = []
        self._weights: list[NDArray[np.float64]] = []

    def add(self, rows: Sequence[int], views: Sequence[View], outputs: Tensor, targets: Targets) -> None:
        """outputs: (N, ...), float32."""
        losses = self._task.losses(outputs, targets)
        self._metrics.update(outputs, targets)
        self._rows += rows
        self._views += views
        self._kept.append(self._task.kept(outputs))
        self._losses.append(_numbers(losses))
        self._weights.append(_numbers(self._task.weights(targets, losses)))

    def answers(self) -> Answers:
        losses, weights = np.concatenate(self._losses), np.concatenate(self._weights)
        counts = weights > 0
        loss = float(np.average(losses[counts], weights=weights[counts])) if counts.any() else float("nan")
        kept = np.concatenate(self._kept)
        return Answers(tuple(self._rows), kept, tuple(self._views), losses, loss, self._metrics.compute())


WriteMask = Callable[[int, NDArray[np.uint8]], MaskFile]


def interpret(
    answers: Answers, task: EngineTask, card: ModelCard, rows: Sequence[Row], write_mask: WriteMask
) -> list[ValidPrediction]:
    """In the order of the answers. rows: those of the run. write_mask: keeps the mask that a row was answered with."""
    found = []
    for place, (row, view, loss) in enumerate(zip(answers.rows, answers.views, answers.losses, strict=True)):
        # One after the other: masks of all pictures at once would fill the memory.
        (answer,) = task.answers(answers.kept[place : place + 1], card, [view])
        target = answer.target if answer.mask_hw is None else write_mask(row, answer.mask_hw)
        found.append(ValidPrediction(rows[row].image, rows[row].target, target, float(loss), answer.probabilities))
    return found


def _numbers(tensor: Tensor) -> NDArray[np.float64]:
    return np.asarray(tensor.double().cpu().numpy())
