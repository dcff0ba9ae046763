"""The Train page with a child that is played by a script: each state of a run, live, and what can be done in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from studio.app.workspace import Workspace
from studio.base.wording import percent_words
from studio.blocks.recipe import Recipe
from studio.blocks.tasks.keypoints import Keypoints
from studio.gui.menus import make_actions, refresh_actions
from studio.gui.train_page import TrainPage
from studio.jobs.messages import (
    CorrectionsLearned,
    EpochEnded,
    ImagesLeftOut,
    MemoryRanOut,
    Progressed,
    Warned,
    WeightsTaken,
)
from studio.runs.run import Run, create_run

Made = Any  # the type of fake_worker.FakeWorker


class PageUi:
    """What a page asks of the window, written down."""

    def __init__(self) -> None:
        self.page = "train"
        self.visits: list[str] = []
        self.kept: dict[str, Any] = {}
        self.failures: list[str] = []

    def attempt(self, function: Callable[[], Any]) -> bool:
        try:
            function()
        except Exception as error:
            self.failures.append(str(error))
            return False
        return True

    def go_to(self, page: str) -> None:
        self.visits.append(page)

    def say(self, message: str) -> None:
        pass

    def remember(self, key: str, default: Any) -> Any:
        return self.kept.get(key, default)

    def keep(self, key: str, value: Any) -> None:
        self.kept[key] = value


@pytest.fixture
def ui() -> PageUi:
    return PageUi()


@pytest.fixture
def page(qtbot: QtBot, sample_work: Workspace, ui: PageUi) -> Iterator[TrainPage]:
    """The page, with the timer that the window has."""
    actions = make_actions(sample_work, ui, ui.attempt)  # type: ignore[arg-type]
    sample_work.runs.changed.subscribe(lambda what: refresh_actions(actions, sample_work))
    refresh_actions(actions, sample_work)
    made = TrainPage(sample_work, actions, ui)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1290, 690)
    made.show()
    qtbot.waitExposed(made)
    timer = QTimer()
    timer.timeout.connect(sample_work.runs.poll)
    timer.start(30)
    yield made
    timer.stop()


@pytest.fixture
def worker(sample_work: Workspace, fake_worker_type: type) -> Made:
    return make_worker(sample_work, fake_worker_type)


def make_worker(work: Workspace, made: type) -> Made:
    assert work.session.project is not None
    assert work.pipeline.recipe is not None
    return made(work.session.project.folder, work.pipeline.recipe, work.pipeline.classes, work.pipeline.root)


def show(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    """Let the page find a run that somebody else has started."""
    runs = page._work.runs
    qtbot.waitUntil(lambda: worker.run in runs.runs, timeout=5000)
    runs.show(worker.run)


def primary(page: TrainPage) -> QPushButton:
    button = page.header._primary
    assert isinstance(button, QPushButton)
    return button


def test_without_a_run_it_says_what_will_be_here_and_what_will_be_trained(page: TrainPage) -> None:
    assert page.empty.isVisible()
    words = page.settings.data.text()
    assert words == "32 pictures to train on, 7 to check on, in 3 classes. 2 pictures without a label stay out."
    assert primary(page).text() == "Start training"
    assert not page.settings.refusal.isVisible()


def test_start_makes_a_run_with_the_settings_of_the_forms(
    page: TrainPage, qtbot: QtBot, ui: PageUi, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Recipe] = []

    def start(project: Any, recipe: Recipe, name: str = "") -> Run:
        started.append(recipe)
        return create_run(project / "runs", recipe, str(project), name)

    monkeypatch.setattr("studio.app.runs.start_run", start)
    epochs = page.settings.forms["training"].editors["epochs"].findChild(QSpinBox)
    assert epochs is not None
    epochs.setFocus()
    epochs.selectAll()
    qtbot.keyClicks(epochs, "7")
    qtbot.keyClick(epochs, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._work.pipeline.is_checking)
    qtbot.waitUntil(lambda: not page._work.pipeline.is_checking, timeout=30_000)
    qtbot.mouseClick(primary(page), Qt.MouseButton.LeftButton)
    assert ui.failures == []
    assert [recipe.training.epochs for recipe in started] == [7]
    assert ui.visits == ["train"]
    assert page.status.state.text() == "Getting ready"
    assert primary(page).text() == "Stop training"


def test_getting_ready_shows_how_many_pictures_are_read(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    show(page, qtbot, worker)
    worker.prepare(20, 41)
    qtbot.waitUntil(lambda: page.preparation.isVisible() and "20 of 41 pictures" in page.preparation.figures.text())
    assert page.preparation.what.text() == "Getting ready: pictures read"
    assert page.no_curves.isVisible()
    qtbot.mouseClick(page.preparation.cancel, Qt.MouseButton.LeftButton)
    assert (worker.run.folder / "control").read_text() == "stop"
    worker.tell(Progressed(what="kB of the weights downloaded", done=500, total=46_000))
    qtbot.waitUntil(lambda: "500 of 46\u2009000 kB" in page.preparation.figures.text())
    worker.begin()
    qtbot.waitUntil(lambda: not page.preparation.isVisible())
    worker.die()


def test_a_running_run_is_drawn_live(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    worker.begin()
    worker.train(40)
    show(page, qtbot, worker)
    qtbot.waitUntil(lambda: len(page.plots.loss.data["raw"][0]) == 40)
    assert page.status.state.text() == "Training"
    assert page.status.figures.text() == "On the processor, 2 threads · 142 pictures a second · 21 s left"
    assert page.status.place.text() == "Epoch 2 of 5, step 40 of 130"
    assert page.status.bar.value() == 40
    assert page.epochs.figures.rowCount() == 1
    worker.train(20)
    qtbot.waitUntil(lambda: len(page.plots.loss.data["raw"][0]) == 60, timeout=2000)
    assert page.epochs.figures.rowCount() == 2
    qtbot.waitUntil(lambda: len(page.plots.scores.data["accuracy"][0]) == 2, timeout=2000)
    worker.die()


def test_stop_asks_the_child_and_resume_comes_after(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    worker.begin()
    worker.train(30)
    show(page, qtbot, worker)
    qtbot.waitUntil(lambda: primary(page).text() == "Stop training")
    qtbot.mouseClick(primary(page), Qt.MouseButton.LeftButton)
    assert (worker.run.folder / "control").read_text() == "stop"
    worker.stop()
    qtbot.waitUntil(lambda: primary(page).text() == "Resume training")
    assert page.start_button.isVisible()
    assert page.status.state.text() == "Stopped"
    assert not page.notes.failure.isVisible()


def test_a_killed_child_is_told_within_two_seconds_and_can_be_resumed(
    page: TrainPage, qtbot: QtBot, ui: PageUi, worker: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.live()
    worker.begin()
    worker.train(60)
    show(page, qtbot, worker)
    qtbot.waitUntil(lambda: page.status.state.text() == "Training")
    worker.run.log_file.write_text("Killed by the test")
    worker.die()
    qtbot.waitUntil(lambda: page.notes.failure.isVisible(), timeout=2000)
    assert "ended unexpectedly" in page.notes.failure.whole_text()
    assert "Killed by the test" in page.notes.failure.whole_text()
    assert page.status.state.text() == "Ended unexpectedly"
    assert primary(page).text() == "Resume training"
    resumed: list[Run] = []
    monkeypatch.setattr("studio.app.runs.resume_run", lambda run, project: resumed.append(run))
    page.notes.resume_asked.emit()
    assert resumed == [worker.run]
    assert ui.failures == []
    assert page.status.state.text() == "Getting ready"
    worker.live()
    worker.step = 52
    worker.begin()
    worker.resume()
    worker.train(2)
    qtbot.waitUntil(lambda: page.plots.loss.data["raw"][0].tolist()[-1] == 54, timeout=3000)
    assert not page.notes.failure.isVisible()
    worker.die()


def test_pretrained_without_network_fails_with_a_hint_and_no_curves(
    page: TrainPage, qtbot: QtBot, worker: Made
) -> None:
    worker.live()
    show(page, qtbot, worker)
    worker.fail("The weights could not be downloaded.", "Start from a file, or from nothing.", "Traceback: here")
    qtbot.waitUntil(lambda: page.notes.failure.isVisible())
    text = page.notes.failure.whole_text()
    assert "The weights could not be downloaded." in text
    assert "Start from a file, or from nothing." in text
    assert "Traceback: here" in text
    assert page.no_curves.isVisible()
    assert primary(page).text() == "Start training"
    assert page.resume_button.isVisible()


def test_a_finished_run_says_how_good_it_is(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    worker.begin()
    worker.train(130)
    worker.finish()
    show(page, qtbot, worker)
    qtbot.waitUntil(lambda: page.status.state.text() == "Finished")
    best = f"Best accuracy {percent_words(worker.best)}, in epoch 4"
    assert page.status.figures.text() == f"{best} · trained in 34 s · checked on 204 pictures"
    rows = page.epochs.csv_text().splitlines()
    assert len(rows) == 6
    assert [row.split(",")[-1] for row in rows[1:]] == ["", "", "", "best", ""]
    assert page.list.list.currentText().startswith(f"{worker.run.name} · finished · accuracy ")


def test_earlier_runs_are_looked_at_whole_while_another_is_trained(
    page: TrainPage, qtbot: QtBot, worker: Made, sample_work: Workspace, fake_worker_type: type
) -> None:
    worker.live()
    worker.begin()
    worker.train(130)
    worker.finish()
    other = make_worker(sample_work, fake_worker_type)
    other.live()
    other.begin()
    other.train(10)
    show(page, qtbot, other)
    assert page.list.list.count() == 2
    page.list.list.setFocus()
    qtbot.keyClick(page.list.list, Qt.Key.Key_Down)  # the list begins with the newest
    page.list.list.activated.emit(page.list.list.currentIndex())
    qtbot.waitUntil(lambda: len(page.plots.loss.data["raw"][0]) == 130)
    assert page.status.state.text() == "Finished"
    assert page.to_busy.isVisible()
    assert not page._actions["train.start"].isEnabled()
    qtbot.mouseClick(page.to_busy, Qt.MouseButton.LeftButton)
    assert page.status.state.text() == "Training"
    assert len(page.plots.loss.data["raw"][0]) == 10
    other.die()


def test_warnings_and_left_out_pictures_are_listed(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    show(page, qtbot, worker)
    worker.tell(
        Warned(message="Only 8 pictures to check on.", hint="Label more."),
        Warned(message="Only 8 pictures to check on.", hint="Label more."),
        Warned(message="Another thing."),
        MemoryRanOut(message="Memory was short.", hint="It goes on.", step=6, part="train", at_once=4, batch_size=8),
        ImagesLeftOut(images=(("a\nb.jpg", "It is empty."), ("c.jpg", "It is no picture."))),
    )
    qtbot.waitUntil(lambda: page.notes.warnings.isVisible() and page.notes.left_out.isVisible())
    assert page.notes.warnings.whole_text().count("Only 8 pictures") == 1
    assert "Another thing." in page.notes.warnings.whole_text()
    assert "Memory was short. It goes on." in page.notes.warnings.whole_text()
    said = page.notes.left_out.whole_text()
    assert "2 pictures were left out" in said
    assert "a\\nb.jpg: It is empty." in said
    worker.die()


def test_what_did_not_fit_and_what_corrections_changed_is_said(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.live()
    show(page, qtbot, worker)
    fits = WeightsTaken(source="0001-old", taken=62, total=62)
    worker.tell(fits)
    qtbot.waitUntil(lambda: "62 of 62 tensors taken" in page.about.text())
    assert page.notes.weights.isHidden()
    partly = fits.model_copy(update={"taken": 60, "not_taken": ("head.8.weight: 3 classes here", "stem: 3 here")})
    worker.tell(partly)
    qtbot.waitUntil(page.notes.weights.isVisible)
    said = page.notes.weights.whole_text()
    assert "Started from 0001-old: 60 of 62 tensors taken" in said
    assert all(sentence in said for sentence in partly.not_taken)
    learned = CorrectionsLearned(
        since="0001-old", before={"accuracy": 0.93}, after={"accuracy": 0.95}, corrected=10, corrected_to_check=2,
        corrected_before={"accuracy": 0.2}, corrected_after={"accuracy": 0.9}, kept_start=False,
    )  # fmt: skip
    worker.tell(learned)
    qtbot.waitUntil(page.notes.corrections.isVisible)
    assert page.notes.corrections.whole_text() == (
        "Done: On the pictures to check on accuracy 93 % before, 95 % after; on the 10 corrected ones (2 of them to "
        "check on) accuracy 20 % before, 90 % after."
    )
    worker.tell(learned.model_copy(update={"kept_start": True}))
    qtbot.waitUntil(lambda: "the model is that of 0001-old" in page.notes.corrections.whole_text())
    worker.die()


def test_a_change_in_a_form_is_kept_in_the_project(page: TrainPage, qtbot: QtBot, sample_work: Workspace) -> None:
    assert sample_work.pipeline.recipe is not None
    block = sample_work.pipeline.recipe.model.model_copy(update={"encoder": "resnet34"})
    page.settings.forms["model"].changed.emit(block)
    assert sample_work.session.project is not None
    recipe = sample_work.session.project.recipe()
    assert recipe is not None
    assert recipe.model.encoder == "resnet34"
    sample_work.pipeline.stop_check()


def test_what_stands_in_the_way_is_said_with_a_way_to_the_blocks(
    page: TrainPage, qtbot: QtBot, ui: PageUi, sample_work: Workspace
) -> None:
    assert sample_work.pipeline.recipe is not None
    gone = sample_work.pipeline.recipe.source.model_copy(update={"path": "/there/is/no/such/folder"})
    sample_work.pipeline.set_block(1, gone)
    qtbot.waitUntil(lambda: not sample_work.pipeline.is_checking, timeout=30_000)
    assert page.settings.refusal.isVisible()
    assert page.settings.refusal.text()
    assert page.settings.refusal.property("tone") == "wrong"
    qtbot.mouseClick(page.settings.to_blocks, Qt.MouseButton.LeftButton)
    assert ui.visits == ["blocks"]


def test_a_page_made_later_shows_the_whole_run(
    qtbot: QtBot, page: TrainPage, worker: Made, sample_work: Workspace, ui: PageUi
) -> None:
    worker.live()
    worker.begin()
    worker.train(75)
    show(page, qtbot, worker)
    reopened = TrainPage(sample_work, page._actions, ui)  # type: ignore[arg-type]
    qtbot.addWidget(reopened)
    reopened.show()
    assert len(reopened.plots.loss.data["raw"][0]) == 75
    assert reopened.epochs.figures.rowCount() == 2
    worker.die()


def test_curves_and_columns_are_those_of_the_runs_task(
    page: TrainPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi
) -> None:
    """Points are judged by an error in pixels, which has an axis of its own and is best where it is lowest."""
    recipe = sample_work.pipeline.recipe
    assert recipe is not None
    assert sample_work.session.project is not None
    folder = sample_work.session.project.folder
    points = fake_worker_type(folder, recipe.model_copy(update={"task": Keypoints()}), (), sample_work.pipeline.root)
    points.live()
    points.begin()
    for epoch, error_px in enumerate((20.0, 7.25, 9.5), start=1):
        metrics = {"pixel_error": error_px, "pck": 0.1 * epoch}
        points.tell(
            EpochEnded(
                epoch=epoch,
                step=26 * epoch,
                train_loss=0.2,
                valid_loss=0.1,
                metrics=metrics,
                seconds=1,
                is_best=epoch == 2,
            )
        )
    points.finish()
    sample_work.runs._list()
    sample_work.runs.show(points.run)
    page.plots.redraw()
    assert page.plots.errors is not None
    assert page.plots.errors.data["pixel_error"][1].tolist() == [20.0, 7.25, 9.5]
    assert page.plots.scores.data["pck"][1].tolist() == pytest.approx([0.1, 0.2, 0.3])
    assert page.plots.errors._best_text.toPlainText() == "Best: 7.25, epoch 2"
    assert page.plots.isVisible()
    assert page.epochs.csv_text().splitlines()[0].split(",")[3:5] == ["Pixel error", "PCK"]
    assert page.epochs.figures._best[3] == 7.25
    assert "Best pixel error 7.25, in epoch 2" in page.status.figures.text()
    assert "pixel error 7.25" in page.list.list.itemText(0)

    classes = make_worker(sample_work, fake_worker_type)
    classes.live()
    classes.begin()
    classes.train(26)
    sample_work.runs._list()
    sample_work.runs.show(classes.run)
    assert page.plots.errors is None
    assert list(page.plots.scores.data) == ["accuracy", "macro_f1"]
    assert page.epochs.figures.rowCount() == 1
    assert page._figures.count() == 2
    assert ui.failures == []
    classes.finish()


def test_a_training_in_stages_says_where_it_is(page: TrainPage, qtbot: QtBot, worker: Made) -> None:
    worker.plan(("Small, head", 1, 64), ("Large", 2, 128))
    worker.live()
    worker.begin()
    worker.enter(1)
    worker.train(26)
    show(page, qtbot, worker)
    words = "Stage 1 of 2: Small, head · Epoch 2 of 3, step 26 of 78"
    qtbot.waitUntil(lambda: page.status.place.text() == words, timeout=5000)
    worker.prepare()
    qtbot.waitUntil(lambda: page.preparation.isVisible(), timeout=5000)
    assert page.status.state.text() == "Getting ready"
    assert page.plots.isVisible()  # what was learned stays in view
    worker.enter(2)
    worker.train(10)
    words = "Stage 2 of 2: Large · Epoch 2 of 3, step 36 of 78"
    qtbot.waitUntil(lambda: page.status.place.text() == words, timeout=5000)
    assert not page.preparation.isVisible()
    qtbot.waitUntil(lambda: page.plots.loss.borders == [(26.5, "Large")], timeout=5000)
    titles = [page.epochs.figures.headerData(place, Qt.Orientation.Horizontal) for place in range(2)]
    assert titles == ["Stage", "Epoch"]
    worker.die()
