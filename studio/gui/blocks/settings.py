"""The selected block beside its card: which kind it is, its settings, and what it made of the data."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.app.block_words import CHOICE_TITLES, card_title, class_counts, other_counts
from studio.base.wording import whole_words
from studio.blocks.block import Block
from studio.gui.form_fields.choices import Chooser
from studio.gui.form_fields.editor import Surroundings
from studio.gui.forms import Form
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.widgets.buttons import icon_button
from studio.gui.widgets.count_bars import CountBars, Counted
from studio.gui.widgets.text import plain, plain_tip
from studio.jobs.messages import StepExplained


class BlockSettings(QScrollArea):
    """Emits `changed(block)`, `kind_asked(kind of block)` and `remove_asked()`."""

    changed = Signal(object)
    kind_asked = Signal(object)
    remove_asked = Signal()

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Settings of the block")
        self._title = plain("", "section")
        self.remove = icon_button("trash", "Remove this transform")
        self.remove.clicked.connect(self.remove_asked)
        self._help = plain("", "quiet", wrap=True)
        self._choice_title = plain("", "field")
        self.kind = Chooser()
        self.kind.activated.connect(lambda: self.kind_asked.emit(self.kind.currentData()))
        self._choice_title.setBuddy(self.kind)
        self.form = Form(around)
        self.form.changed.connect(self.changed)
        self._facts_title = plain("What it found", "field")
        self._facts = _Facts()
        self.bars = CountBars("Pictures of each class")
        self._lay_out()

    def show_block(
        self, block: Block, step: StepExplained | None, kinds: Sequence[type[Block]], keeps: str, look: ClassLook
    ) -> None:
        """`kinds` are the blocks that could do this step; `keeps` says why it cannot be removed ("": it can)."""
        self._title.setText(card_title(block))
        self._help.setText(block.help())
        self._show_kinds(block, kinds)
        is_transform = block.step == "transforms"
        self.remove.setVisible(is_transform)
        self.remove.setEnabled(not keeps)
        self.remove.setToolTip(plain_tip(keeps or "Remove this transform"))
        self.form.show_block(block)
        self.show_step(step, look)

    def show_step(self, step: StepExplained | None, look: ClassLook) -> None:
        """What the last check said of the block."""
        self.form.surroundings_changed()
        self.form.show_findings(step.findings if step is not None else ())
        counts = other_counts(step)
        self._facts.show_counts(counts)
        self._facts_title.setVisible(bool(counts))
        classes = class_counts(step)
        self.bars.set_lines([Counted(name, count, look.colour(name)) for name, count in classes])
        self.bars.setVisible(bool(classes))

    def bring_into_view(self, field: str) -> None:
        """Go to a field, by its name in the block; "" or a name that is not here goes to the top."""
        if not self.form.focus_field(field):
            self.verticalScrollBar().setValue(0)
            return
        self.ensureWidgetVisible(self.form.editors[field])

    def _show_kinds(self, block: Block, kinds: Sequence[type[Block]]) -> None:
        self.kind.clear()
        for kind in kinds:
            self.kind.addItem(kind.title, kind)
        # By place: Qt compares Python classes by value and finds none.
        self.kind.setCurrentIndex(next((i for i, kind in enumerate(kinds) if isinstance(block, kind)), 0))
        title = CHOICE_TITLES.get(block.step, "")
        self._choice_title.setText(title)
        self.kind.setAccessibleName(title)
        has_choice = len(kinds) > 1
        self.kind.setVisible(has_choice)
        self._choice_title.setVisible(has_choice)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        column.setSpacing(px("gap_l"))
        top = QHBoxLayout()
        self._title.setMinimumHeight(px("control_dense"))  # with the button beside it or without
        top.addWidget(self._title, 1)
        top.addWidget(self.remove)
        about = QVBoxLayout()
        about.setSpacing(px("gap_xs"))
        about.addLayout(top)
        about.addWidget(self._help)
        choice = QVBoxLayout()
        choice.setSpacing(px("gap_xs"))
        choice.addWidget(self._choice_title)
        choice.addWidget(self.kind)
        found = QVBoxLayout()
        found.setSpacing(px("gap_s"))
        found.addWidget(self._facts_title)
        found.addWidget(self._facts)
        found.addWidget(self.bars)
        column.addLayout(about)
        column.addLayout(choice)
        column.addWidget(self.form)
        column.addLayout(found)
        column.addStretch(1)
        self.setWidget(inside)


class _Facts(QWidget):
    """Figures with their words, one a line."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px("gap_s"))
        self._grid.setVerticalSpacing(px("ring"))
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, int]] = []

    def show_counts(self, counts: list[tuple[str, int]]) -> None:
        if counts == self._shown:
            return
        self._shown = list(counts)
        while item := self._grid.takeAt(0):
            if (label := item.widget()) is not None:
                label.hide()
                label.deleteLater()
        for row, (words, count) in enumerate(counts):
            figure = plain(whole_words(count), "strong")
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(figure, row, 0)
            self._grid.addWidget(plain(words, "quiet"), row, 1)
        self.setVisible(bool(counts))
