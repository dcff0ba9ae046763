"""The loop of the program: train, see what went wrong, correct a label, train again; undo survives a restart."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app import projects
from studio.app.projects import Guess
from studio.blocks.settings_text import with_settings
from studio.gui.window import Window
from studio.runs.labels import read_labels
from studio.runs.run import Run
from tests.journeys.conftest import LONG_MS, QUICK, child_of

Open = Callable[[], Window]


def make_project(window: Window, qtbot: QtBot, pictures: Path, folder: Path, **settings: str) -> None:
    guesses: list[Guess] = []
    projects.guess_recipe(window.work.session, pictures, guesses.append, lambda failed: pytest.fail(failed.message))
    qtbot.waitUntil(lambda: bool(guesses), timeout=LONG_MS)
    texts = [f"{name}={value}" for name, value in {**QUICK, **settings}.items()]
    recipe = with_settings(guesses[0].recipe, texts)
    projects.create_from_guess(window.work.session, folder, Guess(recipe, guesses[0].reasons))
    qtbot.waitUntil(window.work.pipeline.is_ready, timeout=LONG_MS)


def press(window: Window, action_id: str) -> None:
    """Trigger an action as a user can: a greyed one fails the test instead of doing nothing."""
    window.refresh()
    action = window.actions_by_id[action_id]
    assert action.isEnabled(), action_id
    action.trigger()


def train(window: Window, qtbot: QtBot) -> Run:
    """Press the primary action and wait for the end."""
    before = len(window.work.runs.runs)
    press(window, "train.start")
    assert len(window.work.runs.runs) == before + 1, window.strip.whole_text()
    qtbot.waitUntil(lambda: window.work.runs.state not in ("new", "running"), timeout=LONG_MS)
    assert window.work.runs.state == "finished", window.work.runs.shown.history.end
    return window.work.runs.runs[-1]


def test_a_correction_is_in_the_next_run(open_window: Open, qtbot: QtBot, pictures: Path, tmp_path: Path) -> None:
    window = open_window()
    make_project(window, qtbot, pictures, tmp_path / "mine.studio")
    first = train(window, qtbot)
    image = "disc/disc 3.png"
    assert {row.image: row.target for row in read_labels(first.labels_file)}[image] == "disc"

    window.go_to("results")
    window.go_to("label")
    assert window.work.labeling.go_to(image)
    number = window.work.labeling.classes().index("square") + 1
    QTest.keyClick(window, Qt.Key(int(Qt.Key.Key_0) + number))
    qtbot.waitUntil(lambda: window.work.session.project.class_labels("classes").get(image) is not None)
    qtbot.waitUntil(window.work.pipeline.is_ready, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not window.work.pipeline.is_checking, timeout=LONG_MS)

    second = train(window, qtbot)
    row = {row.image: row for row in read_labels(second.labels_file)}[image]
    assert row.target == "square"
    assert row.labeled_by == window.work.session.settings.author
    window.close()

    again = open_window()
    again.work.session.open_project(tmp_path / "mine.studio")
    again.go_to("label")
    press(again, "edit.undo")
    labeling = again.work.labeling
    qtbot.waitUntil(lambda: labeling.current is not None and labeling.state(labeling.current).class_name == "disc")
    assert labeling.images[labeling.current].path == image
    press(again, "edit.redo")
    qtbot.waitUntil(lambda: labeling.state(labeling.current).class_name == "square")


def test_a_killed_child_is_told_and_its_run_goes_on(
    open_window: Open, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    window = open_window()
    make_project(window, qtbot, pictures, tmp_path / "mine.studio", **{"training.epochs": "60"})
    press(window, "train.start")
    qtbot.waitUntil(lambda: window.work.runs.shown.history.checkpoint_step is not None, timeout=LONG_MS)
    pid = child_of(window.work.runs.shown.run)
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    qtbot.waitUntil(lambda: window.work.runs.state == "died", timeout=LONG_MS)
    assert time.monotonic() - began < 2.0
    window.refresh()
    assert window.isVisible()
    assert window.actions_by_id["train.resume"].isEnabled()
    done_before = window.work.runs.shown.history.checkpoint_step
    press(window, "train.resume")
    # a checkpoint past the old one: steps past it were already there when the first child was killed
    qtbot.waitUntil(lambda: window.work.runs.shown.history.checkpoint_step > done_before, timeout=LONG_MS)
    press(window, "train.stop")
    qtbot.waitUntil(lambda: window.work.runs.state == "stopped", timeout=LONG_MS)


def test_closing_the_window_leaves_the_run_going(
    open_window: Open, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    window = open_window()
    make_project(window, qtbot, pictures, tmp_path / "mine.studio", **{"training.epochs": "60"})
    press(window, "train.start")
    qtbot.waitUntil(lambda: len(window.work.runs.shown.history.epochs) >= 1, timeout=LONG_MS)
    run = window.work.runs.shown.run
    pid = child_of(run)
    window.close()

    again = open_window()
    again.work.session.open_project(tmp_path / "mine.studio")
    again.go_to("train")
    assert child_of(run) == pid
    qtbot.waitUntil(lambda: len(again.work.runs.shown.history.epochs) >= 3, timeout=LONG_MS)
    assert [epoch.epoch for epoch in again.work.runs.shown.history.epochs[:3]] == [1, 2, 3]
    assert again.work.runs.state == "running"
    press(again, "train.stop")
    qtbot.waitUntil(lambda: again.work.runs.state == "stopped", timeout=LONG_MS)


def test_a_second_window_is_refused_with_the_holders_name(
    open_window: Open, qtbot: QtBot, pictures: Path, tmp_path: Path
) -> None:
    first = open_window()
    make_project(first, qtbot, pictures, tmp_path / "mine.studio")
    second = open_window()
    assert not second.attempt(lambda: second.work.session.open_project(tmp_path / "mine.studio"))
    assert str(os.getpid()) in second.strip.whole_text()
    assert second.work.session.project is None
