"""What is rarely needed, put away under a button."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui import icons
from studio.gui.style import px
from studio.gui.widgets.buttons import button


class Fold(QWidget):
    """A button, and below it what is put into `column`; closed until somebody opens it."""

    def __init__(self, title: str = "More") -> None:
        super().__init__()
        self.opener = button(title, "quiet", "chevron_right", dense=True)
        self.opener.setCheckable(True)
        self.opener.toggled.connect(self._show)
        self._inside = QWidget()
        self.column = QVBoxLayout(self._inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(px("gap_l"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(px("gap_m"))
        whole.addWidget(self.opener, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addWidget(self._inside)
        self._show(False)

    def open(self) -> None:
        self.opener.setChecked(True)

    def _show(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        self.opener.setIcon(icons.icon("chevron_down" if is_open else "chevron_right", "text"))
