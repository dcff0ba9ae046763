"""One class a picture."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torchmetrics.classification import MulticlassAccuracy, MulticlassF1Score

from studio.base.errors import UserError
from studio.base.targets import target_words
from studio.blocks.tasks.classification import Classification
from studio.engine.augment import Placed
from studio.engine.evidence import Evidence
from studio.engine.reports import calibration, threshold_sweep
from studio.engine.reports.label_errors import doubts_of_classes
from studio.engine.rows import RunRows, check_class_names, refuse_all_the_same, warn_of_missing_classes
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event
from studio.runs.confusion import class_parts
from studio.runs.report import AnyPart
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.tasks.classification import shares as probabilities


class ClassificationTask(EngineTask):
    """outputs: (N, classes) scores, not yet probabilities. targets: (N,) class numbers, or (N, classes) shares of the
    classes for mixed pictures."""

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        check_class_names(rows)
        if len(rows.classes) < 2:
            found = f"only {rows.classes[0]!r}" if rows.classes else "none"
            raise UserError(f"At least two classes are needed; there is {found}.", "Look at the Labels block.")

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        warn_of_missing_classes(rows, emit)
        refuse_all_the_same(rows, f"the class {target_words(rows.targets(rows.train)[0])!r}")

    @property
    def head(self) -> HeadCard:
        return HeadCard(outputs=len(self.rows.classes))

    def collate(self, placed: Sequence[Placed]) -> NDArray[np.int64]:
        numbers = {name: number for number, name in enumerate(self.rows.classes)}
        return np.array([numbers[str(one.target)] for one in placed], dtype=np.int64)

    def mixable(self, targets: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.eye(len(self.rows.classes), dtype=np.float32)[targets]

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean cross entropy, smoothed where the recipe says so; that of `losses` never is."""
        return functional.cross_entropy(outputs, targets, label_smoothing=self._smoothing)

    @property
    def _smoothing(self) -> float:
        assert isinstance(self.block, Classification)
        return self.block.label_smoothing

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(outputs, targets, reduction="none")

    def metrics(self) -> "ClassificationMetrics":
        return ClassificationMetrics(len(self.rows.classes))

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        seen, names = evidence.sound(), card.classes
        if not seen.seen:
            return ()
        shares = probabilities(seen.kept(), card)
        right = np.array([names.index(str(one.target)) for one in seen.seen], dtype=np.int64)
        counts = np.bincount(right * len(names) + shares.argmax(1), minlength=len(names) ** 2)
        found: list[AnyPart | None] = [
            *class_parts(names, counts.reshape(len(names), -1).tolist()),
            calibration.of_classes(shares, right),
            threshold_sweep.of_two_classes(shares[:, 1], right == 1, names[1]) if len(names) == 2 else None,
            doubts_of_classes(seen.images, shares, right, names),
        ]
        return [part for part in found if part is not None]


class ClassificationMetrics(TaskMetrics):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.accuracy = MulticlassAccuracy(classes, average="micro", validate_args=False)
        self.macro_f1 = MulticlassF1Score(classes, average="macro", validate_args=False)

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        chosen = outputs.argmax(1)
        self.accuracy.update(chosen, targets)
        self.macro_f1.update(chosen, targets)

    def compute(self) -> dict[str, float]:
        return {"accuracy": float(self.accuracy.compute()), "macro_f1": float(self.macro_f1.compute())}
