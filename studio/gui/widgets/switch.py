"""A few words of which one is chosen, side by side."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from studio.gui.style import px
from studio.gui.widgets.buttons import button


class Switch(QWidget):
    """Emits `asked(value)` when another one is clicked; whoever listens says with `show_value` what counts."""

    asked = Signal(str)

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        """`name` is for screen readers; `words`: what each value is called. The first one is chosen."""
        super().__init__()
        self.setAccessibleName(name)
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_xs"))
        for value, text in words.items():
            made = button(text, dense=True)
            made.setCheckable(True)
            made.clicked.connect(lambda checked=False, value=value: self.asked.emit(value))
            group.addButton(made)
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons[value] = made
        next(iter(self.buttons.values())).setChecked(True)

    def show_value(self, value: str) -> None:
        self.buttons[value].setChecked(True)
