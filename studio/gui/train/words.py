"""Runs in words: what their states, metrics and figures are called."""

from typing import NamedTuple

from studio.app.metric_words import metric_inside, metric_value
from studio.app.runs import Runs
from studio.gui.widgets.marks import State
from studio.runs.run import Run, RunState


class StateWords(NamedTuple):
    """How a state is named and marked."""

    words: str
    mark: State
    tone: str


STATES: dict[RunState, StateWords] = {
    "new": StateWords("Not begun", "empty", ""),
    "running": StateWords("Training", "running", "accent"),
    "finished": StateWords("Finished", "done", "good"),
    "stopped": StateWords("Stopped", "warning", "warning"),
    "failed": StateWords("Failed", "failed", "wrong"),
    "died": StateWords("Ended unexpectedly", "failed", "wrong"),
}


def run_line(runs: Runs, run: Run) -> str:
    """A run in one line: name, state, and how good it is where that is known."""
    summary = runs.summary(run)
    shown = runs.shown
    state = shown.state if shown is not None and shown.run == run else summary.state
    parts = [run.name, STATES[state].words.lower()]
    task = summary.task
    value = summary.metrics.get(task.main_metric) if task is not None else None
    if task is not None and value is not None:
        parts.append(f"{metric_inside(task.main_metric)} {metric_value(task, task.main_metric, value)}")
    return " · ".join(parts)
