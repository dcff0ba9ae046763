"""Whether a model looks at each picture several times, and how: a box to tick, with its settings folded away."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.blocks.several_looks import SeveralLooks
from studio.gui import icons
from studio.gui.forms import Form
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.text import ElidedLabel


class LooksChoice(QWidget):
    """Emits `changed()` when another answer is to be expected."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.box = QCheckBox(SeveralLooks.title)
        self.box.setAccessibleDescription(SeveralLooks.help())
        self.about = ElidedLabel(SeveralLooks.help(), "help")
        self.opener = button("How", "quiet", "chevron_right", dense=True)
        self.opener.setCheckable(True)
        self.opener.toggled.connect(self._open)
        self.form = Form()
        self.form.show_block(SeveralLooks())
        self.form.changed.connect(lambda block: self.changed.emit())
        self.box.toggled.connect(self._tick)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.form)
        self._area.setMaximumHeight(px("panel"))
        line = QHBoxLayout()
        line.setSpacing(px("gap_m"))
        line.addWidget(self.box)
        line.addWidget(self.about, 1)
        line.addWidget(self.opener)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_s"))
        column.addLayout(line)
        column.addWidget(self._area)
        self._open(False)
        self.opener.setEnabled(False)

    def settings(self) -> SeveralLooks | None:
        """How it looks; None: once."""
        block = self.form.block
        return block if self.box.isChecked() and isinstance(block, SeveralLooks) else None

    def _tick(self, is_on: bool) -> None:
        self.opener.setEnabled(is_on)
        if not is_on:
            self.opener.setChecked(False)
        self.changed.emit()

    def _open(self, is_open: bool) -> None:
        self._area.setVisible(is_open)
        self.opener.setIcon(icons.icon("chevron_down" if is_open else "chevron_right", "text"))
