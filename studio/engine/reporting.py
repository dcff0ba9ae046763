"""What a training tells the world: steps, epochs, checkpoints; and which epoch is the best."""

import math
import time
from collections import deque
from collections.abc import Callable

from studio.base.errors import UserError
from studio.engine.callbacks import Losses
from studio.engine.checkpoint import BestEpoch
from studio.engine.interpret import Answers
from studio.engine.learner import Callback, Learner
from studio.jobs.messages import EpochEnded, Event, ImagesLeftOut, StepDone

Emit = Callable[[Event], None]

_STEP_EVENT_S = 0.05  # a plot cannot show more, and the diary of a long run stays small
_SPEED_STEPS = 20  # the last steps that speed is measured over


class Scores(Callback):
    """Notes how good each epoch is on the validation part, and knows the best: by the main metric, then by the loss.

    Epoch 0 is the model before its first step.

    lower_is_better: whether the main metric is an error.  stage: the number of the one under way; a later stage sees
    the pictures otherwise, so its first epoch is the best again.
    """

    order = 10

    def __init__(self, main_metric: str, lower_is_better: bool = False) -> None:
        self.main_metric = main_metric
        self.lower_is_better = lower_is_better
        self.stage = 0
        self.best: BestEpoch | None = None
        self.best_answers: Answers | None = None  # None also where the best epoch was in an earlier sitting
        self.last = BestEpoch(epoch=0, metrics={}, valid_loss=None)
        self.is_best = False

    def after_epoch(self, learner: Learner) -> None:
        answers = learner.answers
        loss = answers.loss if math.isfinite(answers.loss) else None
        metrics = {name: value for name, value in answers.metrics.items() if math.isfinite(value)}
        self.last = BestEpoch(epoch=learner.epoch, metrics=metrics, valid_loss=loss, stage=self.stage)
        old = self.best if self.best is not None and self.best.stage == self.stage else None
        self.is_best = old is None or self._rank(self.last) > self._rank(old)
        if self.is_best:
            self.best, self.best_answers = self.last, answers

    def _rank(self, epoch: BestEpoch) -> tuple[float, float]:
        # An epoch as good as the start is better: it has learned what the start did not know.
        loss = epoch.valid_loss if epoch.valid_loss is not None and epoch.epoch else math.inf
        value = epoch.metrics.get(self.main_metric)
        if value is None:  # nothing could be measured
            return -math.inf, -loss
        return (-value if self.lower_is_better else value), -loss


class Report(Callback):
    """Emits StepDone and EpochEnded, with the speed and the time that is left."""

    order = 20

    def __init__(self, emit: Emit, losses: Losses, scores: Scores, epochs: int) -> None:
        self.emit = emit
        self.losses = losses
        self.scores = scores
        self.epochs = epochs
        self._steps: deque[tuple[float, int]] = deque(maxlen=_SPEED_STEPS)  # (end, pictures)
        self._told_at = 0.0
        self._epoch_began = self._trained_at = time.monotonic()
        self._validation_s = 0.0

    def before_fit(self, learner: Learner) -> None:
        self._epoch_began = time.monotonic()
        self._steps.append((self._epoch_began, 0))

    def after_loss(self, learner: Learner) -> None:
        if not self.losses.is_number:
            self._tell(learner, learner.step + 1, None)

    def after_step(self, learner: Learner) -> None:
        self._trained_at = time.monotonic()
        self._steps.append((self._trained_at, len(learner.batch.rows)))
        is_last = learner.step % learner.steps_per_epoch == 0
        if is_last or self._trained_at - self._told_at >= _STEP_EVENT_S:
            self._told_at = self._trained_at
            self._tell(learner, learner.step, self.losses.last)

    def after_epoch(self, learner: Learner) -> None:
        now = time.monotonic()
        self._validation_s = now - self._trained_at
        last = self.scores.last
        self.emit(
            EpochEnded(
                epoch=learner.epoch,
                step=learner.step,
                train_loss=self.losses.epoch_loss / learner.steps_per_epoch if learner.epoch else None,
                valid_loss=last.valid_loss,
                metrics=last.metrics,
                seconds=now - self._epoch_began,
                is_best=self.scores.is_best,
                stage=last.stage,
            )
        )
        self._epoch_began = now
        self._steps.clear()  # speed is that of training: the validation in between does not count
        self._steps.append((now, 0))

    def _tell(self, learner: Learner, step: int, loss: float | None) -> None:
        seconds = max(self._steps[-1][0] - self._steps[0][0], 1e-9)
        pictures = sum(count for _, count in list(self._steps)[1:])
        step_s = seconds / max(len(self._steps) - 1, 1)
        steps_left = self.epochs * learner.steps_per_epoch - step
        self.emit(
            StepDone(
                step=step,
                loss=loss,
                smoothed_loss=self.losses.shown(step) if loss is not None else None,
                learning_rate=learner.optimizer.param_groups[-1]["lr"],
                images_per_s=pictures / seconds,
                left_s=steps_left * step_s + (self.epochs - learner.epoch) * self._validation_s,
            )
        )


class LostPictures(Callback):
    """Tells of pictures that went away while the run was under way. Called by the loader's threads."""

    order = 30

    def __init__(self, emit: Emit, name_of: Callable[[int], str], left_out: tuple[tuple[str, str], ...]) -> None:
        self.emit = emit
        self.name_of = name_of
        self.left_out = left_out
        self._lost: dict[int, str] = {}
        self._told = 0

    def __call__(self, row: int, error: UserError) -> None:
        self._lost[row] = error.message

    def after_step(self, learner: Learner) -> None:
        self._tell()

    def after_epoch(self, learner: Learner) -> None:
        self._tell()

    def _tell(self) -> None:
        lost = dict(self._lost)
        if len(lost) > self._told:
            self._told = len(lost)
            images = tuple((self.name_of(row), reason) for row, reason in sorted(lost.items()))
            self.emit(ImagesLeftOut(images=self.left_out + images))
