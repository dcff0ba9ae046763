"""What a run has been through, in one value: the state that pages and commands show."""

from dataclasses import dataclass, field

from studio.jobs.messages import (
    CheckpointWritten,
    EpochEnded,
    Event,
    Failed,
    Finished,
    ImagesLeftOut,
    Progressed,
    Resumed,
    RunStarted,
    StepDone,
    Stopped,
    Warned,
)
from studio.runs.events import read_events
from studio.runs.run import Run, RunState


@dataclass
class RunHistory:
    """Grows by `add`. Steps and epochs that a resumed run goes through again replace the lost ones."""

    started: RunStarted | None = None
    steps: list[StepDone] = field(default_factory=list)
    epochs: list[EpochEnded] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    progress: Progressed | None = None
    checkpoint_step: int | None = None
    end: Finished | Stopped | Failed | None = None

    def add(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self.started, self.end, self.progress = event, None, None
        elif isinstance(event, StepDone):
            self.steps.append(event)
        elif isinstance(event, EpochEnded):
            self.epochs.append(event)
        elif isinstance(event, Resumed):
            self.end = None
            while self.steps and self.steps[-1].step > event.step:
                self.steps.pop()
            while self.epochs and self.epochs[-1].step > event.step:
                self.epochs.pop()
        elif isinstance(event, Warned):
            self.warnings.append(event)
        elif isinstance(event, ImagesLeftOut):
            self.left_out = list((dict(self.left_out) | dict(event.images)).items())
        elif isinstance(event, Progressed):
            self.progress = event
        elif isinstance(event, CheckpointWritten):
            self.checkpoint_step = event.step
        elif isinstance(event, Finished | Stopped | Failed):
            self.end = event

    def best(self) -> EpochEnded | None:
        """The epoch whose weights are kept as the model."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)


def read_history(run: Run) -> RunHistory:
    history = RunHistory()
    for event in read_events(run.events_file):
        history.add(event)
    return history


def state_of(history: RunHistory, is_alive: bool) -> RunState:
    """How the run stands. A run that neither lives nor said goodbye was killed, or its machine went down."""
    if isinstance(history.end, Finished):
        return "finished"
    if is_alive:
        return "running"
    if isinstance(history.end, Stopped):
        return "stopped"
    if isinstance(history.end, Failed):
        return "failed"
    return "died" if history.started or history.progress else "new"
