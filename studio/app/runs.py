"""The runs of the open project: which there are, which is shown, and what it is doing."""

import time

from studio.app.session import Session
from studio.app.training import RunWatcher, resume_run, running_run, start_run, stop_run
from studio.base.errors import UserError
from studio.base.listeners import Listeners
from studio.blocks.recipe import Recipe
from studio.jobs.messages import Event
from studio.project.store import Project
from studio.runs.run import Run, RunState, list_runs
from studio.runs.summary import RunSummary, summarise

LOOK_AROUND_S = 1.0  # so often the folder is looked through for runs that another window or a command started


class Runs:
    """Call `poll` about ten times a second while the window is open; listeners hear of what changed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changed: Listeners[str] = Listeners()  # tells "list", "shown", "events", "state"
        self.runs: list[Run] = []
        self.shown: RunWatcher | None = None
        self.training: Run | None = None  # the run that is being trained, whoever started it and whichever is shown
        self.new_events: list[Event] = []
        self._last_state: RunState | None = None
        self._looked_around = 0.0
        self._summaries: dict[str, tuple[object, RunSummary]] = {}
        session.project_changed.subscribe(self._take_project)

    @property
    def state(self) -> RunState | None:
        return self.shown.state if self.shown else None

    @property
    def is_training(self) -> bool:
        """Whether any run of the project is being trained."""
        return self.training is not None or self.state == "running"

    def show(self, run: Run, just_started: bool = False) -> None:
        """Follow this run from its beginning."""
        self.shown = RunWatcher(run, just_started)
        self.shown.poll()
        self._last_state = self.shown.state
        self.changed.tell("shown")

    def start(self, recipe: Recipe) -> Run:
        """Train a new run of the project. Raises UserError while another one of it is being trained."""
        project = self._project()
        busy = running_run(project.folder)
        if busy is not None:
            raise UserError(f"The run {busy.name} is being trained.", "Stop it first, or wait until it has finished.")
        run = start_run(project.folder, recipe)
        self._list()
        self.show(run, just_started=True)
        return run

    def stop(self) -> None:
        if self.shown is not None:
            stop_run(self.shown.run)

    def resume(self) -> None:
        """Go on with the run that is shown. Raises UserError when it is finished, or when one is being trained."""
        if self.shown is None:
            raise UserError("No run is shown.", "Choose one from the list of runs.")
        project = self._project()
        busy = running_run(project.folder)
        if busy is not None and busy != self.shown.run:
            raise UserError(f"The run {busy.name} is being trained.", "Stop it first, or wait until it has finished.")
        resume_run(self.shown.run, project.folder)
        self.shown.expect_start()
        self._last_state = self.shown.state
        self.changed.tell("state")

    def poll(self) -> None:
        """Take in what the shown run has told since the last call, and now and then which runs there are."""
        self._look_around()
        if self.shown is None:
            return
        self.new_events = self.shown.poll()
        if self.new_events:
            self.changed.tell("events")
        if self.shown.state != self._last_state:
            self._last_state = self.shown.state
            self._find_training(self.runs)
            self.changed.tell("state")

    def finished(self) -> list[Run]:
        """The runs that have results, newest first."""
        return [run for run in reversed(self.runs) if run.predictions_file.exists()]

    def with_model(self) -> list[str]:
        """The names of the runs that another one can start from, newest first."""
        return [run.name for run in reversed(self.runs) if run.card_file.exists()]

    def summary(self, run: Run) -> RunSummary:
        """How a run stands and how good it is; read again only when its files have changed."""
        try:
            status = run.events_file.stat()
            seen: object = (status.st_mtime_ns, status.st_size, run.card_file.exists(), run == self.training)
        except OSError:
            seen = None
        known = self._summaries.get(run.name)
        if known is None or known[0] != seen:
            known = self._summaries[run.name] = (seen, summarise(run))
        return known[1]

    def _look_around(self) -> None:
        project, now = self.session.project, time.monotonic()
        if project is None or now - self._looked_around < LOOK_AROUND_S:
            return
        self._looked_around = now
        runs, before = list_runs(project.runs_folder), self.training
        self._find_training(runs)
        if runs != self.runs:
            self._list()
            if self.shown is None and runs:
                self.show(self.training or runs[-1])
        elif self.training != before:
            self.changed.tell("list")

    def _find_training(self, runs: list[Run]) -> None:
        if self.training is None or not self.training.is_alive():
            self.training = next((run for run in reversed(runs) if run.is_alive()), None)

    def _take_project(self, project: Project | None) -> None:
        self.shown, self._last_state, self.training = None, None, None
        self._summaries.clear()
        self._find_training(list_runs(project.runs_folder) if project else [])
        self._list()
        if project is not None and self.runs:
            self.show(self.training or self.runs[-1])
        else:
            self.changed.tell("shown")

    def _list(self) -> None:
        project = self.session.project
        self.runs = list_runs(project.runs_folder) if project else []
        self.changed.tell("list")

    def _project(self) -> Project:
        if self.session.project is None:
            raise UserError("No project is open.", "Open a project, or make a new one.")
        return self.session.project
