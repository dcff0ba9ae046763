"""Ending a training that does not become better any more."""

from collections.abc import Callable

from studio.engine.learner import Callback, EndTraining, Learner
from studio.engine.reporting import Scores
from studio.jobs.messages import Event, Warned


class EarlyStopping(Callback):
    """Ends the run when `patience_epochs` epochs in a row were no better than the best one before them.

    first_epoch: how many epochs do not count. Of several stages only the last can end early: those before it get the
    model ready for it.
    """

    order = 48  # when the epoch's checkpoint is written

    def __init__(
        self, scores: Scores, patience_epochs: int, emit: Callable[[Event], None], first_epoch: int = 0
    ) -> None:
        self.scores = scores
        self.patience_epochs = patience_epochs
        self.emit = emit
        self.first_epoch = first_epoch

    def before_fit(self, learner: Learner) -> None:
        self._look(learner)  # it may have been interrupted just before its end

    def after_epoch(self, learner: Learner) -> None:
        self._look(learner)

    def _look(self, learner: Learner) -> None:
        best = self.scores.best
        if best is None or best.epoch <= self.first_epoch or learner.epoch - best.epoch < self.patience_epochs:
            return
        self.emit(
            Warned(
                message=f"The training ended after epoch {learner.epoch}: it had not become better since epoch "
                f"{best.epoch}.",
                hint="The Training block says how long to wait for that.",
            )
        )
        raise EndTraining
