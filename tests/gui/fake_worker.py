"""A training child's side of a run, without training: its folder, its lock, and a diary told by a script."""

import math
from pathlib import Path

from studio.blocks.recipe import Recipe
from studio.jobs.messages import (
    CheckpointWritten,
    EpochEnded,
    Event,
    Failed,
    Finished,
    Progressed,
    Resumed,
    RunStarted,
    StagePlanned,
    StageStarted,
    StepDone,
    Stopped,
)
from studio.runs.events import EventLog
from studio.runs.predictions import ValidPrediction, write_predictions
from studio.runs.run import create_run


class FakeWorker:
    """Makes a run in a project and plays its child."""

    def __init__(
        self, project: Path, recipe: Recipe, classes: tuple[str, ...], image_root: str, steps: int = 26
    ) -> None:
        self.recipe, self.classes, self.steps_per_epoch = recipe, classes, steps
        self.epochs = recipe.training.all_epochs
        self.stages: tuple[StagePlanned, ...] = ()
        self.stage = 0
        self.run = create_run(project / "runs", recipe, str(project))
        facts = self.run.facts().model_copy(update={"classes": classes, "image_root": image_root})
        self.run.write_facts(facts)
        self.lock = self.run.lock()
        self.log: EventLog | None = None
        self.step = 0
        self.smoothed = 1.4
        self.best = 0.0

    def live(self) -> None:
        """Take the lock, as a child does when it begins."""
        assert self.lock.acquire("process 0")
        self.log = EventLog(self.run.events_file)

    def tell(self, *events: Event) -> None:
        assert self.log is not None
        for event in events:
            self.log.write(event)

    def prepare(self, done: int = 40, total: int = 41) -> None:
        self.tell(Progressed(what="pictures read", done=done, total=total))

    def begin(self, train_rows: int = 816, valid_rows: int = 204) -> None:
        self.tell(
            RunStarted(
                at=0.0,
                train_rows=train_rows,
                valid_rows=valid_rows,
                classes=self.classes,
                steps_per_epoch=self.steps_per_epoch,
                epochs=self.epochs,
                first_step=self.step + 1,
                device="cpu",
                threads=2,
                batch_size=32,
                stages=self.stages,
            )
        )

    def plan(self, *stages: tuple[str, int, int]) -> None:
        """Go through stages: of each its name, its epochs and how wide the pictures are."""
        done = 0
        for name, epochs, side_px in stages:
            planned = StagePlanned(name=name, first_epoch=done, epochs=epochs, width_px=side_px, height_px=side_px)
            self.stages = (*self.stages, planned)
            done += epochs
        self.epochs = done

    def enter(self, number: int) -> None:
        self.stage = number
        name = self.stages[number - 1].name
        self.tell(StageStarted(number=number, total=len(self.stages), name=name, step=self.step))

    def resume(self) -> None:
        self.tell(Resumed(at=0.0, step=self.step))

    def train(self, steps: int) -> None:
        """So many steps, with the epochs that end on the way."""
        total = self.steps_per_epoch * self.epochs
        for _ in range(steps):
            self.step += 1
            share = self.step / total
            loss = 1.3 * math.exp(-3 * share) + 0.12 + 0.12 * math.sin(2.7 * self.step) * math.sin(0.9 * self.step)
            self.smoothed = 0.9 * self.smoothed + 0.1 * loss
            rate = 1e-3 * math.sin(math.pi * min(share, 1.0)) ** 2
            self.tell(
                StepDone(
                    step=self.step,
                    loss=loss,
                    smoothed_loss=self.smoothed,
                    learning_rate=rate,
                    images_per_s=142.0,
                    left_s=(total - self.step) * 0.23,
                )
            )
            if self.step % self.steps_per_epoch == 0:
                self._end_epoch(share)

    def _end_epoch(self, share: float) -> None:
        epoch = self.step // self.steps_per_epoch
        accuracy = 1 - 0.75 * math.exp(-3.2 * share) - 0.03 * (epoch % 2)
        is_best, self.best = accuracy > self.best, max(accuracy, self.best)
        self.tell(
            EpochEnded(
                epoch=epoch,
                step=self.step,
                train_loss=self.smoothed,
                valid_loss=self.smoothed + 0.04 * (epoch % 3),
                metrics={"accuracy": accuracy, "macro_f1": accuracy - 0.02},
                seconds=6.1,
                is_best=is_best,
                stage=self.stage,
            ),
            CheckpointWritten(step=self.step),
        )

    def finish(self) -> None:
        self.tell(Finished(run=self.run.name, metrics={"accuracy": self.best}, train_s=34.2))
        self.die()

    def stop(self) -> None:
        self.tell(CheckpointWritten(step=self.step), Stopped(run=self.run.name, step=self.step))
        self.die()

    def fail(self, message: str, hint: str = "", trace: str = "") -> None:
        self.tell(Failed(message=message, hint=hint, traceback=trace))
        self.die()

    def die(self) -> None:
        """Let the lock go without a word, as a killed process does."""
        assert self.log is not None
        self.log.close()
        self.lock.release()

    def predict(self, predictions: list[ValidPrediction]) -> None:
        write_predictions(self.run.predictions_file, list(self.classes), predictions)
