"""The pipeline as a column of cards, joined by lines that say how many rows flow along them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.app.block_words import card_states, card_summary, card_title, row_words, warning_count
from studio.blocks.block import Block
from studio.blocks.transforms.presets import PRESETS, Preset
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.card import BlockCard, CardLink
from studio.gui.widgets.text import plain_tip
from studio.jobs.messages import StepExplained


class BlockFlow(QScrollArea):
    """Emits `chosen(place)`, `add_asked(kind of transform)` and `preset_asked(preset)`; a place counts in
    Recipe.steps()."""

    chosen = Signal(int)
    add_asked = Signal(object)
    preset_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[BlockCard] = []
        self.add = _AddButton()
        self.add.asked.connect(self.add_asked)
        self.presets = _PresetButton()
        self.presets.asked.connect(self.preset_asked)
        self._below = QWidget()
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(px("gap_s"))
        below.addWidget(self.add)
        below.addWidget(self.presets)
        below.addStretch(1)
        self.links: list[CardLink] = []
        self._kinds: list[type[Block]] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Blocks")

    def show_blocks(
        self, blocks: Sequence[Block], steps: Sequence[StepExplained | None], selected: int, is_checking: bool
    ) -> None:
        """Bring the cards up to date; new ones are made only where the kinds of blocks changed."""
        if self._kinds != [type(block) for block in blocks]:
            self._build(blocks)
        states = card_states(steps, is_checking)
        for place, (card, block, step) in enumerate(zip(self.cards, blocks, steps, strict=True)):
            card.set_summary(card_summary(block, step))
            card.set_state(states[place])
            card.set_warnings(warning_count(step))
            card.set_selected(place == selected)
        for link, block, step in zip(self.links, blocks, steps, strict=False):
            words = row_words(step)
            link.set_text(words)
            link.setFixedHeight(px("gap_s") if block.step in ("kind", "transforms") else px("connector"))

    def show_unused(self, transforms: Sequence[type[Block]], preset: Preset | None) -> None:
        """Offer these transforms to be added, and mark the preset that is in use."""
        self.add.offer(transforms)
        self.presets.show_preset(preset)

    def bring_into_view(self, place: int) -> None:
        if place < len(self.cards):
            self.ensureWidgetVisible(self.cards[place], 0, px("gap_xl"))

    def _build(self, blocks: Sequence[Block]) -> None:
        had_focus = any(card.hasFocus() for card in self.cards)
        self._below.setParent(None)
        self._kinds = [type(block) for block in blocks]
        self.cards, self.links = [], []
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_s"), px("gap_l"))
        column.setSpacing(0)
        for place, block in enumerate(blocks):
            if block.step == "batch":
                column.addWidget(self._below)
                link = CardLink()
                link.setFixedHeight(px("gap_s"))
                column.addWidget(link)
            column.addWidget(self._card(place, block))
            if place + 1 < len(blocks):
                link = CardLink()
                self.links.append(link)
                column.addWidget(link)
        column.addStretch(1)
        self.setWidget(inside)
        self._below.show()
        if had_focus and self.cards:
            self.cards[0].setFocus()

    def _card(self, place: int, block: Block) -> BlockCard:
        card = BlockCard(f"{block.step}.{type(block).__name__}", card_title(block), block.icon)
        card.chosen.connect(lambda: self.chosen.emit(place))
        self.cards.append(card)
        return card


class _PresetButton(QPushButton):
    """A menu of what suits pictures of a kind; the one in use is marked."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("Suited to")
        self.setProperty("role", "quiet")
        self.setProperty("dense", True)
        self.setAutoDefault(False)
        self.setAccessibleName("Transforms suited to")
        self._list = QMenu(self)
        self._list.setToolTipsVisible(True)
        self.entries: dict[str, QAction] = {}
        for preset in PRESETS:
            entry = self._list.addAction(preset.title)
            entry.setCheckable(True)
            entry.setToolTip(plain_tip(preset.statement))
            entry.triggered.connect(lambda checked=False, preset=preset: self.asked.emit(preset))
            self.entries[preset.name] = entry
        self.setMenu(self._list)

    def show_preset(self, used: Preset | None) -> None:
        for name, entry in self.entries.items():
            entry.setChecked(used is not None and used.name == name)


class _AddButton(QPushButton):
    """A menu of the transforms that are not in use yet."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        dressed = button("Add a transform", "quiet", "plus", dense=True)
        self.setText(dressed.text())
        self.setIcon(dressed.icon())
        self.setProperty("role", "quiet")
        self.setProperty("dense", True)
        self.setAccessibleName(dressed.text())
        self._list = QMenu(self)
        self._list.setToolTipsVisible(True)
        self.setMenu(self._list)

    def offer(self, transforms: Sequence[type[Block]]) -> None:
        self._list.clear()
        for kind in transforms:
            entry = self._list.addAction(kind.title)
            entry.setToolTip(plain_tip(kind.help()))
            entry.triggered.connect(lambda checked=False, kind=kind: self.asked.emit(kind))
        self.setEnabled(bool(transforms))
        self.setToolTip("" if transforms else "All transforms are in use.")
