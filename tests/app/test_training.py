"""Runs seen from outside: watched by their folder, found by name, and what is said of a child that died."""

from pathlib import Path

import pytest

from studio.app.scripts import as_json, as_python
from studio.app.training import RunWatcher, find_run, resume_run, running_run, start_run, stop_run
from studio.base.errors import UserError
from studio.blocks.recipe import Recipe, read_recipe
from studio.blocks.source.folder import Folder
from studio.jobs.messages import Event, Failed, Finished, RunStarted
from studio.project.store import Project
from studio.runs.events import EventLog
from studio.runs.run import Run, create_run

RECIPE = Recipe(source=Folder(path="photos"))
STARTED = RunStarted(
    at=0, train_rows=8, valid_rows=2, classes=("a", "b"), steps_per_epoch=4, epochs=2, first_step=0, device="cpu",
    threads=2, batch_size=2,
)  # fmt: skip


def make_run(folder: Path) -> Run:
    return create_run(folder / "runs", RECIPE, None)


def test_a_run_that_lives_is_running_and_one_that_vanished_has_died(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    EventLog(run.events_file).write(STARTED)
    lock = run.lock()
    assert lock.acquire("the child")
    watcher = RunWatcher(run)
    assert watcher.poll() == [STARTED]
    assert watcher.state == "running"
    assert running_run(tmp_path) == run
    lock.release()  # what the system does for a process that was killed
    later = RunWatcher(run)
    later.poll()
    assert later.state == "died"
    assert running_run(tmp_path) is None


def test_a_dead_child_is_told_with_the_tail_of_its_log(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    EventLog(run.events_file).write(STARTED)
    run.log_file.write_text("the last words")
    heard: list[Event] = []
    assert RunWatcher(run).wait(heard.append) == "died"
    failed = heard[-1]
    assert isinstance(failed, Failed)
    assert "killed" in failed.message
    assert failed.traceback == "the last words"


def test_a_finished_run_is_not_resumed(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    EventLog(run.events_file).write(Finished())
    with pytest.raises(UserError, match="finished"):
        resume_run(run, None)


def test_runs_are_found_by_name_and_number(tmp_path: Path) -> None:
    first, second = make_run(tmp_path), make_run(tmp_path)
    assert find_run(tmp_path, "2") == second
    assert find_run(tmp_path, first.name) == first
    with pytest.raises(UserError) as refused:
        find_run(tmp_path, "9")
    assert second.name in refused.value.hint


def test_an_impossible_run_fails_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with Project.create(tmp_path / "mine", author="me") as project:
        folder = project.folder
    run = start_run(folder, Recipe(source=Folder(path=str(tmp_path / "nothing"))))
    watcher = RunWatcher(run, just_started=True)
    heard: list[Event] = []
    assert watcher.wait(heard.append) == "failed"
    failed = heard[-1]
    assert isinstance(failed, Failed)
    assert "No pictures were found" in failed.message
    assert failed.hint


def test_stop_is_left_in_the_control_file(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    stop_run(run)
    assert (run.folder / "control").read_text() == "stop"


def test_the_copied_json_is_the_recipe() -> None:
    assert read_recipe(as_json(RECIPE)) == RECIPE


def test_the_copied_python_makes_the_same_recipe() -> None:
    recipe = RECIPE.model_copy(update={"source": Folder(path='it\'s "here"\n', recursive=False)})
    names: dict[str, object] = {"__name__": "a script that is not run as the main one"}
    exec(compile(as_python(recipe, "/somewhere/Project.studio"), "copied.py", "exec"), names)
    assert names["recipe"] == recipe
