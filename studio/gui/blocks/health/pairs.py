"""Pictures that look alike, two and two."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from studio.gui.blocks.health.pair_painter import PairPainter, row_height_px
from studio.gui.blocks.health.pairs_model import WORDS_COLUMN, PairsModel
from studio.gui.style import px


class PairList(QTableView):
    """Emits `opened(picture)`, its path below the folder of the source, on a double click or Enter.

    Thumbnails are asked for only while they can be seen.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.pairs = PairsModel()
        self._painter = PairPainter(self)
        self._look_timer = QTimer(self, singleShot=True, interval=0)
        self._look_timer.timeout.connect(self._look)
        self.setModel(self.pairs)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Pairs of pictures")
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.horizontalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalScrollBar().valueChanged.connect(lambda value: self._look_timer.start())
        self.pairs.modelReset.connect(self._look_timer.start)
        self.activated.connect(self._open)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter goes no further: on the page that opens it would mean something else.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._look_timer.start()

    def _fit(self) -> None:
        """Medium pictures where the words still have room beside them, else small ones."""
        has_room = self.viewport().width() >= 2 * px("thumbnail_m") + px("panel_min")
        self._painter.tile_px = px("thumbnail_m" if has_room else "thumbnail_s")
        for column in range(WORDS_COLUMN):
            self.setColumnWidth(column, self._painter.tile_px + 2 * px("gap_s"))
        self.verticalHeader().setDefaultSectionSize(row_height_px(self._painter.tile_px))

    def _look(self) -> None:
        """Ask for the pictures that can be seen."""
        count = self.pairs.rowCount()
        if not count or not self.isVisible():
            return
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        self.pairs.thumbs.see(range(2 * max(first, 0), 2 * (last + 1 if last >= 0 else count)))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.pairs.side(self.pairs.side_of(index)).image)
