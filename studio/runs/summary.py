"""A run in one line, for lists: how it stands and how good it is, without reading all of its diary."""

import json
from dataclasses import dataclass

from studio.base.errors import UserError
from studio.blocks.task import Task
from studio.jobs.messages import Event
from studio.jobs.wire import parse_event
from studio.runs.history import RunHistory, state_of
from studio.runs.run import Run, RunState

TAIL_BYTES = 1 << 16
_STEP = b'"kind":"step_done"'


@dataclass(frozen=True)
class RunSummary:
    """`metrics` are those of the best epoch; empty where none is known. task: None where the recipe is damaged."""

    run: Run
    state: RunState
    metrics: dict[str, float]
    task: Task | None = None


def summarise(run: Run) -> RunSummary:
    """Read off the end of the diary, and off what the run left."""
    lines, is_begun = _tail(run)
    history = RunHistory()
    for line in lines:
        event = _event(line)
        if event is not None:
            history.add(event)
    state = state_of(history, run.is_alive())
    best = history.best()
    metrics = _published(run) or (best.metrics if best else {})
    return RunSummary(run, "died" if state == "new" and is_begun else state, metrics, _task(run))


def _tail(run: Run) -> tuple[list[bytes], bool]:
    """The last whole lines but the steps', and whether there are any lines at all."""
    try:
        with open(run.events_file, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read().splitlines()[size > TAIL_BYTES :]
    except OSError:
        return [], False
    return [line for line in lines if _STEP not in line], bool(lines)


def _task(run: Run) -> Task | None:
    try:
        return run.recipe().task
    except UserError:
        return None


def _event(line: bytes) -> Event | None:
    return parse_event(line.decode(errors="replace"))


def _published(run: Run) -> dict[str, float]:
    try:
        metrics = json.loads(run.card_file.read_bytes())["metrics"]
        return {str(name): float(value) for name, value in metrics.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
