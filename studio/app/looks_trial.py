"""Does looking several times help? A child measures a run's model both ways; what came out stays with the run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from studio.app.metric_words import metric_inside, metric_value
from studio.app.session import Session, Ticket
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.base.wording import count_words
from studio.blocks.forms import field_errors
from studio.blocks.several_looks import SeveralLooks
from studio.blocks.task import Task
from studio.jobs.launch import ask
from studio.jobs.messages import CompareLooks, Event, Failed, Finished, Progressed, Stopped
from studio.runs.looks_comparison import LooksComparison, Verdict
from studio.runs.run import Run

CHILD = "looks"
VERDICTS: dict[Verdict, str] = {
    "helps": "Looking several times helps",
    "harms": "Looking several times makes it worse",
    "no_clear_difference": "Looking several times makes no clear difference",
}


class LooksTrial:
    """One at a time. `run`: the one that is measured, or was last; `failure`: why that did not work."""

    def __init__(self, session: Session) -> None:
        self.changed: Listeners[str] = Listeners()  # tells "started", "progress", "ended"
        self.run: Run | None = None
        self.progress: Progressed | None = None
        self.failure: Failed | None = None
        self._session = session
        self._ticket: Ticket | None = None
        session.project_changed.subscribe(lambda project: self._forget())

    @property
    def is_measuring(self) -> bool:
        return self._ticket is not None

    def begin(self, run: Run, settings: SeveralLooks | None = None) -> None:
        """Measure a run's model, instead of what is being measured now. Raises UserError when it has none."""
        _check_model(run)
        self._forget()
        self.run = run
        request = CompareLooks(run=str(run.folder), several_looks=settings or SeveralLooks())
        tickets: list[Ticket] = []
        tickets.append(self._session.ask(CHILD, request, lambda event: self._hear(event, tickets)))
        self._ticket = tickets[0]
        self.changed.tell("started")

    def cancel(self) -> None:
        """Give up; what was measured before stays."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
            self.changed.tell("ended")

    def _hear(self, event: Event, tickets: list[Ticket]) -> None:
        if not tickets or self._ticket is not tickets[0]:
            return
        if isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("progress")
        elif isinstance(event, Finished | Stopped | Failed):
            self.failure = event if isinstance(event, Failed) else None
            # The next one may be far away, and the child holds hundreds of megabytes.
            self._session.in_background(self._ticket.child.close, lambda came: None)
            self._ticket = None
            self.changed.tell("ended")

    def _forget(self) -> None:
        self.cancel()
        self.run, self.progress, self.failure = None, None, None


def compare_and_wait(
    run: Run, settings: SeveralLooks, on_event: Callable[[Event], None]
) -> Finished | Stopped | Failed:
    """Measure and wait, for commands. Raises UserError when the run has no model yet."""
    _check_model(run)
    return ask(CompareLooks(run=str(run.folder), several_looks=settings), on_event)


def comparison_words(task: Task, found: LooksComparison) -> str:
    """What came out, in two sentences."""
    name = task.main_metric
    before, after = (metrics.get(name) for metrics in (found.plain, found.several))
    numbers = ""
    if before is not None and after is not None:
        words = f"{metric_value(task, name, after)} instead of {metric_value(task, name, before)}"
        numbers = f": {metric_inside(name)} {words} with {count_words(found.looks, 'look')}"
    changed = f"{found.better} of {count_words(found.pictures, 'picture')} better, {found.worse} worse"
    times = found.several_s / found.plain_s if found.plain_s else float(found.looks)
    return f"{VERDICTS[found.verdict]}{numbers}; {changed}. It takes {times:.1f} times as long."


def looks_from(texts: Sequence[str]) -> SeveralLooks:
    """Settings as commands take them, FIELD=VALUE each. Raises UserError that names the setting and what it may be."""
    values: dict[str, Any] = {}
    known = [name for name in SeveralLooks.model_fields if name != "kind"]
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in known:
            raise UserError(f"There is no way to look called '{text}'.", f"Write FIELD=VALUE: {', '.join(known)}.")
        values[name] = _value(value)
    try:
        return SeveralLooks.model_validate(values)
    except ValidationError as error:
        name, reason = next(iter(field_errors(error).items()))
        raise UserError(f"'{name}' does not fit: {reason}", "Give another value.") from error


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_model(run: Run) -> None:
    if not Path(run.weights_file).exists():
        raise UserError(f"The run {run.name} has no model yet.", "Wait until it has finished, or resume it.")
