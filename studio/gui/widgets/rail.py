"""The rail at the left: the steps of the work in their order, each with its state."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from studio.gui import icons
from studio.gui.style import font, px
from studio.gui.widgets.marks import MARKS, State


class Step(NamedTuple):
    """One entry of the rail."""

    id: str
    title: str
    icon: str


class RailButton(QToolButton):
    """An icon over a word, with the step's state as a mark beside the icon."""

    def __init__(self, step: Step, place: str) -> None:
        super().__init__()
        self._place = place
        self.setText(step.title)
        self.setAccessibleName(step.title)
        self.setProperty("role", "step")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIcon(icons.icon(step.icon, "quiet"))
        self.setIconSize(QSize(px("icon_l"), px("icon_l")))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click turns the page, whose controls take the focus
        self.set_state("empty")

    def set_state(self, state: State) -> None:
        """Show how far the step is."""
        self.state = state
        self.setAccessibleDescription(f"{self._place}, {MARKS[state].words}")
        self.setToolTip(f"{self.text()}: {MARKS[state].words}")
        self.update()

    def nextCheckState(self) -> None:
        """A click only asks; the window says which step is the current one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Down: self.focusNextChild, Qt.Key.Key_Up: self.focusPreviousChild}
        if event.key() in moves:
            moves[Qt.Key(event.key())]()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        mark = MARKS[self.state]
        left = self.width() // 2 + px("icon_l") // 2 + px("ring")
        painter = QPainter(self)
        icons.paint_icon(painter, QRect(left, px("gap_s"), px("mark"), px("mark")), mark.icon, mark.colour)
        painter.end()


class Rail(QFrame):
    """All steps. Emits `chosen(id)` when the user asks for one."""

    chosen = Signal(str)

    def __init__(self, steps: Sequence[Step], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName("Steps")
        self._buttons: dict[str, RailButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(px("gap_xs"), px("gap_s"), px("gap_xs"), px("gap_s"))
        self._layout.setSpacing(px("gap_xs"))
        for number, step in enumerate(steps, start=1):
            made = RailButton(step, f"Step {number} of {len(steps)}")
            made.clicked.connect(lambda checked=False, id=step.id: self.chosen.emit(id))
            self._buttons[step.id] = made
            self._layout.addWidget(made)
        self._layout.addStretch(1)
        self._fit()

    def set_current(self, id: str) -> None:
        """Mark one step as the page that is shown."""
        for step_id, made in self._buttons.items():
            made.setChecked(step_id == id)

    def set_state(self, id: str, state: State) -> None:
        """Show how far a step is."""
        self._buttons[id].set_state(state)

    def button(self, id: str) -> RailButton:
        """The button of a step."""
        return self._buttons[id]

    def add_footer(self, widget: QWidget) -> None:
        """Put a small control at the bottom of the rail."""
        self._layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.LanguageChange):
            self._fit()

    def _fit(self) -> None:
        """As wide as the longest word, but never narrower than the token says."""
        metrics = QFontMetrics(font("help_strong"))
        longest = max((metrics.horizontalAdvance(made.text()) for made in self._buttons.values()), default=0)
        inside = max(longest + px("gap_l"), px("rail_min") - px("gap_s"))
        for made in self._buttons.values():
            made.setFixedWidth(inside)
        self.setFixedWidth(inside + px("gap_s"))
