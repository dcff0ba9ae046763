"""Which run is shown: a list of all of them, the newest first, each with its state and how good it is."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.gui.form_fields.choices import Chooser
from studio.gui.style import px
from studio.gui.widgets.text import plain
from studio.runs.run import Run

Listed = tuple[Run, str]


class RunList(QWidget):
    """Emits `chosen(run)` when the user picks another one."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.list = Chooser()
        self.list.setAccessibleName("Run")
        self.list.setMinimumContentsLength(30)
        self.list.activated.connect(lambda place: self.chosen.emit(self._listed[place][0]))
        self._listed: list[Listed] = []
        title = plain("Run", "field")
        title.setBuddy(self.list)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s"))
        row.addWidget(title)
        row.addWidget(self.list, 1)

    def show_runs(self, listed: Sequence[Listed], current: Run | None) -> None:
        """Show these; entries that stay are only renamed, so that an open list does not jump."""
        runs = [run for run, _ in listed]
        with QSignalBlocker(self.list):
            if runs != [run for run, _ in self._listed]:
                self.list.clear()
                self.list.addItems([words for _, words in listed])
            for place, (_, words) in enumerate(listed):
                if self.list.itemText(place) != words:
                    self.list.setItemText(place, words)
            self._listed = list(listed)
            self.list.setCurrentIndex(runs.index(current) if current in runs else -1)
