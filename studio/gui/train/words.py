"""Runs in words: what their states, metrics and figures are called."""

from typing import NamedTuple

from studio.app.runs import Runs
from studio.base.wording import percent_words
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


def metric_name(name: str) -> str:
    """A metric's name as people write it: macro_f1 gives "Macro F1"."""
    return name.replace("_", " ").capitalize().replace(" f1", " F1")


def run_line(runs: Runs, run: Run, main_metric: str) -> str:
    """A run in one line: name, state, and how good it is where that is known."""
    summary = runs.summary(run)
    shown = runs.shown
    state = shown.state if shown is not None and shown.run == run else summary.state
    parts = [run.name, STATES[state].words.lower()]
    value = summary.metrics.get(main_metric)
    if value is not None:
        parts.append(f"{metric_name(main_metric).lower()} {percent_words(value)}")
    return " · ".join(parts)
