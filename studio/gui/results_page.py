"""The Results page: what a run gets right and wrong, and from there to the labels."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.metric_words import metrics_line
from studio.app.results import ClassResults
from studio.app.workspace import Workspace
from studio.base.wording import count_words, percent_words
from studio.gui.looks import ClassLook
from studio.gui.results.pictures import ResultPictures
from studio.gui.results.report_tabs import ReportTabs
from studio.gui.results.several_looks import LooksLine
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.train.corrections_strip import CorrectionsStrip
from studio.gui.train.run_list import RunList
from studio.gui.train.words import run_line
from studio.gui.ui import WindowUi
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.text import ElidedLabel

DOUBTS_TAB = "Labels to look at"
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
        self._look_for_corrections()

    def _look_for_corrections(self) -> None:
        """Of the run that is looked at: the Train page may have shown another one."""
        self._work.corrections.look_at(self._inspection.run)
        self.corrections.show_count()

    def _hear(self, what: str) -> None:
        if what == "run":
            self._show_run()
            if self.isVisible():
                self._look_for_corrections()
        elif what == "pictures":
            self._show_pictures()

    def _hear_runs(self, what: str) -> None:
        if what in ("list", "state") and self.isVisible():
            self._inspection.refresh()
            self._show_list()
            self.corrections.show_count()

    def _show_run(self) -> None:
        inspection, results = self._inspection, self._inspection.results
        self._show_list()
        self.looks.show_run(inspection.run if results is not None else None)
        if inspection.run is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self._whole)
        self.report.setEnabled(results is not None)
        if inspection.failure is not None:
            self.strip.say("error", inspection.failure.message, inspection.failure.hint)
        else:
            self.strip.hide()
        if results is None:
            self.summary.setText("Reading the results" if inspection.is_reading else "")
            return
        pictures = count_words(len(results.predictions), "validation picture")
        if isinstance(results, ClassResults):
            self.summary.setText(f"{percent_words(results.accuracy)} of {pictures} right")
        else:
            self.summary.setText(f"{metrics_line(results.task, results.metrics)} on {pictures}")
        self.report.show_report(results.report)
        for part in (self.report, self.report.bar):
            part.setVisible(bool(results.report.parts))
        if not results.has_report:
            hint = "Train again to see how sure the model is, other thresholds, and labels to look at."
            self.strip.say("info", "This run was trained before there were reports.", hint)
        self._turn(self.report.tab)

    def _show_list(self) -> None:
        listed = [(run, run_line(self._work.runs, run)) for run in self._work.runs.finished()]
        self.list.show_runs(listed, self._inspection.run)

    def _show_pictures(self) -> None:
        cell, view = self._inspection.cell, self.report.matrix
        if view is not None and not self._inspection.topic:
            view.select(cell)
        self.pictures.show_pictures()

    def _choose_cell(self, actual: str, predicted: str) -> None:
        """The pictures of a cell: of classes all of them, of pixels and boxes those that the report names."""
        view = self.report.matrix
        if isinstance(self._inspection.results, ClassResults):
            self._inspection.choose_cell(actual, predicted)
        elif view is not None:
            self._inspection.show_images(f"'{actual}' taken for '{predicted}'", view.pictures_of(actual, predicted))
            view.select((actual, predicted))

    def _show_images(self, topic: str, images: list[str]) -> None:
        if topic:
            self._inspection.show_images(topic, images)
        elif images:
            self.pictures.show_image(images[0])

    def _turn(self, tab: str) -> None:
        """The labels to look at bring their pictures with them, and take them away again."""
        if tab == DOUBTS_TAB:
            self._inspection.show_doubts()
        elif self._inspection.is_doubting:
            self._inspection.show_top_losses()
        else:
            self._show_pictures()

    def _open(self) -> None:
        if self._ui.attempt(self._inspection.go_to_label):
            self._ui.go_to("label")

    def _look(self) -> ClassLook:
        """The colours of the label set where it is the run's own kind, else those of the run's classes."""
        shown, results = self._work.labeling.shown_classes(), self._inspection.results
        if results is None or (shown and isinstance(results, ClassResults)):
            return ClassLook.of(shown)
        classes = results.classes if isinstance(results, ClassResults) else results.facts.classes
        return ClassLook(classes, skeleton=results.facts.skeleton)

    def _make_parts(self) -> None:
        ui = self._ui
        self.header = PageHeader("Results", SENTENCE)
        self.header.set_sentence_hidden(bool(ui.remember("results.sentence_hidden", False)))
        self.header.sentence_hidden.connect(lambda hidden: ui.keep("results.sentence_hidden", hidden))
        self.header.set_primary(self._actions["results.label"], "label")
        self.header.add_secondary(self._actions["results.predict"], "search")
        self.header.add_secondary(self._actions["results.activation"], "eye")
        self.header.add_rare(self._actions["results.several_looks"])
        self.list = RunList()
        self.list.chosen.connect(self._inspection.choose_run)
        self.summary = ElidedLabel("", "strong")
        self.strip = MessageStrip()
        self.looks = LooksLine(self._work.looks_trial)
        self.corrections = CorrectionsStrip(self._work.corrections, self._actions["train.learn_corrections"])
        self.report = ReportTabs()
        self.report.cell_asked.connect(self._choose_cell)
        self.report.images_asked.connect(self._show_images)
        self.report.threshold_asked.connect(self._inspection.take_threshold)
        self.report.copied.connect(ui.say)
        self.report.tab_chosen.connect(self._turn)
        self.loader = ThumbnailLoader(self._work.session, side_px=px("thumbnail_l"))
        self.pictures = ResultPictures(self._inspection, self._work.session, self.loader, self._look)
        self.pictures.opened.connect(self._open)
        words = "When a training has finished, this page shows what the model gets wrong, and with which pictures."
        self.empty = EmptyState("no_results", "No results yet", words, self._actions["view.train"], "train")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), 0)
        top.setSpacing(px("gap_l"))
        top.addWidget(self.list, 1)
        top.addWidget(self.summary, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.report)
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
        inside.addWidget(self.looks)
        inside.addWidget(self.corrections)
        bar = QHBoxLayout()
        bar.setContentsMargins(px("gap_xs"), 0, 0, 0)
        bar.addWidget(self.report.bar)
        bar.addStretch(1)
        inside.addLayout(bar)
        inside.addWidget(self._split, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._whole)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self._stack, 1)
