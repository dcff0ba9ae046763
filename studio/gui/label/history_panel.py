"""What was done last: undo and redo with the names of what they do, and the latest edits, folded."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from studio.app.labeling import Labeling
from studio.gui.style import colour, px
from studio.gui.widgets.buttons import button, icon_button
from studio.gui.widgets.text import ElidedLabel, plain_tip
from studio.project.changes import PastEdit

SHOWN_EDITS = 20


def when_words(at: datetime, now: datetime | None = None) -> str:
    """A time of the history as a clock would say it: "09:12" today, else "24 Nov 2026, 09:12"."""
    here = at.astimezone()
    today = (now or datetime.now().astimezone()).date()
    return f"{here:%H:%M}" if here.date() == today else f"{here.day} {here:%b %Y, %H:%M}"


class HistoryPanel(QWidget):
    """A click on an edit of one picture shows that picture, through `show(image)`."""

    def __init__(self, labeling: Labeling, undo: QAction, redo: QAction, show: Callable[[str], object]) -> None:
        super().__init__()
        self._labeling = labeling
        self.undo_title, self.redo_title = ElidedLabel("", "help"), ElidedLabel("", "help")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._buttons = []
        for action, icon, title in ((undo, "undo", self.undo_title), (redo, "redo", self.redo_title)):
            do = icon_button(icon, f"{action.text()} · {action.shortcut().toString()}", colour="text")
            do.clicked.connect(lambda checked=False, action=action: action.trigger())
            row = QHBoxLayout()
            row.setSpacing(px("gap_xs"))
            row.addWidget(do)
            row.addWidget(title, 1)
            column.addLayout(row)
            self._buttons.append(do)
        self.fold = button("History", "quiet", "clock", dense=True)
        self.fold.setCheckable(True)
        self.fold.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.fold.toggled.connect(self._unfold)
        self.list = QListWidget()
        self.list.setAccessibleName("The latest edits")
        self.list.setFixedHeight(px("thumbnail_m"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemClicked.connect(lambda item: show(item.data(Qt.ItemDataRole.UserRole)))
        self.list.hide()
        column.addWidget(self.fold)
        column.addWidget(self.list)

    def show_history(self) -> None:
        """Read again what can be undone, and, where it is unfolded, the list."""
        project = self._labeling.session.project
        titles = (project.can_undo(), project.can_redo()) if project else (None, None)
        labels = ((self.undo_title, "Undo", "Nothing to undo"), (self.redo_title, "Redo", "Nothing to do again"))
        for do, (label, verb, nothing), title in zip(self._buttons, labels, titles, strict=True):
            label.setText(nothing if title is None else f"{verb}: {title}")
            label.setEnabled(title is not None)
            do.setEnabled(title is not None)
        if self.list.isVisibleTo(self):
            self._fill()

    def _unfold(self, is_open: bool) -> None:
        self.list.setVisible(is_open)
        if is_open:
            self._fill()

    def _fill(self) -> None:
        self.list.clear()
        project = self._labeling.session.project
        for edit in project.history(limit=SHOWN_EDITS) if project else ():
            self.list.addItem(_item(edit))


def _item(edit: PastEdit) -> QListWidgetItem:
    words = f"{when_words(edit.at)} · {edit.author} · {edit.title}".replace("\n", " ")
    item = QListWidgetItem(words if edit.state == "done" else f"{words} (undone)")
    details = [edit.title, f"{edit.author}, {when_words(edit.at)}", edit.image or ""]
    item.setToolTip(plain_tip("\n".join(part for part in details if part)))
    item.setData(Qt.ItemDataRole.UserRole, edit.image or "")
    if edit.state != "done":
        item.setForeground(colour("quiet"))
    return item
