"""What a page shows while it has nothing to show: what will be here, and the one action that fills it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.gui import icons
from studio.gui.style import look, px
from studio.gui.widgets.buttons import ActionButton
from studio.gui.widgets.text import plain


class EmptyState(QWidget):
    """A small drawing, a line, a sentence, and a button for `action`."""

    def __init__(
        self,
        drawing: str,
        title: str,
        text: str,
        action: QAction | None = None,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._drawing_name = drawing
        self._drawing = QLabel()
        self._drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = plain(title, "section")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = plain(text, "quiet", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMaximumWidth(px("text_column"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_xl"))
        column.setSpacing(px("gap_s"))
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(self._drawing, 0, centre)
        column.addWidget(self._title, 0, centre)
        # As wide as there is room, but no wider than reads well; the stretches beside it keep it in the middle.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._text, 100)
        row.addStretch(1)
        column.addLayout(row)
        if action is not None:
            column.addSpacing(px("gap_s"))
            column.addWidget(ActionButton(action, "primary", icon), 0, centre)
        column.addStretch(3)
        look.changed.connect(self._redraw)
        self._redraw()

    def say(self, title: str, text: str) -> None:
        """Say something else in the same place."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def _redraw(self) -> None:
        self._drawing.setPixmap(icons.drawing(self._drawing_name))
