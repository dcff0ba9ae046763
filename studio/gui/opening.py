"""Opening the sample: draws its pictures the first time, with progress, and starts its first training."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.app import projects
from studio.app.session import Ticket
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.gui.ui import WindowUi
from studio.jobs.messages import Event, Failed, Finished, Progressed, Stopped


class SampleOpening(QObject):
    """One opening at a time. `began`, `went_on(done, total)` and `ended` are for whoever shows a bar."""

    began = Signal()
    went_on = Signal(int, int)
    ended = Signal()

    def __init__(self, work: Workspace, ui: WindowUi) -> None:
        super().__init__()
        self._work, self._ui = work, ui
        self._ticket: Ticket | None = None
        self._is_drawing = False
        self.folder = projects.sample_folder()
        self.pictures: int | None = None  # None: as many as the sample has

    @property
    def is_busy(self) -> bool:
        return self._is_drawing

    def open(self) -> None:
        """Open it, or draw it first. Raises UserError when the folder cannot be used."""
        if self.is_busy:
            return
        if projects.has_sample(self.folder):
            projects.open_sample(self._work.session, self.folder)
            self._ui.go_to("blocks")
            return
        self._is_drawing = True
        self.began.emit()
        try:
            self._ticket = projects.draw_sample(self._work.session, self.folder, self._hear, self.pictures)
        except UserError:
            self._end()
            raise

    def cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._end()

    def _hear(self, event: Event) -> None:
        if isinstance(event, Progressed):
            self.went_on.emit(event.done, event.total)
        elif isinstance(event, Finished):
            self._end()
            if self._ui.attempt(lambda: projects.label_sample(self._work.session)):
                self._ui.go_to("blocks")
                self._ui.attempt(self._train)
        elif isinstance(event, Failed | Stopped):
            self._end()
            self._ui.attempt(lambda: _raise(event))

    def _train(self) -> None:
        """The sample trains while its user looks around, so that every page has something to show."""
        recipe = self._work.pipeline.recipe
        if recipe is not None and not self._work.runs.runs:
            self._work.runs.start(recipe)
            self._ui.say("The sample is being trained in the background: see the Train page.")

    def _end(self) -> None:
        self._ticket, self._is_drawing = None, False
        self.ended.emit()


def _raise(event: Any) -> None:
    if isinstance(event, Failed):
        raise UserError(event.message, event.hint)
