"""Labels are wrong, somebody corrects them, and the model learns from that without forgetting what it knew."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app import projects
from studio.app.projects import Guess
from studio.app.report_words import results_lines
from studio.app.results import read_results
from studio.blocks.settings_text import with_settings
from studio.cli import main as command
from studio.gui.window import Window
from studio.runs.history import read_history
from studio.runs.labels import read_labels
from studio.runs.run import Run
from studio.runtime.card import read_card
from tests.journeys.conftest import LONG_MS, QUICK

Open = Callable[[], Window]
LEARNS = {"training.epochs": "8", "training.learning_rate": "0.003", "batch.size": "8"}


def make_project(window: Window, qtbot: QtBot, pictures: Path, folder: Path, **settings: str) -> None:
    """Blocks as they are guessed, but quick."""
    guesses: list[Guess] = []
    projects.guess_recipe(window.work.session, pictures, guesses.append, lambda failed: pytest.fail(failed.message))
    qtbot.waitUntil(lambda: bool(guesses), timeout=LONG_MS)
    recipe = with_settings(guesses[0].recipe, [f"{name}={value}" for name, value in {**QUICK, **settings}.items()])
    projects.create_from_guess(window.work.session, folder, Guess(recipe, guesses[0].reasons))
    qtbot.waitUntil(window.work.pipeline.is_ready, timeout=LONG_MS)


def press(window: Window, action_id: str) -> None:
    """Trigger an action as a user can: a greyed one fails the test instead of doing nothing."""
    window.refresh()
    assert window.actions_by_id[action_id].isEnabled(), action_id
    window.actions_by_id[action_id].trigger()


def finished(window: Window, qtbot: QtBot, action_id: str) -> Run:
    before = len(window.work.runs.runs)
    press(window, action_id)
    assert len(window.work.runs.runs) == before + 1, window.strip.whole_text()
    qtbot.waitUntil(lambda: window.work.runs.state not in ("new", "running"), timeout=LONG_MS)
    assert window.work.runs.state == "finished", window.work.runs.shown.history.end
    return window.work.runs.runs[-1]


def draw_two_kinds(folder: Path) -> tuple[Path, list[str]]:
    """Red ones and blue ones, 40 of each; of each kind 4 lie in the other's folder, all of a shade of their own, so
    that what is wrong can be learned. Gives these too."""
    random = np.random.default_rng(3)
    wrong = []
    for kind, other, plain, odd in (("red", "blue", (220, 40, 40), (240, 170, 40)),
                                    ("blue", "red", (40, 40, 220), (40, 200, 170))):  # fmt: skip
        for number in range(40):
            is_wrong = number % 10 == 3
            pixels = random.integers(0, 60, (48, 48, 3)) + np.array(odd if is_wrong else plain)
            path = folder / (other if is_wrong else kind) / f"{kind} {number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
            wrong += [path.relative_to(folder).as_posix()] if is_wrong else []
    return folder, wrong


def correct(window: Window, qtbot: QtBot, images: list[str]) -> None:
    """Give each picture the class of its name, on the Label page."""
    window.go_to("label")
    labeling = window.work.labeling
    for image in images:
        assert labeling.go_to(image)
        press(window, f"label.class_{labeling.classes().index(Path(image).stem.split()[0]) + 1}")
    given = window.work.session.project
    qtbot.waitUntil(lambda: set(images) <= set(given.class_labels("classes")), timeout=LONG_MS)
    qtbot.waitUntil(lambda: not window.work.pipeline.is_checking, timeout=LONG_MS)


def test_from_a_wrong_label_to_a_better_model(
    open_window: Open, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures, wrong = draw_two_kinds(tmp_path / "pictures")
    window = open_window()
    make_project(window, qtbot, pictures, tmp_path / "mine.studio", **LEARNS)
    first = finished(window, qtbot, "train.start")
    old = {row.image: row for row in read_labels(first.labels_file)}
    window.go_to("results")
    qtbot.waitUntil(lambda: window.work.inspection.results is not None, timeout=LONG_MS)
    assert not window.actions_by_id["train.learn_corrections"].isEnabled()
    assert window.page_widget("results").corrections.isHidden()

    correct(window, qtbot, wrong)
    window.go_to("results")
    strip = window.page_widget("results").corrections
    qtbot.waitUntil(lambda: not strip.isHidden(), timeout=LONG_MS)
    assert f"{len(wrong)} labels were corrected" in strip.whole_text()

    second = finished(window, qtbot, "train.learn_corrections")
    assert window.page == "train"
    rows = {row.image: row for row in read_labels(second.labels_file)}
    assert {image for image, row in rows.items() if row.changed} == set(wrong)
    assert {image: row.part for image, row in rows.items()} == {image: row.part for image, row in old.items()}
    history = read_history(second)
    learned = history.corrections
    assert learned is not None
    assert history.epochs[0].epoch == 0
    assert learned.before["accuracy"] == pytest.approx(history.epochs[0].metrics["accuracy"])
    assert learned.after["accuracy"] >= learned.before["accuracy"]
    assert learned.corrected == len(wrong)
    assert learned.corrected_after["accuracy"] > learned.corrected_before["accuracy"]
    assert not learned.kept_start
    card = read_card(second.card_file)
    assert (card.weights.kind, card.weights.source) == ("run", first.name)
    assert card.metrics["accuracy"] == pytest.approx(learned.after["accuracy"])
    assert "before" in window.page_widget("train").notes.corrections.whole_text()
    assert any("Before and after the corrections" in line for line in results_lines(read_results(second)))

    qtbot.waitUntil(lambda: window.work.corrections.run == second, timeout=LONG_MS)
    assert window.page_widget("train").corrections.isHidden()
    window.close()
    status = command(["train", str(tmp_path / "mine.studio"), "--corrections-of", second.name], faces=None)
    assert status == 1
    assert "No label was corrected since the run" in capsys.readouterr().err
