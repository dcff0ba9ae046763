"""A line in the page that says what happened, to what, and what to do; never a dialog."""

from typing import Literal, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.gui import icons
from studio.gui.style import px, set_property
from studio.gui.widgets.buttons import button, icon_button
from studio.gui.widgets.motion import fade_in
from studio.gui.widgets.text import plain

Kind = Literal["error", "warning", "info", "good"]


class _Voice(NamedTuple):
    icon: str
    word: str
    tone: str


_VOICES: dict[Kind, _Voice] = {
    "error": _Voice("error", "Error", "wrong"),
    "warning": _Voice("warning", "Warning", "warning"),
    "info": _Voice("info", "Note", "accent"),
    "good": _Voice("good", "Done", "good"),
}


class _VoiceIcon(QWidget):
    """The icon of a kind, in its colour."""

    def __init__(self) -> None:
        super().__init__()
        self.voice = _VOICES["info"]
        self.setFixedSize(QSize(px("icon_m"), px("icon_m")))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.paint_icon(painter, QRect(0, 0, px("icon_m"), px("icon_m")), self.voice.icon, self.voice.tone)
        painter.end()


class MessageStrip(QFrame):
    """Icon, word, message and hint; on demand a button that mends it, and the details.

    Hidden until `say()`. Emits `action_asked` for the button and `closed` when the user puts the strip away.
    """

    action_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._icon = _VoiceIcon()
        self._word = plain("", "strong")
        self._message = plain("", wrap=True, selectable=True)
        self._hint = plain("", "help", wrap=True, selectable=True)
        self._action = button("", dense=True)
        self._action.clicked.connect(self.action_asked)
        self._fold = button("Details", "quiet", dense=True)
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self._copy = button("Copy", "quiet", dense=True)
        self._copy.clicked.connect(self._copy_all)
        self._close = icon_button("close", "Put this message away", small=True)
        self._close.clicked.connect(self._put_away)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details of the message")
        self._details.setTabChangesFocus(True)
        self._details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._details.setFixedHeight(px("thumbnail_l"))

        words = QVBoxLayout()
        words.setSpacing(px("ring"))
        words.addWidget(self._message)
        words.addWidget(self._hint)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(px("gap_s"))
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._icon, 0, top)
        row.addWidget(self._word, 0, top)
        row.addLayout(words, 1)
        for control in (self._action, self._fold, self._copy, self._close):
            row.addWidget(control, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_m"), px("gap_s"), px("gap_s"), px("gap_s"))
        column.setSpacing(px("gap_s"))
        column.addLayout(row)
        column.addWidget(self._details)
        for label in (self._word, self._message):
            label.setContentsMargins(0, px("ring"), 0, 0)
        self.hide()

    def say(
        self, kind: Kind, message: str, hint: str = "", details: str = "", action: str = "", fold: str = "Details"
    ) -> None:
        """Show a message. `details`, such as a trace, are folded under `fold`; `action` is a button that mends it."""
        voice = _VOICES[kind]
        self._icon.voice = voice
        set_property(self, "tone", voice.tone)
        set_property(self._word, "tone", voice.tone)
        self._word.setText(voice.word)
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self._details.setPlainText(details)
        self._fold.setText(fold)
        self._fold.setAccessibleName(fold)
        self._fold.setChecked(False)
        self._fold.setVisible(bool(details))
        self._copy.setVisible(kind in ("error", "warning"))
        self._unfold(False)
        self.setAccessibleName(f"{voice.word}: {message}")
        self.setAccessibleDescription(hint)
        self.show()
        fade_in(self)

    def whole_text(self) -> str:
        """Everything the strip says, details included: what Copy puts on the clipboard."""
        parts = [f"{self._word.text()}: {self._message.text()}", self._hint.text(), self._details.toPlainText()]
        return "\n\n".join(part for part in parts if part)

    def _unfold(self, unfolded: bool) -> None:
        self._details.setVisible(unfolded)

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.whole_text())

    def _put_away(self) -> None:
        self.hide()
        self.closed.emit()
