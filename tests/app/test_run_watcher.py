"""Following a run: a long diary never holds its reader up, and a list of runs tells how each stands."""

from pathlib import Path

import pytest

from studio.app.runs import Runs
from studio.app.session import Session
from studio.app.settings import Settings
from studio.app.training import RunWatcher
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.jobs.messages import EpochEnded, Failed, Finished, ImagesLeftOut, RunStarted, StepDone, Stopped
from studio.runs.events import EventFollower, EventLog
from studio.runs.run import Run, create_run
from studio.runs.summary import summarise

STARTED = RunStarted(
    at=0.0, train_rows=8, valid_rows=2, classes=("a", "b"), steps_per_epoch=50_000, epochs=2, first_step=1,
    device="cpu", threads=1, batch_size=1,
)  # fmt: skip


def step(number: int) -> StepDone:
    return StepDone(step=number, loss=0.5, smoothed_loss=0.5, learning_rate=0.001, images_per_s=9.0, left_s=1.0)


def epoch(number: int, accuracy: float, is_best: bool) -> EpochEnded:
    metrics = {"accuracy": accuracy}
    return EpochEnded(
        epoch=number, step=number, train_loss=1.0, valid_loss=1.0, metrics=metrics, seconds=1.0, is_best=is_best
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return create_run(tmp_path / "runs", Recipe(source=Folder(path="pictures")), None)


def write_diary(run: Run, *events: object) -> None:
    log = EventLog(run.events_file)
    for event in events:
        log.write(event)  # type: ignore[arg-type]
    log.close()


def test_a_long_diary_is_read_in_portions_and_whole(run: Run) -> None:
    line = step(1).model_dump_json() + "\n"
    lines = [STARTED.model_dump_json() + "\n", *[line] * 20_000, Finished(run=run.name).model_dump_json() + "\n"]
    run.events_file.write_text("".join(lines))
    watcher = RunWatcher(run)
    looks = 0
    while not looks or watcher.is_behind:
        watcher.poll()
        looks += 1
        assert watcher.state == "finished"  # also while its end is not read yet
    assert looks > 3  # how long one takes is measured by the bench of the window
    assert len(watcher.history.steps) == 20_000


def test_a_line_longer_than_a_portion_comes_whole(run: Run) -> None:
    images = tuple((f"{place}.jpg", "It cannot be read.") for place in range(2000))
    write_diary(run, ImagesLeftOut(images=images), Stopped())
    follower = EventFollower(run.events_file)
    assert follower.read_new(limit_bytes=100) == [ImagesLeftOut(images=images)]
    assert follower.read_new(limit_bytes=100) == [Stopped()]


@pytest.mark.parametrize(
    ("end", "state"),
    [((), "died"), ((Stopped(),), "stopped"), ((Failed(message="m"),), "failed"), ((Finished(),), "finished")],
)
def test_summary_tells_state_and_best_metrics_from_the_end_of_the_diary(
    run: Run, end: tuple[object, ...], state: str
) -> None:
    steps = [step(number) for number in range(1, 900)]  # more than the tail that is read
    write_diary(run, STARTED, *steps, epoch(1, 0.9, True), epoch(2, 0.8, False), *end)
    summary = summarise(run)
    assert summary.state == state
    assert summary.metrics == {"accuracy": 0.9}


def test_summary_of_a_run_that_never_began(run: Run) -> None:
    assert summarise(run).state == "new"


def test_summary_of_a_run_of_which_only_steps_are_in_the_tail(run: Run) -> None:
    write_diary(run, STARTED, *[step(number) for number in range(1, 900)])
    assert summarise(run).state == "died"


def test_runs_that_others_start_are_found_and_block_a_second_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.app.runs.LOOK_AROUND_S", 0.0)
    session = Session(Settings())
    runs = Runs(session)
    project = session.create_project(tmp_path / "p.studio")
    heard: list[str] = []
    runs.changed.subscribe(heard.append)
    run = create_run(project.runs_folder, Recipe(source=Folder(path="pictures")), None)
    lock = run.lock()
    assert lock.acquire("somebody else")
    runs.poll()
    assert (runs.runs, runs.training, runs.state) == ([run], run, "running")
    assert runs.is_training
    assert "list" in heard
    lock.release()
    monkeypatch.setattr("studio.app.training.LIFE_CHECK_S", 0.0)
    runs.poll()
    assert not runs.is_training
    session.close()
