"""A panel at the side of a page that the user makes as wide as wanted; it stays that wide."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.gui.style import px


class Remembered(NamedTuple):
    """Where a width is kept: `get` gives it (None: never set), `set` stores it."""

    get: Callable[[], int | None]
    set: Callable[[int], None]


class PanelGrip(QFrame):
    """The edge that is dragged, or moved with the arrow keys; a double click takes the usual width."""

    moved = Signal(int)  # by how many pixels to the right
    let_go = Signal()
    reset = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(px("grip"))
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Width of the side panel")
        self.setAccessibleDescription("Left and right arrow keys change it")
        self._from_x: float | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from_x = event.globalPosition().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from_x is not None:
            x = event.globalPosition().x()
            self.moved.emit(round(x - self._from_x))
            self._from_x = x

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from_x is not None:
            self._from_x = None
            self.let_go.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -px("gap_l"), Qt.Key.Key_Right: px("gap_l")}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
            self.let_go.emit()
        else:
            super().keyPressEvent(event)


class SidePanel(QFrame):
    """A column of controls beside the pictures; put things into `column`."""

    def __init__(
        self, side: Literal["left", "right"], remember: Remembered | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("side", side)
        self._remember = remember
        self._sign = 1 if side == "left" else -1
        self._grip = PanelGrip()
        self._grip.moved.connect(lambda by_px: self.set_width(self.width() + self._sign * by_px))
        self._grip.let_go.connect(self._keep)
        self._grip.reset.connect(self._usual)
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        self.column.setSpacing(px("gap_m"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (inside, self._grip) if side == "left" else (self._grip, inside):
            row.addWidget(part)
        self.set_width((remember and remember.get()) or px("panel"))

    def set_width(self, width_px: int) -> None:
        """Take a width, within what leaves the page usable."""
        self.setFixedWidth(min(max(width_px, px("panel_min")), px("panel_max")))

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def _usual(self) -> None:
        self.set_width(px("panel"))
        self._keep()

    def _keep(self) -> None:
        if self._remember is not None:
            self._remember.set(self.minimumWidth())
