"""A run's folder: numbered, readable while it is written, and with names as they are."""

import gzip
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import UserError
from studio.base.locks import FileLock
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.table import Row
from studio.jobs.messages import (
    CheckpointWritten,
    EpochEnded,
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
from studio.runs.control import Control, ask_for
from studio.runs.events import EventFollower, EventLog, read_events
from studio.runs.history import RunHistory, state_of
from studio.runs.labels import read_labels, write_labels
from studio.runs.predictions import ValidPrediction, read_predictions, write_predictions
from studio.runs.run import Run, create_run, find_run, list_runs

RECIPE = Recipe(source=Folder(path="photos"))
STARTED = RunStarted(
    at=0, train_rows=8, valid_rows=2, classes=("a", "b"), steps_per_epoch=4, epochs=2, first_step=0, device="cpu",
    threads=2, batch_size=2,
)  # fmt: skip


def step(number: int) -> StepDone:
    return StepDone(step=number, loss=1.0, smoothed_loss=1.0, learning_rate=0.1, images_per_s=1, left_s=1)


def epoch(number: int, last_step: int) -> EpochEnded:
    return EpochEnded(
        epoch=number, step=last_step, train_loss=1, valid_loss=1, metrics={"accuracy": 0.5}, seconds=1, is_best=True
    )


def test_runs_are_numbered_and_listed_in_order(tmp_path: Path) -> None:
    names = [create_run(tmp_path, RECIPE, None, name).name for name in ("first try", "Zweiter/../Versuch", "")]
    assert names == ["0001-first-try", "0002-zweiter-versuch", "0003-resnet18-5ep"]
    assert [run.name for run in list_runs(tmp_path)] == names
    assert Run(tmp_path / names[0]).recipe() == RECIPE


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not the folder of a run"):
        Run(tmp_path).recipe()


def test_a_follower_gets_whole_events_only(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log, follower = EventLog(path), EventFollower(path)
    assert follower.read_new() == []
    log.write(step(1))
    line = step(2).model_dump_json().encode()
    with open(path, "ab") as file:
        file.write(line[:20])
        file.flush()
        assert follower.read_new() == [step(1)]
        file.write(line[20:] + b"\n")
    assert follower.read_new() == [step(2)]


def test_half_a_line_of_a_killed_child_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(step(1).model_dump_json().encode() + b"\n" + b'{"kind":"step_do')
    log = EventLog(path)
    log.write(step(2))
    assert read_events(path) == [step(1), step(2)]


def test_a_large_diary_is_read_in_portions(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    for number in range(1, 201):
        log.write(step(number))
    follower = EventFollower(log.path)
    portions = []
    while new := follower.read_new(limit_bytes=2000):
        portions.append(new)
    assert len(portions) > 5
    assert [event.step for portion in portions for event in portion] == list(range(1, 201))


def test_a_resumed_run_forgets_the_steps_it_goes_through_again() -> None:
    history = RunHistory()
    for event in (STARTED, step(1), step(2), step(3), step(4), epoch(1, 4), step(5), step(6)):
        history.add(event)
    history.add(Resumed(at=1, step=3))
    assert [item.step for item in history.steps] == [1, 2, 3]
    assert history.epochs == []
    history.add(CheckpointWritten(step=4))
    assert history.checkpoint_step == 4


def test_states() -> None:
    history = RunHistory()
    assert state_of(history, False) == "new"
    history.add(STARTED)
    assert state_of(history, True) == "running"
    assert state_of(history, False) == "died"
    for end, state in ((Stopped(), "stopped"), (Failed(message="x"), "failed"), (Finished(), "finished")):
        history.add(end)
        assert state_of(history, False) == state


def test_control(tmp_path: Path) -> None:
    control = Control(tmp_path)
    assert not control.is_stop_asked()
    ask_for(tmp_path, "stop")
    assert control.is_stop_asked()
    ask_for(tmp_path, "go")
    assert not control.is_stop_asked()


text = st.text(min_size=1, max_size=30).filter(lambda value: "\x00" not in value)


@given(st.lists(st.tuples(text, st.none() | text), max_size=20, unique_by=lambda pair: pair[0]))
def test_labels_come_back_as_they_were(pairs: list[tuple[str, str | None]]) -> None:
    import tempfile

    rows = [Row(image, target, "somebody" if target else "", "train" if target else "") for image, target in pairs]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv.gz"
        write_labels(path, rows)
        assert read_labels(path) == rows


def test_damaged_labels_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv.gz"
    path.write_bytes(gzip.compress(b"image,target\na,b\n")[:-8])
    with pytest.raises(UserError, match="damaged"):
        read_labels(path)


def test_predictions_come_back(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    items = [ValidPrediction('a "quoted"\nname.png', "p:x", "b", 0.25, {"p:x": 0.75, "b": 0.25})]
    write_predictions(path, ["p:x", "b"], items)
    assert read_predictions(path) == items


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.holder() is None
    assert lock.acquire("the window")
    other = FileLock(tmp_path / "lock")
    assert other.holder() == "the window"
    assert not other.acquire("another")
    lock.release()
    assert other.acquire("another")


def test_asking_for_the_holder_does_not_keep_the_lock_from_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            FileLock(path).holder()

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        for _ in range(50):
            lock = FileLock(path)
            assert lock.acquire(f"process {os.getpid()}")
            lock.release()
    finally:
        is_over.set()
        asker.join()


def test_a_run_knows_which_stage_it_is_in() -> None:
    planned = [
        StagePlanned(name=name, first_epoch=first, epochs=1, width_px=side, height_px=side)
        for name, first, side in (("small", 0, 32), ("large", 1, 64))
    ]
    history = RunHistory()
    history.add(STARTED.model_copy(update={"stages": tuple(planned)}))
    history.add(StageStarted(number=1, total=2, name="small", step=0))
    assert [history.stage_at(step) for step in (1, 4, 5, 8)] == [planned[0], planned[0], planned[1], planned[1]]
    history.add(Progressed(what="pictures read", done=1, total=9))
    assert history.progress is not None
    history.add(StageStarted(number=2, total=2, name="large", step=4))
    assert history.progress is None  # they are read: the next steps come
    assert history.stage is not None
    assert history.stage.number == 2
    history.add(STARTED)
    assert history.stage is None
    assert history.stage_at(1) is None


def test_what_a_stage_left_lies_in_a_folder_like_a_runs(tmp_path: Path) -> None:
    run = create_run(tmp_path, RECIPE, None)
    assert run.after_stage(2, "../Größe: 64 px!").folder == run.folder / "stages" / "2-gr-e-64-px"
    assert run.after_stage(3, "§").folder.name == "3-stage"
    run.after_stage(1, "small").folder.mkdir(parents=True)
    assert list_runs(tmp_path) == [run]


def test_labels_remember_what_was_changed_and_old_files_open(tmp_path: Path) -> None:
    rows = [Row("a.png", "cat", "Ada", "train", changed=True), Row("b.png", "dog", "folder", "valid")]
    write_labels(tmp_path / "labels.csv.gz", rows)
    assert read_labels(tmp_path / "labels.csv.gz") == rows
    (tmp_path / "old.csv.gz").write_bytes(gzip.compress(b"image,target,labeled_by,part\r\na.png,cat,folder,train\r\n"))
    assert read_labels(tmp_path / "old.csv.gz") == [Row("a.png", "cat", "folder", "train")]


def test_a_run_is_found_by_name_number_stage_or_folder(tmp_path: Path) -> None:
    first, second = (create_run(tmp_path / "p.studio" / "runs", RECIPE, None, name) for name in ("one", "two"))
    runs = first.folder.parent
    stage = second.after_stage(1, "Head")
    stage.folder.mkdir(parents=True)
    (stage.folder / "recipe.json").write_text(RECIPE.model_dump_json())
    assert find_run(runs, "0002-two") == find_run(runs, "2") == second
    assert find_run(runs, f"{second.name}/stages/1-head").folder == stage.folder
    assert find_run(tmp_path, str(first.folder)).folder == first.folder
    for name in ("3", "", "..", "no\0thing"):
        with pytest.raises(UserError, match="There is no run") as caught:
            find_run(runs, name)
        assert "0001-one, 0002-two" in caught.value.hint


def test_an_epoch_that_is_told_again_is_there_once() -> None:
    """The child died between telling of the start and writing it down."""
    history = RunHistory()
    for event in (STARTED, epoch(0, 0), STARTED, Resumed(at=1, step=0), epoch(0, 0), step(1), epoch(1, 4)):
        history.add(event)
    assert [item.epoch for item in history.epochs] == [0, 1]
