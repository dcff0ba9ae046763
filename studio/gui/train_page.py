"""The Train page: what the next run will be, and how the shown run goes, live, from its first step to its last."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.base.wording import count_words
from studio.blocks.block import Block
from studio.blocks.task import Task
from studio.blocks.tasks.classification import Classification
from studio.gui.style import px
from studio.gui.train.corrections_strip import CorrectionsStrip
from studio.gui.train.epochs import EpochTable
from studio.gui.train.notes import RunNotes
from studio.gui.train.plots import RunPlots
from studio.gui.train.run_list import RunList
from studio.gui.train.settings import TrainSettings
from studio.gui.train.status import RunStatus, is_preparing
from studio.gui.train.words import run_line
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.side_panel import Remembered, SidePanel
from studio.gui.widgets.text import ElidedLabel

SENTENCE = "The model learns from your labels, in a process of its own: you can go on working, or close the window."
PRIMARY = {"running": ("train.stop", "stop"), "stopped": ("train.resume", "resume"), "died": ("train.resume", "resume")}
START = ("train.start", "play")
CATCH_UP_MS = 15  # between two looks at the diary of a long run, until all of it is read


class TrainPage(QWidget):
    """Draws `work.runs` and the Model and Training blocks of `work.pipeline`."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._actions, self._ui = work, actions, ui
        self._runs = work.runs
        self._prepares: object = None
        self._primary = ""
        self._about: tuple[str, str] = ("", "")
        self._task: Task = work.pipeline.recipe.task if work.pipeline.recipe else Classification()
        self.header = PageHeader("Train", SENTENCE)
        self._make_parts()
        self._lay_out()
        self._catch_up = QTimer(self)
        self._catch_up.setSingleShot(True)
        self._catch_up.setInterval(CATCH_UP_MS)
        self._catch_up.timeout.connect(lambda: ui.attempt(self._runs.poll))
        self._runs.changed.subscribe(self._hear_runs)
        work.pipeline.changed.subscribe(self._hear_pipeline)
        work.session.project_changed.subscribe(lambda project: self._show_all())
        self._show_all()

    def visited(self) -> None:
        self._show_all()
        self._look_for_corrections()

    # --- hearing ----------------------------------------------------------------------------------------------------

    def _hear_runs(self, what: str) -> None:
        if what == "shown":
            self._show_run()
        elif what == "events":
            self._show_progress()
            self.plots.grow()
        if what in ("list", "state", "shown"):
            self._show_list()
            self._show_state()
        if what in ("state", "shown") and self.isVisible():
            self._look_for_corrections()

    def _look_for_corrections(self) -> None:
        """Of the run that is shown: the Results page may have looked at another one."""
        self._work.corrections.look_at(self._runs.shown.run if self._runs.shown else None)
        self.corrections.show_count()

    def _hear_pipeline(self, what: str) -> None:
        if what == "recipe":
            self.settings.show_recipe()
        if what in ("recipe", "checking", "checked"):
            self.settings.show_check()

    def _change(self, place: int, block: Block) -> None:
        if not self._ui.attempt(lambda: self._work.pipeline.set_block(place, block)):
            self.settings.show_recipe()

    def _show_busy_run(self) -> None:
        if self._runs.training is not None:
            self._runs.show(self._runs.training)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        self.settings.show_recipe()
        self.settings.show_check()
        self._show_run()
        self._show_list()
        self._show_state()

    def _show_run(self) -> None:
        """Another run, whole."""
        shown = self._runs.shown
        self.panel.setVisible(self._work.has_project)
        if shown is None:
            self._stack.setCurrentWidget(self.empty if self._work.has_project else self.no_project)
            return
        self._stack.setCurrentWidget(self._whole)
        self._take_task(self._runs.summary(shown.run).task or self._task)
        self.plots.show_run(shown.history)
        self._prepares = None
        self._show_progress()

    def _take_task(self, task: Task) -> None:
        """Curves and columns are those of the shown run's task."""
        is_new, self._task = type(task) is not type(self._task), task
        if is_new:
            sizes, old = self._figures.sizes(), (self.plots, self.epochs)
            self._make_figures()
            self._figures.setSizes(sizes)
            for widget in old:
                widget.deleteLater()

    def _make_figures(self) -> None:
        self.plots, self.epochs = RunPlots(type(self._task)), EpochTable(type(self._task))
        for place, widget in enumerate((self.plots, self.epochs)):
            if self._figures.count() > place:
                self._figures.replaceWidget(place, widget)
            else:
                self._figures.addWidget(widget)
        self.epochs.setMinimumHeight(3 * px("control_dense"))
        self._figures.setStretchFactor(0, 2)
        self._figures.setStretchFactor(1, 1)

    def _show_list(self) -> None:
        listed = [(run, run_line(self._runs, run)) for run in reversed(self._runs.runs)]
        self.list.show_runs(listed, self._runs.shown.run if self._runs.shown else None)

    def _show_state(self) -> None:
        """What can be done next depends on the state; so does what is said of it."""
        state = self._runs.state
        self._show_primary(*PRIMARY.get(state or "", START))
        self.start_button.setVisible(state in ("stopped", "died"))
        self.resume_button.setVisible(state in ("failed", "new"))
        busy, shown = self._runs.training, self._runs.shown
        self.to_busy.setVisible(busy is not None and shown is not None and shown.run != busy)
        self.to_busy.setText(f"{busy.name} is being trained: show it" if busy else "")
        self.settings.show_refusal()
        self._show_progress()

    def _show_primary(self, action: str, icon: str) -> None:
        if action != self._primary:
            self._primary = action
            self.header.set_primary(self._actions[action], icon)

    def _show_progress(self) -> None:
        """What may have changed with any event."""
        shown = self._runs.shown
        if shown is None:
            return
        history = shown.history
        if shown.is_behind:
            self._catch_up.start()
        self.status.show_run(shown, self._task)
        self.notes.show_run(shown, self._task)
        self.epochs.show_epochs(history)
        taken = history.weights
        fit = f" · {taken.taken} of {count_words(taken.total, 'tensor')} taken" if taken else ""
        self.about.setText(self._about_run() + fit)
        self._show_preparation()
        has_curves = bool(history.steps or history.epochs)
        self._curves.setCurrentWidget(self._figures if has_curves else self.no_curves)
        if not has_curves:
            self._say_no_curves(shown.state)

    def _show_preparation(self) -> None:
        shown = self._runs.shown
        if shown is None or not is_preparing(shown):
            self._prepares = None
            self.preparation.finish()
            return
        told = shown.history.progress
        what = told.what if told else ""
        if self._prepares != (shown.run, what):
            self._prepares = (shown.run, what)
            noun = what.split()[0].removesuffix("s") if what else "picture"
            self.preparation.start(
                f"Getting ready: {what}" if what else "Getting ready", noun, told.done if told else 0
            )
        if told is not None:
            self.preparation.set_done(told.done, told.total)

    def _say_no_curves(self, state: str) -> None:
        if state == "running":
            self.no_curves.say("The curves come with the first step", "Before that, the pictures are read once.")
        else:
            self.no_curves.say("There are no curves", "This run ended before its first step.")

    def _about_run(self) -> str:
        """What the shown run was asked to do; its recipe never changes."""
        shown = self._runs.shown
        if shown is not None and self._about[0] != shown.run.name:
            try:
                recipe = shown.run.recipe()
                words = f"{recipe.model.summary()} · {recipe.training.summary()} · {recipe.batch.summary()}"
            except UserError as error:
                words = error.message
            self._about = (shown.run.name, words)
        return self._about[1]

    # --- how it is made ---------------------------------------------------------------------------------------------

    def _make_parts(self) -> None:
        ui = self._ui
        self.header.set_sentence_hidden(bool(ui.remember("train.sentence_hidden", False)))
        self.header.sentence_hidden.connect(lambda hidden: ui.keep("train.sentence_hidden", hidden))
        self.resume_button = self.header.add_secondary(self._actions["train.resume"], "resume")
        self.start_button = self.header.add_secondary(self._actions["train.start"], "play")
        width = Remembered(lambda: ui.remember("train.panel", None), lambda px_: ui.keep("train.panel", px_))
        self.panel = SidePanel("left", width)
        self.settings = TrainSettings(self._work, self._actions["train.find_rate"])
        self.settings.changed.connect(self._change)
        self.settings.blocks_asked.connect(lambda: ui.go_to("blocks"))
        self.list = RunList()
        self.list.chosen.connect(self._runs.show)
        self.about = ElidedLabel("", "quiet")
        self.to_busy = button("", "link", dense=True)
        self.to_busy.clicked.connect(self._show_busy_run)
        self.status = RunStatus()
        self.notes = RunNotes()
        self.notes.resume_asked.connect(lambda: ui.attempt(self._runs.resume))
        self.corrections = CorrectionsStrip(self._work.corrections, self._actions["train.learn_corrections"])
        self.preparation = JobProgress()
        self.preparation.cancel_asked.connect(self._runs.stop)
        self._figures = QSplitter(Qt.Orientation.Vertical)
        self._make_figures()
        words = "Start training: the loss, the metrics and the learning rate are drawn here while the model learns."
        self.empty = EmptyState("no_run", "No run yet", words, self._actions["train.start"], "play")
        words = "Open a project, or make one from a folder of pictures: then a model can learn from it."
        self.no_project = EmptyState(
            "no_project", "No project is open", words, self._actions["view.project"], "project"
        )
        self.no_curves = EmptyState("no_run", "", "")

    def _lay_out(self) -> None:
        self.panel.column.setContentsMargins(0, 0, 0, 0)
        self.panel.column.addWidget(self.settings)
        self._figures.setChildrenCollapsible(False)
        self._figures.setHandleWidth(px("gap_s"))
        self._figures.setProperty("role", "gap")
        self._figures.setSizes([2 * px("thumbnail_l"), px("thumbnail_l")])
        self._curves = QStackedWidget()
        self._curves.addWidget(self._figures)
        self._curves.addWidget(self.no_curves)
        top = QHBoxLayout()
        top.setSpacing(px("gap_l"))
        top.addWidget(self.list, 3)
        top.addWidget(self.about, 3)
        top.addWidget(self.to_busy)
        self._whole = QWidget()
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), px("gap_m"))
        column.setSpacing(px("gap_s"))
        column.addLayout(top)
        for part in (self.status, self.notes, self.corrections, self.preparation):
            column.addWidget(part)
        column.addWidget(self._curves, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._whole)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.no_project)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.panel)
        row.addWidget(self._stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addLayout(row, 1)
