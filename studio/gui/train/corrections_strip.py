"""How many labels were corrected since a run, and the button that lets its model learn from them."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from studio.app.corrections import Corrections
from studio.gui.widgets.message_strip import MessageStrip

HINT = "A short training that starts from this run, with the same pictures to check on: nothing it knew is to be lost."


class CorrectionsStrip(MessageStrip):
    """Draws `corrections`; hidden where nothing was corrected. Put away, it comes back with another count."""

    def __init__(self, corrections: Corrections, learn: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._corrections, self._learn = corrections, learn
        self._said: object = None
        self.action_asked.connect(learn.trigger)
        corrections.changed.subscribe(lambda what: self.show_count())

    def show_count(self) -> None:
        """Bring it up to date; while it cannot be learned from them, it says why instead of offering it."""
        words, refusal = self._corrections.words(), self._corrections.refusal()
        said = (self._corrections.run, words, refusal)
        if said == self._said:
            return
        self._said = said
        if words:
            self.say("info", words, refusal or HINT, action="" if refusal else self._learn.text())
        else:
            self.hide()
