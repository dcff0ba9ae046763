"""The Results page: what a run gets right and wrong, and from there to the labels."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.metric_words import metrics_line
from studio.app.results import ClassResults
from studio.app.workspace import Workspace
from studio.base.wording import count_words, percent_words
from studio.gui.looks import ClassLook
from studio.gui.results.confusion_matrix import ConfusionMatrix
from studio.gui.results.figures import ResultFigures
from studio.gui.results.pictures import ResultPictures
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.train.run_list import RunList
from studio.gui.train.words import run_line
from studio.gui.ui import WindowUi
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.text import ElidedLabel, plain

SENTENCE = "Where the model is wrong: look at those pictures, correct their labels where they are wrong, train again."


class ResultsPage(QWidget):
    """Draws `work.inspection`."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._actions, self._ui = work, actions, ui
        self._inspection = work.inspection
        self._make_parts()
        self._lay_out()
        self._inspection.changed.subscribe(self._hear)
        work.runs.changed.subscribe(self._hear_runs)
        work.labeling.changed.subscribe(lambda what: self.pictures.refresh_marks())
        self._show_run()

    def visited(self) -> None:
        self._inspection.refresh()
        self._show_run()

    def _hear(self, what: str) -> None:
        if what == "run":
            self._show_run()
        elif what == "pictures":
            self._show_pictures()

    def _hear_runs(self, what: str) -> None:
        if what in ("list", "state") and self.isVisible():
            self._inspection.refresh()
            self._show_list()

    def _show_run(self) -> None:
        inspection, results = self._inspection, self._inspection.results
        self._show_list()
        if inspection.run is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._whole)
        self.figures.setEnabled(results is not None)
        if inspection.failure is not None:
            self.strip.say("error", inspection.failure.message, inspection.failure.hint)
        else:
            self.strip.hide()
        if results is None:
            self.summary.setText("Reading the results" if inspection.is_reading else "")
            self.matrix.set_counts([], [])
            return
        pictures = count_words(len(results.predictions), "validation picture")
        self._left.setVisible(isinstance(results, ClassResults))
        if isinstance(results, ClassResults):
            self.summary.setText(f"{percent_words(results.accuracy)} of {pictures} right")
            self.matrix.set_counts(results.classes, results.confusion())
            self.figures.show_results(results)
        else:
            self.summary.setText(f"{metrics_line(results.task, results.metrics)} on {pictures}")
        self._show_pictures()

    def _show_list(self) -> None:
        listed = [(run, run_line(self._work.runs, run)) for run in self._work.runs.finished()]
        self.list.show_runs(listed, self._inspection.run)

    def _show_pictures(self) -> None:
        results, cell = self._inspection.results, self._inspection.cell
        if isinstance(results, ClassResults):
            places = {name: place for place, name in enumerate(results.classes)}
            self.matrix.select((places[cell[0]], places[cell[1]]) if cell else None)
        self.pictures.show_pictures()

    def _choose_cell(self, row: int, column: int) -> None:
        results = self._inspection.results
        if isinstance(results, ClassResults):
            self._inspection.choose_cell(results.classes[row], results.classes[column])

    def _open(self) -> None:
        if self._ui.attempt(self._inspection.go_to_label):
            self._ui.go_to("label")

    def _look(self) -> ClassLook:
        shown = self._work.labeling.shown_classes()
        results = self._inspection.results
        return ClassLook(results.classes) if isinstance(results, ClassResults) and not shown else ClassLook.of(shown)

    def _make_parts(self) -> None:
        ui = self._ui
        self.header = PageHeader("Results", SENTENCE)
        self.header.set_sentence_hidden(bool(ui.remember("results.sentence_hidden", False)))
        self.header.sentence_hidden.connect(lambda hidden: ui.keep("results.sentence_hidden", hidden))
        self.header.set_primary(self._actions["results.label"], "label")
        self.header.add_secondary(self._actions["results.predict"], "search")
        self.list = RunList()
        self.list.chosen.connect(self._inspection.choose_run)
        self.summary = ElidedLabel("", "strong")
        self.strip = MessageStrip()
        self.matrix = ConfusionMatrix()
        self.matrix.chosen.connect(self._choose_cell)
        self.figures = ResultFigures()
        self.figures.cell_asked.connect(self._inspection.choose_cell)
        self.figures.copied.connect(ui.say)
        self.loader = ThumbnailLoader(self._work.session, side_px=px("thumbnail_l"))
        self.pictures = ResultPictures(self._inspection, self.loader, self._look)
        self.pictures.opened.connect(self._open)
        words = "When a training has finished, this page shows what the model gets wrong, and with which pictures."
        self.empty = EmptyState("no_results", "No results yet", words, self._actions["view.train"], "train")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), 0)
        top.setSpacing(px("gap_l"))
        top.addWidget(self.list, 1)
        top.addWidget(self.summary, 1)
        matrix_area = QScrollArea()
        matrix_area.setWidgetResizable(True)
        matrix_area.setWidget(self.matrix)
        matrix_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_s"), px("gap_m"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain("What was taken for what", "section"))
        column.addWidget(matrix_area, 3)
        column.addWidget(self.figures, 2)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._left)
        self._split.addWidget(self.pictures)
        self._split.setSizes(self._ui.remember("results.split", [px("panel") + px("thumbnail_l"), 3 * px("panel")]))
        self._split.setStretchFactor(0, 0)
        self._split.setStretchFactor(1, 1)
        self._split.splitterMoved.connect(lambda: self._ui.keep("results.split", self._split.sizes()))
        self._whole = QWidget()
        inside = QVBoxLayout(self._whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(top)
        inside.addWidget(self.strip)
        inside.addWidget(self._split, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._whole)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self._stack, 1)
