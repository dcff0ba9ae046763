"""One number for a picture, or several."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics import MeanMetric
from torchmetrics.regression import R2Score

from studio.base.errors import UserError
from studio.base.targets import Numbers, Target, target_words
from studio.engine.augment import Placed
from studio.engine.evidence import Evidence
from studio.engine.reports import disagreements, distances
from studio.engine.rows import RunRows, refuse_all_the_same
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event, Warned
from studio.runs.report import AnyPart
from studio.runtime.card import HeadCard, ModelCard

# Numbers may lie a little beyond those that were trained on; without room the sigmoid would never reach the outermost.
MARGIN = 0.1  # of the distance between the lowest and the highest, on each side


class RegressionTask(EngineTask):
    """outputs and targets: (N, numbers), as shares of each number's range, which a sigmoid keeps outputs in.

    The range is that of the labels to train on, with a margin.
    """

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        for row in rows.used:
            values, needed = _values(rows.rows[row].target), len(rows.number_names)
            if len(values) != needed or not all(np.isfinite(values)):
                raise UserError(
                    f"{rows.rows[row].image} has the numbers ({target_words(rows.rows[row].target)}), where {needed} "
                    "are needed.",
                    "Look at the Labels block: every picture needs all numbers.",
                )

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        refuse_all_the_same(rows, f"the same number ({target_words(rows.targets(rows.train)[0])})")
        for name, values in zip(rows.number_names, _matrix(rows, rows.train).T, strict=True):
            if values.min() == values.max():
                emit(
                    Warned(
                        message=f"'{name}' is {values[0]:g} for all pictures to train on: it cannot be learned.",
                        hint="Leave it out, or change the split.",
                    )
                )

    @cached_property
    def ranges(self) -> NDArray[np.float64]:
        """(numbers, 2): the lowest and the highest that the model can say."""
        trained = _matrix(self.rows, self.rows.train)
        low, high = trained.min(axis=0), trained.max(axis=0)
        margin = np.where(high > low, MARGIN * (high - low), np.maximum(MARGIN * np.abs(low), MARGIN))
        return np.stack([low - margin, high + margin], axis=1)

    @cached_property
    def spread(self) -> NDArray[np.float32]:
        """(numbers,): how many standard deviations of the labels to train on a range is long."""
        deviation = _matrix(self.rows, self.rows.train).std(axis=0)
        width = self.ranges[:, 1] - self.ranges[:, 0]
        return np.asarray(width / np.where(deviation > 0, deviation, width), dtype=np.float32)

    @property
    def head(self) -> HeadCard:
        return HeadCard(outputs=len(self.rows.number_names), between=(0, 1))

    def facts(self) -> dict[str, object]:
        return {"number_ranges": self.ranges.tolist()}

    def collate(self, placed: Sequence[Placed]) -> NDArray[np.float32]:
        numbers = np.array([_values(one.target) for one in placed], dtype=np.float64)
        low, high = self.ranges.T
        return np.asarray((numbers - low) / (high - low), dtype=np.float32)

    def mixable(self, targets: NDArray[np.float32]) -> NDArray[np.float32]:
        return targets

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean squared error, each number in standard deviations: 1 is what the mean of all labels would have.

        In their own units large numbers would count more than small ones, and ask for another learning rate.
        """
        return self._deviations(outputs, targets).square().mean()

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return self._deviations(outputs, targets).square().mean(1)

    def metrics(self) -> "RegressionMetrics":
        return RegressionMetrics(self.spread, self.ranges[:, 1] - self.ranges[:, 0])

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        seen, names = evidence.sound(), card.number_names
        if not seen.seen:
            return ()
        low, high = np.array(card.number_ranges).T
        said = low + np.asarray(seen.kept(), dtype=np.float64) * (high - low)
        given = np.array([_values(one.target) for one in seen.seen], dtype=np.float64)
        return [
            distances.of_numbers(seen.images, said, given, names),
            disagreements.of_numbers(seen.images, said, given, names),
        ]

    def _deviations(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return (outputs - targets) * torch.from_numpy(self.spread).to(outputs.device)


class RegressionMetrics(TaskMetrics):
    """r2: the mean over the numbers. mae: in their own units, over all numbers."""

    spread: Tensor
    width: Tensor

    def __init__(self, spread: NDArray[np.float32], width: NDArray[np.float64]) -> None:
        super().__init__()
        self.register_buffer("spread", torch.from_numpy(spread))
        self.register_buffer("width", torch.from_numpy(width.astype(np.float32)))
        self.r2 = R2Score()
        self.mae = MeanMetric(nan_strategy="disable")
        self.count = 0

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        # R2 is the same in any unit; sums of squares are exact enough only where numbers are about 1.
        self.r2.update(outputs * self.spread, targets * self.spread)
        self.mae.update((outputs - targets).abs() * self.width)
        self.count += len(outputs)

    def compute(self) -> dict[str, float]:
        has_variation = self.count > 1  # a single picture has none to explain
        return {"r2": float(self.r2.compute()) if has_variation else float("nan"), "mae": float(self.mae.compute())}


def _values(target: Target | None) -> tuple[float, ...]:
    assert isinstance(target, Numbers)
    return target.values


def _matrix(rows: RunRows, numbers: Sequence[int]) -> NDArray[np.float64]:
    """The labels of rows, (rows, numbers)."""
    return np.array([_values(target) for target in rows.targets(numbers)], dtype=np.float64)
