"""The pictures that a finding is about, and what can be done about it."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.found_rows import FoundRow
from studio.app.health_words import alike_words, amount_words, listed_words
from studio.app.row_list import PART_WORDS
from studio.gui.blocks.health.pairs import PairList
from studio.gui.blocks.health.pairs_model import PairSide, ShownPair
from studio.gui.blocks.messages import below, one_line
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.text import ElidedLabel, plain
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel
from studio.jobs.messages import HealthFound

SHOW_BLOCK = "Show the block"


class FindingEvidence(QWidget):
    """Emits `opened(path of a picture)`, `block_asked()` and `group_asked()`."""

    opened = Signal(str)
    block_asked = Signal()
    group_asked = Signal()

    def __init__(self, loader: ThumbnailLoader) -> None:
        super().__init__()
        self._loader = loader
        self._finding: HealthFound | None = None
        self._rows: Mapping[str, FoundRow] = {}
        self._look = ClassLook(())
        self.title = ElidedLabel("", "strong")
        self.block = button(SHOW_BLOCK, "quiet", "blocks", dense=True)
        self.block.clicked.connect(self.block_asked)
        self.group = button("Keep these together", "primary", dense=True)
        self.group.clicked.connect(self.group_asked)
        self.model = ThumbnailModel()
        self.model.wanted.connect(lambda rows: self._want(self.model, rows))
        self.grid = ThumbnailGrid(self.model, "l")
        self.grid.set_captions(True, lines=2)
        self.grid.setAccessibleName("Pictures of the finding")
        self.grid.opened.connect(lambda row: self._open(self._image(row)))
        self.pairs = PairList()
        self.pairs.pairs.thumbs.wanted.connect(lambda rows: self._want(self.pairs.pairs.thumbs, rows))
        self.pairs.opened.connect(self._open)
        self.none = plain("It is about the data as a whole, not about single pictures.", "quiet", wrap=True)
        self._stack = QStackedWidget()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the icon alone stands for its words."""
        super().resizeEvent(event)
        is_narrow = self.width() < px("text_column")
        self.block.setText("" if is_narrow else SHOW_BLOCK)
        self.block.setToolTip(SHOW_BLOCK if is_narrow else "")

    def show_finding(self, finding: HealthFound | None, rows: Mapping[str, FoundRow], look: ClassLook) -> None:
        """Show what a finding is about. rows: what the last check of the blocks knows of its pictures."""
        is_another = finding != self._finding
        if not is_another and rows == self._rows and look.classes == self._look.classes:
            return
        self._finding, self._rows, self._look = finding, rows, look
        if finding is None:
            return
        self.title.setText(" ".join(part for part in (amount_words(finding), listed_words(finding)) if part))
        if finding.pairs:
            self.pairs.pairs.show([self._pair(*pair) for pair in finding.pairs])
            self._stack.setCurrentWidget(self.pairs)
        elif finding.pictures:
            self.model.reset(len(finding.pictures), self._describe)
            self._stack.setCurrentWidget(self.grid)
        else:
            self._stack.setCurrentIndex(0)
        if is_another:
            self.pairs.scrollToTop()
            self.grid.verticalScrollBar().setValue(0)

    def offer_group(self, is_offered: bool, is_allowed: bool) -> None:
        """Whether keeping these together would mend it, and whether that can be done now."""
        self.group.setVisible(is_offered)
        self.group.setEnabled(is_allowed)

    def _pair(self, first: str, second: str, distance: int) -> ShownPair:
        return ShownPair(self._side(first), self._side(second), alike_words(distance))

    def _side(self, image: str) -> PairSide:
        row = self._rows.get(image)
        labels, colours = self._look.shown(row.target if row else None)
        return PairSide(image, labels, colours, PART_WORDS[row.part] if row and row.part else "")

    def _image(self, row: int) -> str:
        assert self._finding is not None
        return self._finding.pictures[row][0]

    def _describe(self, row: int) -> Thumbnail:
        assert self._finding is not None
        image, words = self._finding.pictures[row]
        side = self._side(image)
        # The name stands in a line of its own.
        shown = one_line(below(self._finding.root, words).removeprefix(image).strip(" :"))
        return Thumbnail(image, (shown,) if shown else side.labels, side.colours, (), PurePosixPath(image).name)

    def _want(self, model: ThumbnailModel, rows: list[int]) -> None:
        finding = self._finding
        if finding is None:
            return
        images = [side for pair in finding.pairs for side in pair[:2]] or [image for image, _ in finding.pictures]
        self._loader.want(model, {row: Path(finding.root, images[row]) for row in rows if row < len(images)})

    def _open(self, image: str) -> None:
        assert self._finding is not None
        self.opened.emit(str(Path(self._finding.root, image)))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        line.setContentsMargins(px("gap_l"), px("gap_s"), px("gap_l"), px("gap_s"))
        line.addWidget(self.title, 1)
        line.addWidget(self.block)
        line.addWidget(self.group)
        nothing = QWidget()
        inside = QVBoxLayout(nothing)
        inside.setContentsMargins(px("gap_s"), px("gap_s"), px("gap_l"), px("gap_l"))
        inside.addWidget(self.none)
        inside.addStretch(1)
        beside = QWidget()
        around = QHBoxLayout(beside)
        around.setContentsMargins(px("gap_s"), 0, 0, 0)
        around.addWidget(self._stack)
        for part in (nothing, self.grid, self.pairs):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(beside, 1)
