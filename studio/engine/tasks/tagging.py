"""Several tags a picture, or none."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torchmetrics import MeanMetric
from torchmetrics.classification import BinaryAccuracy

from studio.base.errors import UserError
from studio.base.targets import class_names_in, target_words
from studio.blocks.tasks.tagging import Tagging
from studio.engine.augment import Placed
from studio.engine.evidence import Evidence
from studio.engine.reports import calibration, threshold_sweep
from studio.engine.reports.label_errors import doubts_of_tags
from studio.engine.reports.tags import tag_scores
from studio.engine.rows import RunRows, check_class_names, refuse_all_the_same, warn_of_missing_classes
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event
from studio.runs.report import AnyPart
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.tasks.tagging import shares as probabilities

BETA = 2.0  # recall counts so many times as much as precision, as in the competitions that score by it
_EPSILON = 1e-9


class TaggingTask(EngineTask):
    """outputs: (N, tags) scores, not yet probabilities. targets: (N, tags), 1 for a tag that is given, 0 for one that
    is not; between them for mixed pictures."""

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        check_class_names(rows)
        if not rows.classes:
            raise UserError("There are no tags: no picture has one.", "Look at the Labels block.")

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        warn_of_missing_classes(rows, emit)
        refuse_all_the_same(rows, f"the same tags ({target_words(rows.targets(rows.train)[0])})")

    @property
    def head(self) -> HeadCard:
        return HeadCard(outputs=len(self.rows.classes))

    @property
    def threshold(self) -> float:
        assert isinstance(self.block, Tagging)
        return self.block.threshold

    def facts(self) -> dict[str, object]:
        return {"threshold": self.threshold}

    def collate(self, placed: Sequence[Placed]) -> NDArray[np.float32]:
        given = [set(class_names_in(one.target)) for one in placed]
        return np.array([[name in names for name in self.rows.classes] for names in given], dtype=np.float32)

    def mixable(self, targets: NDArray[np.float32]) -> NDArray[np.float32]:
        return targets

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean binary cross entropy, of all tags of all pictures."""
        return functional.binary_cross_entropy_with_logits(outputs, targets)

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none").mean(1)

    def metrics(self) -> "TaggingMetrics":
        return TaggingMetrics(self.threshold)

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        seen, names = evidence.sound(), card.classes
        if not seen.seen:
            return ()
        shares = probabilities(seen.kept(), card)
        right = np.array([[name in class_names_in(one.target) for name in names] for one in seen.seen], dtype=np.bool_)
        found: list[AnyPart | None] = [
            tag_scores(seen.images, shares, right, names, card.threshold),
            threshold_sweep.of_tags(shares, right, BETA, card.threshold),
            calibration.of_tags(shares, right),
            doubts_of_tags(seen.images, shares, right, names),
        ]
        return [part for part in found if part is not None]


class TaggingMetrics(TaskMetrics):
    def __init__(self, threshold: float) -> None:
        super().__init__()
        self.threshold = threshold
        self.f_beta = MeanMetric(nan_strategy="disable")
        self.accuracy = BinaryAccuracy(validate_args=False)

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        given, right = torch.sigmoid(outputs) > self.threshold, targets > 0.5
        self.f_beta.update(f_beta(given, right))
        self.accuracy.update(given.long().flatten(), right.long().flatten())

    def compute(self) -> dict[str, float]:
        return {"f_beta": float(self.f_beta.compute()), "accuracy": float(self.accuracy.compute())}


def f_beta(given: Tensor, right: Tensor, beta: float = BETA) -> Tensor:
    """The F score of each picture, (N,), of tags given and right, both (N, tags).

    A picture without tags that was given none is right: 1. Source of the rest: fastai 1 `fbeta`, which says 0 there.
    """
    hits = (given & right).sum(1).float()
    precision, recall = hits / (given.sum(1) + _EPSILON), hits / (right.sum(1) + _EPSILON)
    score = (1 + beta**2) * precision * recall / (beta**2 * precision + recall + _EPSILON)
    return torch.where((given | right).any(1), score, 1.0)
