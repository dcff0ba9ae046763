"""The program from Python, without a window: the same code as its children run, in this process."""

from collections.abc import Callable, Iterable
from pathlib import Path

from studio.blocks.recipe import Recipe
from studio.child import models
from studio.child.job import Job
from studio.jobs.messages import Event, Finished, Predict, Prediction, Stopped, TrainRun
from studio.runs.run import Run, create_run

Tell = Callable[[Event], None]


def silent(event: Event) -> None:
    """Nobody hears of it."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def train(
    recipe: Recipe, runs_folder: str | Path = "runs", *, tell: Tell = silent, should_stop: Callable[[], bool] = never
) -> tuple[Run, Finished | Stopped]:
    """A new run in that folder, trained; and how it ended: `.metrics` are those of its model on the validation part.

    tell: hears every event. should_stop: asked between steps. Raises UserError for what can be mended.
    """
    run = create_run(Path(runs_folder).absolute(), recipe, None)
    return run, models.train_run(TrainRun(run=str(run.folder)), Job(tell, should_stop))


def resume(run: Run, *, tell: Tell = silent, should_stop: Callable[[], bool] = never) -> Finished | Stopped:
    """Goes on with a run that was stopped or killed, from its last checkpoint, as if nothing had happened."""
    return models.train_run(TrainRun(run=str(run.folder), resume=True), Job(tell, should_stop))


def predict(run: Run, paths: Iterable[str | Path]) -> list[Prediction]:
    """What the model says of each picture; a folder stands for all in it. One that cannot be read has a `reason`."""
    found: list[Event] = []
    asked = tuple(str(Path(path).absolute()) for path in paths)
    models.predict(Predict(run=str(run.folder), paths=asked), Job(found.append, never))
    return [event for event in found if isinstance(event, Prediction)]
