"""What a run has been through, in one value: the state that pages and commands show."""

from dataclasses import dataclass, field

from studio.jobs.messages import (
    CheckpointWritten,
    CorrectionsLearned,
    EpochEnded,
    Event,
    Failed,
    Finished,
    ImagesLeftOut,
    Progressed,
    Resumed,
    RunStarted,
    StagePlanned,
    StageStarted,
    StepDone,
    Stopped,
    Warned,
    WeightsTaken,
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
    stage: StageStarted | None = None
    checkpoint_step: int | None = None
    weights: WeightsTaken | None = None
    corrections: CorrectionsLearned | None = None
    end: Finished | Stopped | Failed | None = None

    def add(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self.started, self.end, self.progress, self.stage = event, None, None, None
        elif isinstance(event, StageStarted):
            self.stage, self.progress = event, None
        elif isinstance(event, StepDone):
            self.steps.append(event)
            self.progress = None  # the encoder may have looked at all pictures before this step
        elif isinstance(event, EpochEnded):
            while self.epochs and self.epochs[-1].epoch >= event.epoch:  # told, but not written down when it died
                self.epochs.pop()
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
        elif isinstance(event, WeightsTaken):
            self.weights = event
        elif isinstance(event, CorrectionsLearned):
            self.corrections = event
        elif isinstance(event, Finished | Stopped | Failed):
            self.end = event

    def stage_at(self, step: int) -> StagePlanned | None:
        """The stage that a step, counted from 1, belongs to; None where there are no stages."""
        if self.started is None or not self.started.stages:
            return None
        epoch = (step - 1) // max(self.started.steps_per_epoch, 1)
        return next((stage for stage in reversed(self.started.stages) if stage.first_epoch <= epoch), None)

    def best(self) -> EpochEnded | None:
        """The epoch whose weights are kept as the model: of several stages, the best of the last."""
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
