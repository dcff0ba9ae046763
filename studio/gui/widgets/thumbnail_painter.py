"""How one thumbnail is drawn: the picture, its class as a foot, its marks, and whether it is selected."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from studio.gui import icons
from studio.gui.style import colour, font, px
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailMark

_MARKS: dict[ThumbnailMark, tuple[str, str]] = {
    "reviewed": ("check", "stage_good"),
    "suggested": ("suggested", "stage_accent"),
    "warning": ("warning", "stage_warning"),
}


@dataclass(frozen=True)
class TileState:
    """What the user has to do with a tile just now."""

    selected: bool = False
    current: bool = False
    hovered: bool = False


def paint_thumbnail(
    painter: QPainter,
    rect: QRect,
    thumbnail: Thumbnail,
    pixmap: QPixmap | None,
    broken: bool,
    state: TileState,
    caption_px: int = 0,
) -> None:
    """Draw one tile into `rect`: a square, the foot under it, and a caption as high as `caption_px`."""
    if caption_px:
        _paint_caption(painter, rect.adjusted(0, rect.height() - caption_px, 0, 0), thumbnail)
        rect = rect.adjusted(0, 0, 0, -caption_px)
    picture = rect.adjusted(0, 0, 0, -px("foot") - px("ring"))
    _paint_picture(painter, picture, pixmap, broken)
    _paint_foot(painter, rect, thumbnail)
    _paint_marks(painter, picture, thumbnail)
    _paint_ring(painter, picture, state)


def _paint_picture(painter: QPainter, area: QRect, pixmap: QPixmap | None, broken: bool) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(area), px("corner_small"), px("corner_small"))
    if pixmap is None:
        painter.fillPath(shape, colour("hover"))
        side = px("icon_m")
        middle = QRect(area.center().x() - side // 2, area.center().y() - side // 2, side, side)
        icons.paint_icon(painter, middle, "error" if broken else "image", "wrong" if broken else "line_strong")
        return
    painter.save()
    painter.setClipPath(shape)
    painter.drawPixmap(area, pixmap)
    painter.restore()


def _paint_foot(painter: QPainter, rect: QRect, thumbnail: Thumbnail) -> None:
    """One stretch a class; without a label a dotted line, so that "none" is not a colour."""
    foot = QRectF(rect.left(), rect.bottom() + 1 - px("foot"), rect.width(), px("foot"))
    if not thumbnail.colours:
        painter.setPen(QPen(colour("line_strong"), px("line_width"), Qt.PenStyle.DotLine))
        painter.drawLine(
            foot.center().toPoint().x() - rect.width() // 2,
            round(foot.center().y()),
            rect.right(),
            round(foot.center().y()),
        )
        return
    painter.setPen(Qt.PenStyle.NoPen)
    gap = px("ring")
    width = (foot.width() - gap * (len(thumbnail.colours) - 1)) / len(thumbnail.colours)
    for place, hex_colour in enumerate(thumbnail.colours):
        painter.setBrush(QColor(hex_colour))
        painter.drawRoundedRect(
            QRectF(foot.left() + place * (width + gap), foot.top(), width, foot.height()),
            px("line_width"),
            px("line_width"),
        )


def _paint_caption(painter: QPainter, area: QRect, thumbnail: Thumbnail) -> None:
    """The labels at the left, the note at the right or on a second line; what does not fit ends in "…"."""
    painter.setFont(font("help"))
    metrics = painter.fontMetrics()
    middle = Qt.AlignmentFlag.AlignVCenter
    note_px = metrics.horizontalAdvance(thumbnail.note) + px("gap_xs") if thumbnail.note else 0
    painter.setPen(colour("quiet"))
    if area.height() >= 2 * metrics.height():
        below = area.adjusted(0, area.height() - metrics.height(), 0, 0)
        note = metrics.elidedText(thumbnail.note, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(below, middle | Qt.AlignmentFlag.AlignLeft, note)
        area, note_px = area.adjusted(0, 0, 0, -metrics.height()), 0
    else:
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, thumbnail.note)
    unlabeled = "no label" if "unlabeled" in thumbnail.marks else thumbnail.name
    text = " ".join(", ".join(thumbnail.labels).split()) or unlabeled
    room = area.adjusted(0, 0, -note_px, 0)
    painter.setPen(colour("text" if thumbnail.labels else "quiet"))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)


def _paint_marks(painter: QPainter, area: QRect, thumbnail: Thumbnail) -> None:
    side, inset = px("badge"), px("gap_xs")
    left = area.right() + 1 - inset - side
    for mark in thumbnail.marks:
        if mark not in _MARKS:
            continue
        name, token = _MARKS[mark]
        ground = QRect(left, area.top() + inset, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("stage_surface"))
        painter.drawRoundedRect(ground, px("corner_small"), px("corner_small"))
        pad = px("accent_line")
        icons.paint_icon(painter, ground.adjusted(pad, pad, -pad, -pad), name, token)
        left -= side + px("ring")


def _paint_ring(painter: QPainter, area: QRect, state: TileState) -> None:
    if not (state.selected or state.hovered or state.current):
        return
    token = "accent" if state.selected or state.current else "line_strong"
    width = px("accent_line") if state.selected else px("ring")
    style = Qt.PenStyle.SolidLine if state.selected or not state.current else Qt.PenStyle.DashLine
    painter.setPen(QPen(colour(token), width, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    out = width / 2
    radius = px("corner_small") + out
    painter.drawRoundedRect(QRectF(area).adjusted(-out, -out, out, out), radius, radius)
