"""What the selected step makes: samples of its rows, or a batch as the model will see it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.found_rows import FoundRow
from studio.app.preview import Batch
from studio.app.row_list import PART_WORDS
from studio.gui.blocks.rows_table import RowsTable
from studio.gui.drawn import drawn
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.switch import Switch
from studio.gui.widgets.text import plain
from studio.gui.widgets.thumbnail_grid import Size, ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailMark, ThumbnailModel
from studio.gui.widgets.tiles import Tiles
from studio.jobs.messages import SampleShown


class StepPictures(QWidget):
    """A grid with a caption below each picture, or the rows as a table.

    Emits `opened(path)`, `row_opened(picture below the source's folder)`, `draw_asked()`, `part_asked(part)` and
    `view_asked()` when somebody turns from pictures to table or back, `back_asked()` to leave the one picture.
    """

    opened = Signal(str)
    row_opened = Signal(str)
    view_asked = Signal()
    back_asked = Signal()
    draw_asked = Signal()
    part_asked = Signal(str)

    def __init__(self, loader: ThumbnailLoader) -> None:
        super().__init__()
        self._loader = loader
        self._paths: list[Path] = []
        self.is_table = False
        self._shown: object = None
        self.title = plain("", "section")
        self.note = plain("", "help", wrap=True)
        self.parts = Switch("Which pictures", {"train": "Training", "valid": "Validation"})
        self.parts.asked.connect(self.part_asked)
        self.views = Switch("How the rows are shown", {"pictures": "Pictures", "table": "Table"})
        self.views.asked.connect(self._take_view)
        self.table = RowsTable()
        self.table.opened.connect(self.row_opened)
        self.another = button("Another draw", "quiet", "shuffle", dense=True)
        self.another.clicked.connect(self.draw_asked)
        self.back = button("Show the batch", "quiet", "chevron_left", dense=True)
        self.back.clicked.connect(self.back_asked)
        self.model = ThumbnailModel()
        self.model.wanted.connect(self._want)
        self.grid = ThumbnailGrid(self.model, "m")
        self.grid.set_captions(True)
        self.grid.opened.connect(lambda row: self.opened.emit(str(self._paths[row])))
        self.grid.viewport().installEventFilter(self)
        self.empty = EmptyState("no_data", "", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._lay_out()

    def show_samples(
        self, samples: Sequence[SampleShown], look: ClassLook, is_labeled: bool, drawn: Batch | None = None
    ) -> None:
        """A few rows of the table, with what is known of them so far: names, or, after the labels step, labels.

        drawn: the same pictures as the model will see them, for labels that have places in the picture.
        """
        self._turn_to(self.grid, is_batch=False)
        now = (tuple(samples), look.classes, is_labeled, id(drawn.pixels) if drawn else None)
        if self._shown == now:
            return
        self._shown = now
        self._paths = [Path(sample.path) for sample in samples]

        def describe(row: int) -> Thumbnail:
            sample = samples[row]
            labels, colours = look.shown(sample.target)
            marks: tuple[ThumbnailMark, ...] = () if labels or not is_labeled else ("unlabeled",)
            name = sample.image if is_labeled else Path(sample.image).name
            return Thumbnail(name, labels, colours, marks, PART_WORDS[sample.part] if sample.part else "")

        self.model.reset(len(samples), describe)
        for row, image_hwc in enumerate(drawn.pixels) if drawn else ():
            assert drawn is not None
            self.model.set_thumbnail(row, drawn_row(drawn, row, to_image(image_hwc), look, px("thumbnail_l")))
        self._fit()

    def show_rows(self, rows: Sequence[FoundRow], classes: tuple[str, ...]) -> None:
        """All rows, as a table."""
        self._turn_to(self.table, is_batch=False)
        self._shown = None
        self.table.show_rows(rows, classes)

    def show_batch(self, batch: Batch, look: ClassLook) -> None:
        """The pictures of a batch, changed as chance had it."""
        self._turn_to(self.grid, is_batch=True)
        now = (id(batch.pixels), look.classes)
        if self._shown == now:
            return
        self._shown = now
        self._paths = [Path(path) for path in batch.paths]
        at = self.grid.verticalScrollBar().value()

        def describe(row: int) -> Thumbnail:
            labels, colours = look.shown(batch.targets[row] if batch.targets else None)
            return Thumbnail(Path(batch.paths[row]).name, labels, colours)

        self.model.reset(len(batch.paths), describe)
        for row, image_hwc in enumerate(batch.pixels):
            self.model.set_thumbnail(row, drawn_row(batch, row, to_image(image_hwc), look, px("thumbnail_l")))
        self._fit()
        self.grid.verticalScrollBar().setValue(at)

    def show_nothing(self, drawing_title: str, text: str, is_batch: bool = False) -> None:
        """Say why there is nothing to see."""
        self._shown = None
        self.empty.say(drawing_title, text)
        self._turn_to(self.empty, is_batch)

    def say(self, title: str, note: str = "") -> None:
        """What the pictures are."""
        self.title.setText(title)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.grid.viewport():
            self._fit()
        return False

    def _turn_to(self, part: QWidget, is_batch: bool) -> None:
        self._stack.setCurrentWidget(part)
        self.parts.setVisible(is_batch)
        self.another.setVisible(is_batch)
        self.views.setVisible(not is_batch)
        self.back.setVisible(False)

    def _take_view(self, view: str) -> None:
        self.is_table = view == "table"
        self.view_asked.emit()

    def _want(self, rows: list[int]) -> None:
        self._loader.want(self.model, {row: self._paths[row] for row in rows if row < len(self._paths)})

    def _fit(self) -> None:
        """Large pictures where all of them can be seen at once, else medium ones."""
        view = self.grid.viewport()
        caption = self.grid.fontMetrics().height() + px("gap_s")
        tiles = Tiles(self.model.rowCount(), view.width(), px("thumbnail_l"), caption, px("gap_s"), px("gap_s"))
        size: Size = "l" if tiles.height_px <= view.height() else "m"
        self.grid.set_size(size)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        self.title.setMinimumHeight(px("control_dense"))  # with buttons beside it or without
        line.addWidget(self.title, 1)
        line.addWidget(self.back)
        line.addWidget(self.views)
        line.addWidget(self.parts)
        line.addWidget(self.another)
        self.head = QVBoxLayout()
        self.head.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), px("gap_xs"))
        self.head.setSpacing(px("gap_xs"))
        self.head.addLayout(line)
        self.head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        below = QVBoxLayout()
        below.setContentsMargins(px("gap_s"), 0, 0, 0)
        below.addWidget(self._stack)
        column.addLayout(below, 1)


def drawn_row(batch: Batch, row: int, image: QImage, look: ClassLook, side_px: int) -> QImage:
    """A picture of a batch with its target over it, at about the size at which it is shown."""
    target = batch.targets[row] if batch.targets else None
    mask_hw = batch.masks_nhw[row] if batch.masks_nhw is not None else None
    return drawn(image, target, look, mask_hw, side_px)


def to_image(image_hwc: NDArray[np.uint8]) -> QImage:
    """RGB pixels as a picture of Qt, with pixels of its own."""
    height, width, _ = image_hwc.shape
    pixels = np.ascontiguousarray(image_hwc)
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
