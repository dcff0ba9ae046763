"""Finding a learning rate: the curve grows while a child tries rates, then one of its suggestions is taken."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from studio.app.rate_finder import SUGGESTIONS, learning_rate_words, rates_of
from studio.app.workspace import Workspace
from studio.base.wording import count_words
from studio.gui.style import px
from studio.gui.train.rate_chart import RateChart
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import ElidedLabel, plain

SENTENCE = (
    "The model trains for up to 100 steps while the learning rate grows. A good rate lies where the loss still falls. "
    "Nothing of this training is kept."
)


class RateDialog(QDialog):
    """Begins to search when it is made."""

    def __init__(self, work: Workspace, ui: WindowUi, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find learning rate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._finder, self._ui = work.rate_finder, ui
        self._rates: dict[str, float] = {}
        self._progress_of = ""
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self._finder.cancel)
        self.chart = RateChart()
        self.summary = plain("", "quiet", wrap=True)
        self.choices = {name: QRadioButton(title) for name, (title, _) in SUGGESTIONS.items()}
        self.values = {name: plain("", "strong") for name in SUGGESTIONS}
        self._group = QButtonGroup(self)
        for choice in self.choices.values():
            self._group.addButton(choice)
        self._group.buttonToggled.connect(lambda choice, is_on: self._show_choice() if is_on else None)
        self.again = button("Search again", "quiet")
        self.again.clicked.connect(lambda: ui.attempt(self._finder.find))
        self.use = button("Use it", "primary")
        self.use.clicked.connect(self._take)
        self._lay_out()
        self._unsubscribe = self._finder.changed.subscribe(self._hear)
        ui.attempt(self._finder.find)

    def chosen(self) -> str:
        """The name of the suggestion that is chosen; "" before there are any."""
        return next((name for name, choice in self.choices.items() if choice.isChecked() and name in self._rates), "")

    def done(self, result: int) -> None:
        self._unsubscribe()
        self._finder.cancel()
        super().done(result)

    # --- what is heard ----------------------------------------------------------------------------------------------

    def _hear(self, what: str) -> None:
        finder = self._finder
        if what == "started":
            self._begin()
        elif what == "progress":
            self._follow()
        elif what == "tried":
            self.chart.show_tried(finder.tried)
        elif what == "suggested" and finder.suggested is not None:
            self._rates = rates_of(finder.suggested)
            best = next(name for name, rate in self._rates.items() if rate == finder.suggested.chosen)
            self.choices[best].setChecked(True)
            self._show_choice()
        elif what == "ended":
            self._end()

    def _begin(self) -> None:
        self._rates, self._progress_of = {}, ""
        self.strip.hide()
        self.chart.show_suggestions({}, "")
        self.chart.show_tried([])
        self.summary.setText("")
        self.progress.start("Getting ready")
        self._show_choice()

    def _follow(self) -> None:
        told = self._finder.progress
        if told is None:
            return
        if told.what != self._progress_of:  # another piece of work, with a rate of its own
            self._progress_of = told.what
            self.progress.start(told.what.capitalize(), told.what.split()[0].removesuffix("s"))
        self.progress.set_done(told.done, told.total)

    def _end(self) -> None:
        finder = self._finder
        self.progress.finish()
        if finder.failure is not None:
            self.strip.say("error", finder.failure.message, finder.failure.hint, finder.failure.traceback)
        elif finder.suggested is None:
            self.summary.setText(f"Stopped after {count_words(len(finder.tried), 'rate')}.")
        self._show_choice()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _show_choice(self) -> None:
        name = self.chosen()
        for known, choice in self.choices.items():
            choice.setEnabled(known in self._rates)
            self.values[known].setText(learning_rate_words(self._rates[known]) if known in self._rates else "")
        self.again.setEnabled(not self._finder.is_searching)
        self.use.setEnabled(bool(name))
        self.use.setText(f"Use {learning_rate_words(self._rates[name])}" if name else "Use it")
        self.use.setAccessibleName(self.use.text())
        if self._rates:
            self.chart.show_suggestions(self._rates, name)

    def _take(self) -> None:
        rate = self._rates[self.chosen()]
        if self._ui.attempt(lambda: self._finder.use(rate)):
            self._ui.say(f"The next training learns at {learning_rate_words(rate)}.")
        self.accept()

    def _lay_out(self) -> None:
        leave = button("Close", "quiet")
        leave.clicked.connect(self.reject)
        rows = QGridLayout()
        rows.setHorizontalSpacing(px("gap_l"))
        rows.setVerticalSpacing(px("gap_xs"))
        rows.setColumnStretch(2, 1)
        for row, (name, choice) in enumerate(self.choices.items()):
            explanation = ElidedLabel(SUGGESTIONS[name][1], "quiet")
            choice.setAccessibleDescription(SUGGESTIONS[name][1])
            for place, part in enumerate((choice, self.values[name], explanation)):
                rows.addWidget(part, row, place)
        below = QHBoxLayout()
        below.addWidget(self.again)
        below.addWidget(self.summary, 1)
        below.addWidget(leave)
        below.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_l"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_m"))
        column.addWidget(plain("Find learning rate", "title"))
        column.addWidget(plain(SENTENCE, "quiet", wrap=True))
        for part in (self.strip, self.progress):
            column.addWidget(part)
        column.addWidget(self.chart, 1)
        column.addLayout(rows)
        column.addLayout(below)
        self.resize(px("panel_max") + px("panel"), px("panel_max") + px("thumbnail_s"))
