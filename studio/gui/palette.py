"""The palette: finds every action by a few letters, shows its key, and does it."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.app.actions import ACTIONS, Action
from studio.gui.style import px


def palette_entries(actions: Mapping[str, QAction]) -> list[tuple[Action, QAction]]:
    """Every action of the table with its QAction, those that are allowed now first."""
    pairs = [(item, actions[item.id]) for item in ACTIONS]
    return sorted(pairs, key=lambda pair: not pair[1].isEnabled())


def matches(item: Action, typed: str) -> bool:
    """Whether each word that was typed stands somewhere in the title or the menu."""
    text = f"{item.menu} {item.title}".casefold()
    return all(word in text for word in typed.casefold().split())


class Palette(QDialog):
    """Type, choose with the arrows, Enter does it, Esc leaves."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Find an action")
        self._entries = palette_entries(actions)
        self._typed = QLineEdit()
        self._typed.setPlaceholderText("What would you like to do?")
        self._typed.setAccessibleName("What would you like to do?")
        self._typed.textChanged.connect(self._fill)
        self._typed.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName("Actions")
        self._list.itemActivated.connect(lambda entry: self._do(entry))
        self._list.itemClicked.connect(lambda entry: self._do(entry))
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_s"), px("gap_s"), px("gap_s"), px("gap_s"))
        column.addWidget(self._typed)
        column.addWidget(self._list)
        self.resize(px("text_column"), px("panel_max") // 2 + px("panel") // 3)
        self._fill("")

    def show_over(self, window: QWidget) -> None:
        """Open it in the upper middle of the window."""
        place = window.mapToGlobal(window.rect().center())
        self.move(place.x() - self.width() // 2, window.mapToGlobal(window.rect().topLeft()).y() + px("rail_min"))
        self.show()
        self._typed.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + by)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._list.currentItem() is not None:
                    self._do(self._list.currentItem())
                return True
        return False

    def _fill(self, typed: str) -> None:
        self._list.clear()
        for item, action in self._entries:
            if matches(item, typed):
                entry = QListWidgetItem(f"{item.title}    {item.key}" if item.key else item.title)
                entry.setData(Qt.ItemDataRole.UserRole, item.id)
                if not action.isEnabled():
                    entry.setFlags(Qt.ItemFlag.NoItemFlags)
                self._list.addItem(entry)
        self._list.setCurrentRow(0)

    def _do(self, entry: QListWidgetItem) -> None:
        chosen = entry.data(Qt.ItemDataRole.UserRole)
        self.close()
        next(action for item, action in self._entries if item.id == chosen).trigger()
