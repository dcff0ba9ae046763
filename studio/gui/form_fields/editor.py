"""What every field of a form is: its title, its control, and below it a help that turns into what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.blocks.block import Settings
from studio.blocks.forms import FormField
from studio.gui.style import px, set_property
from studio.gui.widgets.text import plain

Tone = Literal["", "warning", "wrong"]


@dataclass(frozen=True)
class Surroundings:
    """What fields may ask besides the block.

    label_sets: the project's.  folder: the one that relative paths are in.  columns: of the table that the pictures or
    their labels come from.  pictures: some paths below the source's folder, to try a text on.  check_again: looks at
    the data anew, because something outside the block has changed.  runs: names of those that have a model.
    """

    label_sets: Callable[[], Sequence[str]] = list
    folder: Callable[[], Path | None] = lambda: None
    columns: Callable[[], Sequence[str]] = list
    pictures: Callable[[], Sequence[str]] = list
    check_again: Callable[[], None] = lambda: None
    runs: Callable[[], Sequence[str]] = list


class FieldEditor(QWidget):
    """Emits `edited(more)`; `more` says that somebody is typing or dragging, so that the next change may be near."""

    edited = Signal(bool)

    def __init__(self, field: FormField, *controls: QWidget, title_above: bool = True) -> None:
        super().__init__()
        self.field = field
        self.note_text = field.help
        self._controls = controls
        self._note = plain(field.help, "help", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px("gap_xs"))
        if title_above:
            self._add_title(field.title, controls[0])
        for control in controls:
            control.setAccessibleName(field.title)
            control.setAccessibleDescription(field.help)

    def _add_title(self, title: str, buddy: QWidget) -> None:
        label: QLabel = plain(title, "field")
        label.setBuddy(buddy)
        self._column.addWidget(label)

    def put(self, *parts: QWidget) -> None:
        """Lay the parts out below the title; the help follows."""
        for part in parts:
            self._column.addWidget(part)
        self._column.addWidget(self._note)

    def value(self) -> object:
        """What stands in the field, as the block takes it; text that is no number comes as it is."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Show a value of the block; nothing is emitted."""
        raise NotImplementedError

    def block_changed(self, block: Settings) -> None:
        """The block is like this now, of which the field is one: for a field that another one bears on."""

    def take_focus(self) -> None:
        """Let keys go to the control."""
        self._controls[0].setFocus()

    def mark(self, sentence: str = "", tone: Tone = "") -> None:
        """Say what is wrong, or what to look at, in the place of the help; without a sentence the help returns."""
        self.note_text = sentence or self.field.help
        self._note.setText(self.note_text)
        self._note.setVisible(bool(self.note_text))
        set_property(self._note, "tone", tone)
        for control in self._controls:
            set_property(control, "wrong", tone == "wrong")
            control.setAccessibleDescription(self.note_text)
