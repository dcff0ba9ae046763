"""A list of settings inside a block: each with a line and, unfolded, a form of its own; added, moved, taken away."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.base.errors import Bug
from studio.blocks.block import Item
from studio.blocks.forms import FormField
from studio.gui import icons
from studio.gui.form_fields.editor import FieldEditor, Surroundings
from studio.gui.style import px
from studio.gui.widgets.buttons import button, icon_button
from studio.gui.widgets.text import ElidedLabel, plain_tip

MakeForm = Callable[[Surroundings], Any]  # gives a form, which has fields itself


class ItemsEditor(FieldEditor):
    """The items in their order; at most one is unfolded. `rows` has one of each."""

    def __init__(self, field: FormField, around: Surroundings, make_form: MakeForm) -> None:
        if field.item is None:
            raise Bug(f"the field {field.name!r} does not say of what it is a list")
        self._kind = field.item
        self._make_form = lambda: make_form(around)
        self._items: list[Item] = []
        self._open: int | None = None
        self.rows: list[ItemRow] = []
        self.add = button(f"Add a {field.item.title.lower()}", "quiet", "plus", dense=True)
        self.add.clicked.connect(self._add)
        self.ready = self._ready_button()
        super().__init__(field, self.add)
        self.add.setAccessibleName(self.add.text())
        self._list = QWidget()
        self._list_column = QVBoxLayout(self._list)
        self._list_column.setContentsMargins(0, 0, 0, 0)
        self._list_column.setSpacing(px("gap_xs"))
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s"))
        row.addWidget(self.add)
        row.addWidget(self.ready)
        row.addStretch(1)
        self.put(self._list, buttons)
        self._show_rows()

    def value(self) -> object:
        return tuple(self._items)

    def set_value(self, value: object) -> None:
        self._show(cast(Sequence[Item], value), None)

    def open(self, place: int | None) -> None:
        """Unfold an item and fold up the others; None: fold up all."""
        self._open = place
        for number, row in enumerate(self.rows):
            row.set_open(number == place)

    def shift(self, place: int, by: int) -> None:
        """Change places with a neighbour."""
        items, there = list(self._items), place + by
        items[place], items[there] = items[there], items[place]
        self._edit(items, there if self._open == place else None)
        (self.rows[there].up if by < 0 else self.rows[there].down).setFocus()

    def remove(self, place: int) -> None:
        self._edit([item for number, item in enumerate(self._items) if number != place], None)

    def _add(self) -> None:
        """As the last one is, without its name: a stage seldom differs from the one before it in everything."""
        last = self._items[-1].model_dump() if self._items else {}
        item = self._kind.model_validate({**last, "name": ""} if "name" in last else last)
        self._edit([*self._items, item], len(self._items))

    def _edit(self, items: Sequence[Item], open_place: int | None) -> None:
        self._show(items, open_place)
        self.edited.emit(False)

    def _show(self, items: Sequence[Item], open_place: int | None) -> None:
        self._items, self._open = list(items), open_place
        self._show_rows()

    def _show_rows(self) -> None:
        for row in self.rows:
            self._list_column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [self._row(place, item) for place, item in enumerate(self._items)]
        for row in self.rows:
            self._list_column.addWidget(row)
        self._list.setVisible(bool(self.rows))
        self.open(self._open)

    def _row(self, place: int, item: Item) -> "ItemRow":
        row = ItemRow(item, place, len(self._items), self._make_form)
        row.changed.connect(lambda changed: self._take(place, changed))
        row.unfolded.connect(lambda: self.open(None if self._open == place else place))
        row.up.clicked.connect(lambda: self.shift(place, -1))
        row.down.clicked.connect(lambda: self.shift(place, 1))
        row.trash.clicked.connect(lambda: self.remove(place))
        return row

    def _take(self, place: int, item: Item) -> None:
        self._items[place] = item
        self.edited.emit(False)

    def _ready_button(self) -> QPushButton:
        made = button("Ready-made", "quiet", dense=True)
        lists = self._kind.ready_lists()
        menu = QMenu(made)
        menu.setToolTipsVisible(True)
        for ready in lists:
            entry = menu.addAction(ready.title)
            entry.setToolTip(plain_tip(ready.about))
            entry.triggered.connect(lambda checked=False, ready=ready: self._edit(ready.items, None))
        made.setMenu(menu)
        made.setHidden(not lists)
        return made


class ItemRow(QFrame):
    """A line that says what an item is. Emits `changed(item)`, and `unfolded()` when its form is asked for."""

    changed = Signal(object)
    unfolded = Signal()

    def __init__(self, item: Item, place: int, count: int, make_form: Callable[[], Any]) -> None:
        super().__init__()
        self._item, self._place, self._make_form = item, place, make_form
        self.form: Any = None  # made when it is first unfolded
        self.setProperty("role", "item")
        self._name, self._summary = ElidedLabel("", "strong"), ElidedLabel("", "help")
        self.opener = icon_button("chevron_right", "", small=True)
        self.opener.clicked.connect(self.unfolded)
        self.up, self.down = (icon_button(f"chevron_{way}", "", small=True) for way in ("up", "down"))
        self.up.setEnabled(place > 0)
        self.down.setEnabled(place < count - 1)
        self.trash = icon_button("trash", "", small=True)
        self._lay_out()
        self._say()

    def set_open(self, is_open: bool) -> None:
        """Show its form, or put it away."""
        if is_open and self.form is None:
            self.form = self._make_form()
            self.form.show_block(self._item)
            self.form.changed.connect(self._take)
            self._column.addWidget(self.form)
        if self.form is not None:
            self.form.setVisible(is_open)
        self.opener.setIcon(icons.icon("chevron_down" if is_open else "chevron_right", "quiet"))

    def mousePressEvent(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().y() <= self._head.geometry().bottom():
            self.unfolded.emit()

    def _take(self, item: Item) -> None:
        self._item = item
        self._say()
        self.changed.emit(item)

    def _say(self) -> None:
        name = self._item.shown_name(self._place + 1)
        self._name.setText(name)
        self._summary.setText(self._item.summary())
        for part, words in (
            (self.opener, f"Settings of {name}"),
            (self.up, f"Move {name} up"),
            (self.down, f"Move {name} down"),
            (self.trash, f"Remove {name}"),
        ):
            part.setToolTip(plain_tip(words))
            part.setAccessibleName(words)

    def _lay_out(self) -> None:
        self._head = QWidget()
        row = QHBoxLayout()
        row.setSpacing(px("gap_xs"))
        row.addWidget(self.opener)
        row.addWidget(self._name, 1)
        for part in (self.up, self.down, self.trash):
            row.addWidget(part)
        head = QVBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(0)
        head.addLayout(row)
        head.addWidget(self._summary)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px("gap_s"), px("gap_xs"), px("gap_s"), px("gap_xs"))
        self._column.setSpacing(px("gap_m"))
        self._column.addWidget(self._head)
