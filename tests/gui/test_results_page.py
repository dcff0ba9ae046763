"""The Results page on a run that is played: the matrix by mouse and keys, the pictures, and the way to the labels."""

import csv
import math
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.workspace import Workspace
from studio.base.targets import Tags
from studio.blocks.tasks.tagging import Tagging
from studio.gui.menus import make_actions, refresh_actions
from studio.gui.results.confusion_matrix import ConfusionMatrix
from studio.gui.results.parts import ChartView, DoubtsView, TableView
from studio.gui.results_page import ResultsPage
from studio.gui.widgets.number_table import NumberTable
from studio.jobs.messages import EpochEnded, Finished, Request, TakeThreshold
from studio.runs.confusion import class_parts, matrix_part
from studio.runs.predictions import ValidPrediction
from studio.runs.report import CellPictures, Chart, Choice, Doubt, Doubts, Line, Report, write_report

Made = Any  # the type of fake_worker.FakeWorker
WRONG = {"circle/circle 00.png": "square", "circle/circle 01.png": "square", "triangle/triangle 05.png": "circle"}


class PageUi:
    """What a page asks of the window, written down."""

    def __init__(self) -> None:
        self.page = "results"
        self.visits: list[str] = []
        self.said: list[str] = []
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
        self.said.append(message)

    def remember(self, key: str, default: Any) -> Any:
        return default

    def keep(self, key: str, value: Any) -> None:
        pass


@pytest.fixture
def ui() -> PageUi:
    return PageUi()


@pytest.fixture
def page(qtbot: QtBot, sample_work: Workspace, ui: PageUi) -> ResultsPage:
    actions = make_actions(sample_work, ui, ui.attempt)  # type: ignore[arg-type]
    sample_work.inspection.changed.subscribe(lambda what: refresh_actions(actions, sample_work))
    refresh_actions(actions, sample_work)
    made = ResultsPage(sample_work, actions, ui)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1290, 690)
    made.show()
    qtbot.waitExposed(made)
    return made


def finish_run(work: Workspace, made: type, wrong: dict[str, str] = WRONG) -> Made:
    """A run that took every labeled picture for what it is, but these."""
    assert work.session.project is not None
    worker = made(work.session.project.folder, work.pipeline.recipe, work.pipeline.classes, work.pipeline.root)
    worker.live()
    worker.begin()
    worker.train(130)
    items = []
    for place, row in enumerate(row for row in work.pipeline.rows if row.target is not None):
        predicted = wrong.get(row.image, row.target)
        share = 0.9 if predicted != row.target else 0.6 + place / 1000
        probabilities = dict.fromkeys(work.pipeline.classes, (1 - share) / 2) | {predicted: share}
        loss = -math.log(probabilities[row.target]) + place / 1e3
        items.append(ValidPrediction(row.image, row.target, predicted, loss, probabilities))
    worker.predict(items)
    worker.finish()
    work.runs._list()
    return worker


def look(page: ResultsPage, qtbot: QtBot) -> None:
    page.visited()
    qtbot.waitUntil(lambda: page._inspection.results is not None, timeout=20_000)


def matrix_of(page: ResultsPage) -> ConfusionMatrix:
    assert page.report.matrix is not None
    return page.report.matrix.matrix


def table_of(page: ResultsPage, part: str) -> NumberTable:
    view = page.report.views[part]
    assert isinstance(view, TableView | DoubtsView)
    return view.table


def show_tab(page: ResultsPage, tab: str) -> None:
    bar = page.report.bar
    bar.setCurrentIndex(next(place for place in range(bar.count()) if bar.tabText(place) == tab))


def test_without_a_finished_run_it_leads_to_training(page: ResultsPage, qtbot: QtBot, ui: PageUi) -> None:
    page.visited()
    assert page.empty.isVisible()
    button = page.empty.findChild(QPushButton)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ui.visits == ["train"]


def test_matrix_scores_and_pictures_of_the_newest_run(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    assert matrix_of(page).counts == [[11, 2, 0], [0, 13, 0], [1, 0, 12]]
    assert page.summary.text() == "92.3 % of 39 validation pictures right"
    assert table_of(page, "class_scores").figures.rowCount() == 3
    assert [page.report.bar.tabText(place) for place in range(page.report.bar.count())] == ["Mistakes", "Scores"]
    assert "before there were reports" in page.strip.whole_text()
    names = {item.image for item in page._inspection.pictures[:3]}
    assert names == set(WRONG)
    shown = page.pictures.model.thumbnail(0)
    assert shown.labels == ("triangle → circle",)
    assert shown.note.startswith("90 % · loss 3.0")
    assert "Actual: triangle. Predicted: circle, with 90 %." in shown.name
    qtbot.waitUntil(lambda: page.pictures.model.held_count() >= 6, timeout=20_000)


def test_a_click_on_a_cell_shows_its_pictures(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    qtbot.mouseClick(matrix_of(page), Qt.MouseButton.LeftButton, pos=matrix_of(page).rect_of((0, 1)).center())
    assert [item.image for item in page._inspection.pictures] == ["circle/circle 01.png", "circle/circle 00.png"]
    assert page.pictures.title.text() == "2 pictures of 'circle', taken for 'square'"
    assert matrix_of(page).selected == (0, 1)
    qtbot.mouseClick(page.pictures.back, Qt.MouseButton.LeftButton)
    assert len(page._inspection.pictures) == 39
    assert matrix_of(page).selected is None


def test_the_matrix_is_walked_with_keys(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    matrix_of(page).setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(matrix_of(page), key)
    assert matrix_of(page).current == (2, 0)
    assert matrix_of(page).accessibleDescription() == "1 of 13 pictures of 'triangle' was taken for 'circle' (7.7 %)"
    qtbot.keyClick(matrix_of(page), Qt.Key.Key_Return)
    assert [item.image for item in page._inspection.pictures] == ["triangle/triangle 05.png"]


def test_an_empty_cell_says_so(page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    qtbot.mouseClick(matrix_of(page), Qt.MouseButton.LeftButton, pos=matrix_of(page).rect_of((1, 2)).center())
    assert page.pictures.empty.isVisible()


@pytest.mark.parametrize("how", ["double click", "enter", "button"])
def test_a_picture_leads_to_its_label(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi, how: str
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    grid = page.pictures.grid
    assert not page._actions["results.label"].isEnabled()
    centre = grid.visualRect(grid.model().index(1)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert page._actions["results.label"].isEnabled()
    if how == "double click":
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    elif how == "enter":
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    else:
        button = page.header._primary
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ui.failures == []
    assert ui.visits == ["label"]
    current = sample_work.labeling.current
    assert current is not None
    assert sample_work.labeling.images[current].path == page._inspection.pictures[1].image


def test_a_picture_that_is_gone_says_so(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi
) -> None:
    worker = finish_run(sample_work, fake_worker_type)
    worker.predict([ValidPrediction("gone.png", "circle", "square", 2.0, dict.fromkeys(worker.classes, 1 / 3))])
    look(page, qtbot)
    page.pictures.grid.set_current_row(0)
    page.pictures.grid.opened.emit(0)
    assert ui.visits == []
    assert "'gone.png' is not among the pictures any more" in ui.failures[0]


def test_a_label_that_was_changed_since_is_marked(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    assert page.pictures.model.thumbnail(0).marks == ()
    sample_work.labeling.go_to(page._inspection.pictures[0].image)
    sample_work.labeling.give_to_chosen("circle")
    shown = page.pictures.model.thumbnail(0)
    assert shown.marks == ("warning",)
    assert shown.note.startswith("now circle")
    assert "its label has become 'circle'" in shown.name
    sample_work.pipeline.stop_check()


def test_earlier_runs_can_be_chosen(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    first = finish_run(sample_work, fake_worker_type)
    second = finish_run(sample_work, fake_worker_type, {})
    look(page, qtbot)
    assert page._inspection.run == second.run
    assert page._inspection.results is not None
    assert page._inspection.results.accuracy == 1.0
    page.list.list.setCurrentIndex(1)
    page.list.list.activated.emit(1)
    qtbot.waitUntil(lambda: page.summary.text().startswith("92.3 %"), timeout=5000)
    assert page._inspection.run == first.run


def test_most_confused_leads_to_the_cell(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    view = table_of(page, "most_confused")
    centre = view.visualRect(view.model().index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert page._inspection.cell == ("circle", "square")


def test_scores_are_copied_as_csv(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi
) -> None:
    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    show_tab(page, "Scores")
    copy = next(each for each in page.report.views["class_scores"].findChildren(QPushButton) if "CSV" in each.text())
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    rows = list(csv.reader(QGuiApplication.clipboard().text().splitlines()))
    assert rows[0] == ["Class", "Pictures", "Precision", "Recall", "F1"]
    assert [row[:2] for row in rows[1:]] == [["circle", "13"], ["square", "13"], ["triangle", "13"]]
    assert float(rows[1][3]) == pytest.approx(11 / 13)
    assert ui.said


def test_damaged_results_are_said_on_the_page(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    worker = finish_run(sample_work, fake_worker_type)
    worker.run.predictions_file.write_text("not a table")
    page.visited()
    qtbot.waitUntil(lambda: page.strip.isVisible(), timeout=5000)
    assert "damaged" in page.strip.whole_text()


def test_a_large_matrix_can_be_scrolled_and_names_are_data_not_markup(qtbot: QtBot, qapp: QApplication) -> None:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    names = [f"<b>class {place}</b>" for place in range(60)]
    matrix.set_counts(names, [[(row == column) * 5 for column in range(60)] for row in range(60)])
    matrix.resize(400, 300)
    matrix.show()
    assert matrix.minimumWidth() > 60 * 24
    assert not matrix.grab().isNull()
    assert matrix.words((3, 3)) == "5 of 5 pictures of '<b>class 3</b>' were recognised (100 %)"
    assert matrix.cell_at(QPoint(0, 0)) is None


def test_other_tasks_show_their_metrics_and_the_highest_losses(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi
) -> None:
    recipe, project = sample_work.pipeline.recipe, sample_work.session.project
    assert recipe is not None
    assert project is not None
    tags = fake_worker_type(
        project.folder, recipe.model_copy(update={"task": Tagging()}), ("red", "round"), sample_work.pipeline.root
    )
    tags.live()
    tags.begin()
    tags.tell(
        EpochEnded(
            epoch=1,
            step=26,
            train_loss=1,
            valid_loss=1,
            metrics={"f_beta": 0.75, "accuracy": 0.9},
            seconds=1,
            is_best=True,
        )
    )
    shares = {"red": 0.8, "round": 0.3}
    images = [row.image for row in sample_work.pipeline.rows[:3]]
    tags.predict(
        [
            ValidPrediction(images[0], Tags(("red",)), Tags(("red",)), 0.2, shares),
            ValidPrediction(images[1], Tags(("red", "round")), Tags(("red",)), 1.5, shares),
            ValidPrediction(images[2], Tags(()), Tags(("red",)), 0.9, shares),
        ]
    )
    tags.finish()
    sample_work.runs._list()
    look(page, qtbot)
    assert page.summary.text() == "F beta 75 % · Accuracy 90 % on 3 validation pictures"
    assert not page.report.isVisible()
    assert [item.image for item in page.pictures._items] == [images[1], images[2], images[0]]
    shown = page.pictures._describe(0, page._look())
    assert shown.labels == ("red, round → red",)
    assert "loss 1.5" in shown.note
    assert "Double-click" not in page.pictures.note.text()

    finish_run(sample_work, fake_worker_type)
    look(page, qtbot)
    qtbot.waitUntil(lambda: page.report.matrix is not None and matrix_of(page).isVisible())
    assert "right" in page.summary.text()


def reported(work: Workspace, made: type) -> Made:
    """A run with a report: a threshold to take, and two labels to look at."""
    worker = finish_run(work, made)
    chart = Chart(
        id="threshold",
        tab="Threshold",
        title="What other thresholds give",
        axes=("threshold", "score"),
        lines=(Line(name="F2", x=(0.1, 0.3, 0.9), y=(0.5, 0.8, None)),),
        marked=("F2", 0.3, "best 0.3"),
        choice=Choice(best=0.3, now=0.5),
    )
    names = list(WRONG)[::-1]
    doubts = tuple(Doubt(image=name, score=0.9 - at / 9, given="a", suggested="b") for at, name in enumerate(names))
    part = Doubts(id="doubts", tab="Labels to look at", title="Labels", checked=39, doubts=doubts)
    counts = [[11, 2, 0], [0, 13, 0], [1, 0, 12]]
    write_report(worker.run.report_file, Report(parts=(*class_parts(worker.classes, counts), chart, part)))
    return worker


def test_labels_to_look_at_lead_to_the_label_page(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type, ui: PageUi
) -> None:
    reported(sample_work, fake_worker_type)
    look(page, qtbot)
    assert not page.strip.isVisible()
    show_tab(page, "Labels to look at")
    assert page.pictures.title.text() == "3 pictures with labels to look at"
    assert [item.image for item in page._inspection.pictures] == list(WRONG)[::-1]
    assert page.pictures.model.thumbnail(0).note == "b? doubt 0.900"
    view = table_of(page, "doubts")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(1, 0)).center())
    assert page.pictures.grid.current_row() == 1
    page.pictures.grid.opened.emit(1)
    assert ui.visits == ["label"]
    current = sample_work.labeling.current
    assert current is not None
    assert sample_work.labeling.images[current].path == list(WRONG)[1]
    show_tab(page, "Mistakes")
    assert page.pictures.title.text() == "The 39 pictures with the highest loss"


def test_the_best_threshold_is_taken_by_a_button(
    page: ResultsPage,
    qtbot: QtBot,
    sample_work: Workspace,
    fake_worker_type: type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = reported(sample_work, fake_worker_type)
    look(page, qtbot)
    show_tab(page, "Threshold")
    view = page.report.views["threshold"]
    assert isinstance(view, ChartView)
    assert view.take is not None
    asked: list[Request] = []

    def ask(child: str, request: Request, on_event: Callable[[Any], None]) -> None:
        asked.append(request)
        on_event(Finished())

    monkeypatch.setattr(sample_work.session, "ask", ask)
    assert view.take.text() == "Take 0.3 as the threshold"
    qtbot.mouseClick(view.take, Qt.MouseButton.LeftButton)
    assert asked == [TakeThreshold(run=str(worker.run.folder), threshold=0.3)]


def test_a_damaged_report_is_said_on_the_page(
    page: ResultsPage, qtbot: QtBot, sample_work: Workspace, fake_worker_type: type
) -> None:
    worker = finish_run(sample_work, fake_worker_type)
    worker.run.report_folder.mkdir()
    worker.run.report_file.write_text("{")
    page.visited()
    qtbot.waitUntil(lambda: page.strip.isVisible(), timeout=5000)
    assert "report.json is damaged" in page.strip.whole_text()


def test_what_was_missed_is_no_class_of_the_matrix(qtbot: QtBot) -> None:
    part = matrix_part(
        ("cat", "nothing"), [[3, 12_345], [2, 0]], "box", "nothing", [CellPictures(row=0, column=1, images=("a.png",))]
    )
    matrix = ConfusionMatrix(part.counted, part.outside)
    qtbot.addWidget(matrix)
    matrix.set_counts(part.names, part.counts)
    assert matrix.words((0, 1)) == "12\u2009345 boxes of 'cat' missed"
    assert matrix.words((1, 0)) == "2 boxes seen as 'cat' where nothing is"
    assert matrix.words((0, 0)).startswith("3 of 12\u2009348 boxes of 'cat' were recognised")
