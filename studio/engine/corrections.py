"""What learning from corrected labels changes: the model measured before its first step and with its best weights."""

import math
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.base.files import write_atomically
from studio.engine.checkpoint import BestEpoch
from studio.engine.feature_batches import FeatureBatches
from studio.engine.learner import Learner
from studio.engine.preparation import Prepared
from studio.jobs.messages import CorrectionsLearned

BEFORE = "before.json"  # in the run's folder: a resumed run has other weights by then


class Before(BaseModel):
    """The metrics of the model that was started from: on the pictures to check on, and on the corrected ones."""

    model_config = ConfigDict(frozen=True)

    checked: dict[str, float]
    corrected: dict[str, float]


class Corrections:
    """Of a run that learns from corrected labels; of any other it does nothing. learned: what came of it at its end."""

    def __init__(self, path: Path, prepared: Callable[[], Prepared], batches: Callable[[], FeatureBatches]) -> None:
        """path: of what was measured before. prepared, batches: of the stage under way."""
        self._path, self._prepared, self._batches = path, prepared, batches
        rows = prepared().rows
        is_asked = prepared().recipe.batch.sampler == "corrected"
        self._rows = [row for row in rows.used if rows.rows[row].changed] if is_asked else []
        self.learned: CorrectionsLearned | None = None

    def look_before(self, learner: Learner) -> None:
        """Measure, before the first step."""
        if self._rows:
            before = Before(checked=_finite(learner.validate().metrics), corrected=self._measure(learner))
            write_atomically(self._path, before.model_dump_json(indent=2).encode())

    def look_after(self, learner: Learner, best: BestEpoch) -> None:
        """Measure again, the network having its best weights; `best` is how good those are."""
        try:
            before = Before.model_validate_json(self._path.read_bytes()) if self._rows else None
        except (OSError, ValidationError):
            before = None
        if before is None:
            return
        valid = set(self._prepared().rows.valid)
        self.learned = CorrectionsLearned(
            since=self._prepared().card.weights.source,
            before=before.checked,
            after=best.metrics,
            corrected=len(self._rows),
            corrected_to_check=sum(row in valid for row in self._rows),
            corrected_before=before.corrected,
            corrected_after=self._measure(learner),
            kept_start=best.epoch == 0,
        )

    def _measure(self, learner: Learner) -> dict[str, float]:
        answers = learner.validate(on=lambda epoch, skip: self._batches().plain(self._rows, epoch, skip))
        return _finite(answers.metrics)


def _finite(metrics: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if math.isfinite(value)}
