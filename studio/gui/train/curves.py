"""The numbers of a run as arrays, kept up to date with its history at the cost of what is new."""

from array import array

import numpy as np

from studio.gui.thinning import Numbers
from studio.jobs.messages import StepDone
from studio.runs.history import RunHistory

_NAN = float("nan")


def _number(value: float | None) -> float:
    return _NAN if value is None else value


class RunCurves:
    """Call `take` whenever the history has grown, then read the arrays."""

    def __init__(self) -> None:
        self._history: RunHistory | None = None
        self._steps: list[StepDone] = []
        self._columns = [array("d") for _ in range(4)]

    def take(self, history: RunHistory) -> None:
        """Take in what is new; steps that a resumed run goes through again replace the old ones."""
        if history is not self._history:
            self._history = history
            self._cut(0)
        kept = min(len(self._steps), len(history.steps))
        while kept and history.steps[kept - 1] is not self._steps[kept - 1]:
            kept -= 1
        self._cut(kept)
        new = history.steps[kept:]
        self._steps += new
        numbers, losses, smoothed, rates = self._columns
        numbers.extend(float(step.step) for step in new)
        losses.extend(_number(step.loss) for step in new)
        smoothed.extend(_number(step.smoothed_loss) for step in new)
        rates.extend(step.learning_rate for step in new)

    @property
    def steps(self) -> Numbers:
        return np.array(self._columns[0])

    @property
    def losses(self) -> Numbers:
        return np.array(self._columns[1])

    @property
    def smoothed_losses(self) -> Numbers:
        return np.array(self._columns[2])

    @property
    def learning_rates(self) -> Numbers:
        return np.array(self._columns[3])

    def _cut(self, kept: int) -> None:
        if kept < len(self._steps):
            del self._steps[kept:]
            for column in self._columns:
                del column[kept:]


def epoch_steps(history: RunHistory) -> Numbers:
    """The step at which each epoch ended."""
    return np.array([float(epoch.step) for epoch in history.epochs])


def valid_losses(history: RunHistory) -> Numbers:
    """The validation loss of each epoch."""
    return np.array([_number(epoch.valid_loss) for epoch in history.epochs])


def metric_values(history: RunHistory, metric: str) -> Numbers:
    """A metric of each epoch."""
    return np.array([epoch.metrics.get(metric, _NAN) for epoch in history.epochs])


def stage_borders(history: RunHistory) -> list[tuple[float, str]]:
    """Between which steps each stage after the first begins, as far as the run has come, with its name."""
    started = history.started
    if started is None or not history.steps:
        return []
    found = [(stage.first_epoch * started.steps_per_epoch + 0.5, stage.name) for stage in started.stages[1:]]
    return [(at, name) for at, name in found if at < history.steps[-1].step]
