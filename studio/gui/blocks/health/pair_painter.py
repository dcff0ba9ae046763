"""How a pair is drawn: two thumbnails with label and part below, and beside them how alike they are."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.gui.blocks.health.finding_painter import wrapped
from studio.gui.blocks.health.pairs_model import WORDS_COLUMN, PairsModel
from studio.gui.blocks.messages import one_line
from studio.gui.style import colour, font, px
from studio.gui.widgets.thumbnail_painter import TileState, paint_thumbnail

_Index = QModelIndex | QPersistentModelIndex


def caption_px(tile_px: int) -> int:
    """How high the label and the part below a thumbnail are: below a small one the part has a line of its own."""
    lines = 1 if tile_px >= px("thumbnail_m") else 2
    return lines * QFontMetrics(font("help")).height() + px("ring")


def row_height_px(tile_px: int) -> int:
    """How high a row is whose thumbnails have this side."""
    return tile_px + px("foot") + px("ring") + caption_px(tile_px) + 2 * px("gap_s")


class PairPainter(QStyledItemDelegate):
    """Draws the cells of a PairsModel; `tile_px` is the side of a thumbnail."""

    tile_px = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(self.tile_px + 2 * px("gap_s"), row_height_px(self.tile_px))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, PairsModel)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRect(option.rect)
        if index.column() == WORDS_COLUMN:
            self._paint_words(painter, area, model, index.row(), option.state)
        else:
            self._paint_side(painter, area, model, model.side_of(index), option.state)
        painter.fillRect(area.left(), area.bottom(), area.width(), px("line_width"), colour("line"))
        painter.restore()

    def _paint_side(
        self, painter: QPainter, area: QRect, model: PairsModel, side: int, state: QStyle.StateFlag
    ) -> None:
        tile = TileState(
            selected=bool(state & QStyle.StateFlag.State_Selected),
            current=bool(state & QStyle.StateFlag.State_HasFocus),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
        )
        inside = area.adjusted(px("gap_s"), px("gap_s"), -px("gap_s"), -px("gap_s"))
        inside.setWidth(self.tile_px)
        thumbs, below_px = model.thumbs, caption_px(self.tile_px)
        shown, pixmap, is_broken = thumbs.thumbnail(side), thumbs.pixmap(side), thumbs.is_broken(side)
        paint_thumbnail(painter, inside, shown, pixmap, is_broken, tile, below_px)

    def _paint_words(
        self, painter: QPainter, area: QRect, model: PairsModel, row: int, state: QStyle.StateFlag
    ) -> None:
        pair = model.pairs[row]
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colour("accent_soft"))
        inside = area.adjusted(px("gap_s"), px("gap_s"), -px("gap_s"), 0)
        words = wrapped(pair.words, "strong", inside.width())
        painter.setPen(colour("text"))
        words.draw(painter, QPointF(inside.topLeft()))
        inside.setTop(inside.top() + round(words.boundingRect().height()) + px("gap_xs"))
        painter.setFont(font("help"))
        painter.setPen(colour("quiet"))
        metrics = painter.fontMetrics()
        for side in (pair.first, pair.second):
            # The end of a path says which picture it is.
            shown = metrics.elidedText(one_line(side.image), Qt.TextElideMode.ElideLeft, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)
            inside.setTop(inside.top() + metrics.height() + px("ring"))
