"""Public data sets to begin with: what each is, how large, whose, and under which terms, before anything is fetched."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.app import public_data
from studio.app.session import Session, Ticket
from studio.base.wording import whole_words
from studio.blocks.public_data import PublicDataSet, public_data_sets
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import plain
from studio.jobs.messages import DataSetFetched, Event, Failed, Finished, Progressed, Stopped


class PublicDataDialog(QDialog):
    """Accepted when the chosen data set is there; `chosen` and `fetched` then say which and where."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Public data sets")
        self._session = session
        self._ticket: Ticket | None = None
        self.chosen: PublicDataSet = public_data_sets()[0]
        self.fetched: DataSetFetched | None = None
        self.list = QListWidget()
        self.list.setAccessibleName("Public data sets")
        for data_set in public_data_sets():
            self.list.addItem(QListWidgetItem(data_set.title))
        self.list.setFixedWidth(px("panel"))
        self.list.currentRowChanged.connect(self._choose)
        self.about = plain("", wrap=True)
        self.facts = plain("", "quiet", wrap=True)
        self.licence = plain("", wrap=True)
        self.citation = plain("", "quiet", wrap=True)
        for text in (self.licence, self.citation):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self._cancel)
        self.fetch_button = button("Fetch it", "primary", "download")
        self.fetch_button.clicked.connect(self._fetch)
        self._lay_out()
        self.list.setCurrentRow(0)

    def reject(self) -> None:
        self._cancel()
        super().reject()

    def _lay_out(self) -> None:
        leave = button("Cancel", "quiet")
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.fetch_button)
        facts = QVBoxLayout()
        facts.setSpacing(px("gap_s"))
        for title, text in (("", self.about), ("", self.facts), ("Licence", self.licence), ("Cite as", self.citation)):
            if title:
                facts.addWidget(plain(title, "field"))
            facts.addWidget(text)
        facts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(px("gap_l"))
        row.addWidget(self.list)
        row.addLayout(facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain("Public data sets", "title"))
        words = "Fetched once for all your projects; licence and citation go with every model's report."
        column.addWidget(plain(words, "help", wrap=True))
        column.addLayout(row, 1)
        column.addWidget(self.strip)
        column.addWidget(self.progress)
        column.addLayout(buttons)
        self.resize(px("panel_max") + px("panel"), px("panel_max") - px("gap_xxl"))

    def _choose(self, row: int) -> None:
        data_set = self.chosen = public_data_sets()[row]
        self.about.setText(data_set.about)
        size = f"{max(1, round(data_set.size_bytes / 1e6))} MB to download"
        self.facts.setText(f"{whole_words(data_set.pictures)} pictures, {size} from {data_set.address}")
        self.licence.setText(data_set.licence)
        self.citation.setText(data_set.citation)

    def _fetch(self) -> None:
        self.strip.hide()
        self._show_busy(True)
        self.progress.start(f"Fetching {self.chosen.title}")
        self._ticket = public_data.fetch(self._session, self.chosen, self._hear)

    def _hear(self, event: Event) -> None:
        if self._ticket is None:
            return
        if isinstance(event, Progressed):
            self.progress.set_done(event.done, event.total)
        elif isinstance(event, DataSetFetched):
            self.fetched = event
        elif isinstance(event, Finished | Failed | Stopped):
            self._ticket = None
            self.progress.finish()
            self._show_busy(False)
            if isinstance(event, Failed):
                self.strip.say("error", event.message, event.hint, event.traceback)
            elif isinstance(event, Finished) and self.fetched is not None:
                self.accept()

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self.progress.finish()
        self._show_busy(False)

    def _show_busy(self, is_busy: bool) -> None:
        self.list.setEnabled(not is_busy)
        self.fetch_button.setEnabled(not is_busy)
