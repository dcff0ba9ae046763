"""The head of a page: its title, one sentence about it, and what can be done here."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.gui.style import px
from studio.gui.widgets.buttons import ActionButton, icon_button
from studio.gui.widgets.text import ElidedLabel, plain


class PageHeader(QWidget):
    """Title, a sentence that the user may hide, one primary action, quiet ones, and a menu for rare ones.

    `sentence_hidden(bool)` is emitted when the user hides the sentence or asks for it again.
    """

    sentence_hidden = Signal(bool)

    def __init__(self, title: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain(title, "title")
        self.sentence = ElidedLabel(sentence, "quiet")
        self._hide = icon_button("close", "Hide this sentence", small=True)
        self._hide.clicked.connect(lambda: self._ask_hidden(True))

        self._menu = QMenu(self)
        self._explain = QAction("Say what this page is for", self)
        self._explain.triggered.connect(lambda: self._ask_hidden(False))
        self._menu.addAction(self._explain)
        self._more: QToolButton = icon_button("more", "More actions")
        self._more.setFixedSize(QSize(px("control"), px("control")))
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

        self._actions = QHBoxLayout()
        self._actions.setSpacing(px("gap_xs"))
        self._primary: QWidget | None = None

        about = QHBoxLayout()
        about.setSpacing(px("gap_xs"))
        about.addWidget(self.sentence)
        about.addWidget(self._hide)
        about.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(px("gap_xs"))
        words.addWidget(self.title)
        words.addLayout(about)
        right = QVBoxLayout()
        right.addLayout(self._actions)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(px("gap_xl"), px("gap_l"), px("gap_xl"), px("gap_m"))
        row.setSpacing(px("gap_xl"))
        row.addLayout(words, 1)
        row.addLayout(right)
        self._actions.addWidget(self._more)
        self.set_sentence_hidden(not sentence)

    def set_primary(self, action: QAction, icon: str = "") -> None:
        """Make `action` the one thing to do next; it replaces the one before."""
        old, self._primary = self._primary, ActionButton(action, "primary", icon, self)
        if old is None:
            self._actions.addSpacing(px("gap_s"))
            self._actions.addWidget(self._primary)
            return
        self._actions.replaceWidget(old, self._primary)
        had_focus = old.hasFocus()
        old.hide()
        old.deleteLater()
        self._primary.show()
        if had_focus:
            self._primary.setFocus()

    def add_secondary(self, action: QAction, icon: str = "") -> ActionButton:
        """Add a quiet button left of the menu; gives it, for pages where it does not always fit."""
        made = ActionButton(action, "quiet", icon, self)
        self._actions.insertWidget(self._actions.indexOf(self._more), made)
        return made

    def add_rare(self, action: QAction) -> None:
        """Add an entry to the menu."""
        self._menu.insertAction(self._explain, action)
        self._show_menu()

    def set_sentence_hidden(self, hidden: bool) -> None:
        """Hide or show the sentence, as the user left it."""
        self.sentence.setVisible(not hidden)
        self._hide.setVisible(not hidden)
        self._explain.setVisible(hidden and bool(self.sentence.text()))
        self._show_menu()

    def _ask_hidden(self, hidden: bool) -> None:
        self.set_sentence_hidden(hidden)
        self.sentence_hidden.emit(hidden)

    def _show_menu(self) -> None:
        self._more.setVisible(any(action.isVisible() for action in self._menu.actions()))
