"""QActions, menus and keys, made from the one table of actions."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from studio.app.actions import ACTIONS, Action, Ui
from studio.app.workspace import Workspace

TYPING = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
_PRESSING = (QAbstractButton,)
_PRESS_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


def make_actions(work: Workspace, ui: Ui, attempt: Callable[[Callable[[], None]], bool]) -> dict[str, QAction]:
    """A QAction for each action of the table, by id; what it does runs inside `attempt`."""
    made: dict[str, QAction] = {}
    for item in ACTIONS:
        action = QAction(item.title)
        action.setObjectName(item.id)
        if item.key and not item.page:
            keys = [QKeySequence(key) for key in (item.key, *item.also)]
            action.setShortcuts(keys)
        action.triggered.connect(lambda checked=False, item=item: attempt(lambda: item.do(work, ui)))
        made[item.id] = action
    return made


def refresh_actions(actions: dict[str, QAction], work: Workspace) -> None:
    """Allow each action where its table entry does."""
    for item in ACTIONS:
        actions[item.id].setEnabled(item.when(work))


def fill_menus(bar: QMenuBar, actions: dict[str, QAction]) -> None:
    """One menu for each that the table names, in the table's order; bare keys stand as hints beside their action."""
    menus = {}
    for item in ACTIONS:
        if item.menu not in menus:
            menus[item.menu] = bar.addMenu(item.menu)
        action = actions[item.id]
        menus[item.menu].addAction(action)
        if item.page:
            # Behind the tab stands a key without being a shortcut: the gate below decides when it counts.
            action.setText(f"{item.title}\t{item.key}")
            action.setIconText(item.title)


class KeyGate(QObject):
    """Bare keys go through here: they count on their own page only, and never while somebody types."""

    def __init__(self, actions: dict[str, QAction], ui: Ui, window: QWidget) -> None:
        super().__init__(window)
        self._ui = ui
        self._window = window
        self._by_key: dict[tuple[str, int], tuple[Action, QAction]] = {}
        for item in ACTIONS:
            if item.page:
                for key in (item.key, *item.also):
                    self._by_key[item.page, _code(key)] = (item, actions[item.id])
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self._window or isinstance(watched, TYPING):
            return False
        return self._is_taken(event)

    def _is_taken(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        found = self._by_key.get((self._ui.page, int(event.key())))
        if found is None or held or not self._may_fire(event):
            return False
        if found[0].repeats or not event.isAutoRepeat():
            found[1].trigger()
        return True

    def _may_fire(self, event: QKeyEvent) -> bool:
        if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
            return False
        focus = QApplication.focusWidget()
        if isinstance(focus, TYPING):
            return False
        return not (isinstance(focus, _PRESSING) and event.key() in _PRESS_KEYS)


def _code(key: str) -> int:
    """Qt's number of a key that is written as the table writes it."""
    sequence: Any = QKeySequence(key)  # the stubs do not know that it is indexable
    return int(sequence[0].key())
