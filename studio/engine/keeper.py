"""When a run's state is written: after each epoch, and every so often within one."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.base.files import write_atomically
from studio.engine.callbacks import Losses
from studio.engine.checkpoint import Checkpoints, Standing
from studio.engine.learner import Callback, Learner
from studio.engine.model import EncoderAndHead
from studio.engine.reporting import Scores
from studio.jobs.messages import CheckpointWritten, Event


@dataclass(frozen=True)
class Pace:
    """Within an epoch: every `seconds`, but writing takes at most one part in `share` of the time. Or every so many
    steps, for tests. What a run learns does not depend on it."""

    seconds: float = 15.0
    share: int = 50
    steps: int | None = None


class Clock:
    """How long a run has trained, over all its sittings: from the first step to the last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before_s = _read_seconds(path)
        self._began: float | None = None
        self._last = 0.0

    def tick(self) -> None:
        self._last = time.monotonic()
        if self._began is None:
            self._began = self._last

    @property
    def seconds(self) -> float:
        return self._before_s + (self._last - self._began if self._began is not None else 0.0)

    def save(self) -> None:
        # Beside the checkpoint, not in it: two runs that learned the same have the same checkpoint.
        write_atomically(self._path, json.dumps({"train_s": self.seconds}).encode())


class Keeper(Callback):
    """Writes checkpoints and the best weights."""

    order = 40

    def __init__(
        self,
        checkpoints: Checkpoints,
        losses: Losses,
        scores: Scores,
        clock: Clock,
        emit: Callable[[Event], None],
        pace: Pace,
    ) -> None:
        self.checkpoints = checkpoints
        self.losses = losses
        self.scores = scores
        self.clock = clock
        self.emit = emit
        self.pace = pace
        self._written: Standing | None = None
        self._next_at = time.monotonic() + pace.seconds

    def before_step(self, learner: Learner) -> None:
        self.clock.tick()

    def after_step(self, learner: Learner) -> None:
        self.clock.tick()
        if self._is_due(learner):
            self.write(learner)

    def after_epoch(self, learner: Learner) -> None:
        learner.precision.check()
        self._look_at_encoder(learner)
        if self.scores.is_best:
            self.checkpoints.write_best(learner.epoch, learner.weights())
        self.losses.epoch_loss = 0.0
        self.write(learner)

    def write(self, learner: Learner) -> None:
        """Write where the run stands now, unless that has been done."""
        standing = Standing(
            step=learner.step,
            epoch=learner.epoch,
            epoch_loss=self.losses.epoch_loss,
            smoothed=self.losses.smoothed,
            scaling=learner.precision.state(),
            best=self.scores.best,
        )
        if standing == self._written:
            return
        began = time.monotonic()
        self._look_at_encoder(learner)
        self.checkpoints.write(standing, learner.model, learner.optimizer, learner.average)
        self.clock.save()
        self._written = standing
        now = time.monotonic()
        self._next_at = now + max(self.pace.seconds, self.pace.share * (now - began))
        self.emit(CheckpointWritten(step=learner.step))

    def _look_at_encoder(self, learner: Learner) -> None:
        """Its weights need not be written again while it stands still; averaged ones may still be on their way."""
        model = learner.model if isinstance(learner.model, EncoderAndHead) and learner.average is None else None
        self.checkpoints.files.still_since = model.still_since if model is not None else None

    def _is_due(self, learner: Learner) -> bool:
        if self.pace.steps is not None:
            return learner.step % self.pace.steps == 0
        return time.monotonic() >= self._next_at


def _read_seconds(path: Path) -> float:
    try:
        return float(json.loads(path.read_bytes())["train_s"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
