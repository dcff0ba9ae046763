"""The Train page's use case: starting, stopping and resuming runs, and watching them from anywhere."""

import time
from collections.abc import Callable
from pathlib import Path

from studio.base.errors import UserError
from studio.blocks.recipe import Recipe
from studio.jobs.launch import start_detached
from studio.jobs.messages import Event, Failed, RunStarted, TrainRun
from studio.runs.control import ask_for
from studio.runs.events import EventFollower
from studio.runs.history import RunHistory, state_of
from studio.runs.run import Run, RunState, create_run, list_runs
from studio.runs.run import find_run as named_run
from studio.runs.summary import summarise

LIFE_CHECK_S = 0.5
START_UP_S = 20.0  # a child that has not taken its lock by then has died at its start
READ_S = 0.008  # a look at a long run's diary takes no longer, so that a window that looks stays quick
PORTION_BYTES = 1 << 15


def start_run(project: Path, recipe: Recipe, name: str = "") -> Run:
    """A new run of the project, training in a child that outlives this process. Raises UserError."""
    run = create_run(project / "runs", recipe, str(project), name)
    _launch(run, project, resume=False)
    return run


def stop_run(run: Run) -> None:
    """Ask the run to stop after the step it is at; it can go on later."""
    ask_for(run.folder, "stop")


def resume_run(run: Run, project: Path | None) -> None:
    """Go on with a run from its last checkpoint. Raises UserError when it is finished or still running."""
    watcher = RunWatcher(run)
    watcher.poll()
    if watcher.state == "finished":
        raise UserError(f"The run {run.name} is finished.", "Start a new run to train longer.")
    if watcher.state == "running":
        raise UserError(f"The run {run.name} is still being trained.", "Wait for it, or stop it first.")
    _launch(run, project, resume=True)


def find_run(project: Path, name: str) -> Run:
    """The run of the project by name or number. Raises UserError that lists what there is."""
    return named_run(project / "runs", name)


def running_run(project: Path) -> Run | None:
    """The run of this project that is being trained now, also when another window started it."""
    return next((run for run in reversed(list_runs(project / "runs")) if run.is_alive()), None)


class RunWatcher:
    """Follows a run by its folder: call `poll` now and then, it gives what is new."""

    def __init__(self, run: Run, just_started: bool = False) -> None:
        self.run = run
        self.history = RunHistory()
        self.is_alive = False
        self.is_behind = False  # whether the last look left something unread
        self.is_starting = just_started  # whether a child was started that has not begun yet
        self._state_ahead: RunState | None = None  # what the unread end of a long diary says
        self._follower = EventFollower(run.events_file)
        self._looked_at = 0.0
        self._grace_until = time.monotonic() + START_UP_S if just_started else 0.0

    @property
    def state(self) -> RunState:
        """How the run stands, as of the last `poll`."""
        has_grace = time.monotonic() < self._grace_until
        if self._state_ahead is not None and not (self.is_alive or has_grace):
            return self._state_ahead
        return state_of(self.history, self.is_alive or has_grace)

    def expect_start(self) -> None:
        """A child was started just now: give it a moment before it counts as dead."""
        self._grace_until = time.monotonic() + START_UP_S
        self.is_starting = True
        self.history.end = None

    def poll(self) -> list[Event]:
        """The new events, at most what can be read in a moment; looks twice a second whether the child lives."""
        now = time.monotonic()
        if now - self._looked_at >= LIFE_CHECK_S:
            was_alive, self.is_alive = self.is_alive, self.run.is_alive()
            self._looked_at = now
            if self.is_alive or was_alive:
                self._grace_until = 0.0
        events: list[Event] = []
        ends_at = time.monotonic() + READ_S
        while True:
            portion = self._follower.read_new(PORTION_BYTES)
            for event in portion:
                self.history.add(event)
            events += portion
            self.is_behind = bool(portion)
            if not portion or time.monotonic() >= ends_at:
                break
        if not self.is_behind:
            self._state_ahead = None
        elif self._state_ahead is None:
            self._state_ahead = summarise(self.run).state
        if self.history.end is not None:
            self._grace_until = 0.0
        if self.history.end is not None or any(isinstance(event, RunStarted) for event in events):
            self.is_starting = False
        return events

    def wait(self, on_event: Callable[[Event], None]) -> RunState:
        """Follow the run to its end, for commands. A child that died is told as Failed."""
        while True:
            was_running = self.state == "running"
            events = self.poll()
            for event in events:
                on_event(event)
            if not events and not was_running and self.state != "running":
                break
            if not events:
                time.sleep(0.05)
        if self.state in ("died", "new"):
            on_event(death_notice(self.run))
        return self.state


def death_notice(run: Run) -> Failed:
    """What to say of a child that ended without a word."""
    try:
        tail = run.log_file.read_text(encoding="utf-8", errors="replace")[-4000:]
    except OSError:
        tail = ""
    return Failed(
        message=f"The training of {run.name} ended unexpectedly: its process was killed or crashed.",
        hint="Resume goes on from the last checkpoint.",
        traceback=tail,
    )


def _launch(run: Run, project: Path | None, resume: bool) -> None:
    ask_for(run.folder, "go")
    request = TrainRun(run=str(run.folder), project=str(project) if project else None, resume=resume)
    start_detached(request, run.log_file)
