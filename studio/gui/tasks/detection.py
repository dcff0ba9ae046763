"""Boxes and outlines over their picture, each with its class's colour and name."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from studio.base.targets import Objects, Thing
from studio.base.wording import percent_words
from studio.gui.looks import Canvas
from studio.gui.style import colour, font, px

FILL = 70  # of 255, inside an outline
MOST_NAMED = 5  # more names than this would cover the picture


def paint(target: Objects, canvas: Canvas) -> None:
    """Draw the largest thing first, so that small ones are not covered."""
    painter = canvas.painter
    painter.setFont(font("help"))
    is_named = len(target.things) <= MOST_NAMED
    for thing in sorted(target.things, key=_area, reverse=True):
        ink = canvas.colour(thing.class_name)
        _paint_outline(thing, canvas, ink)
        box = QRectF(
            QPointF(thing.left_px, thing.top_px) * canvas.scale, QPointF(thing.right_px, thing.bottom_px) * canvas.scale
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(colour("stage_surface"), px("accent_line")), QPen(ink, px("ring"))):
            painter.setPen(pen)
            painter.drawRect(box)
        if is_named:
            sure = "" if thing.score is None else f" {percent_words(thing.score)}"
            _paint_name(thing.class_name + sure, box, canvas)


def _paint_outline(thing: Thing, canvas: Canvas, ink: QColor) -> None:
    fill = QColor(ink)
    fill.setAlpha(FILL)
    canvas.painter.setPen(Qt.PenStyle.NoPen)
    canvas.painter.setBrush(fill)
    for ring in thing.outline:
        corners = [QPointF(x, y) * canvas.scale for x, y in zip(ring[::2], ring[1::2], strict=True)]
        canvas.painter.drawPolygon(QPolygonF(corners))


def _paint_name(name: str, box: QRectF, canvas: Canvas) -> None:
    painter = canvas.painter
    metrics = painter.fontMetrics()
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(int(box.width()), px("gap_xxl")))
    area = QRectF(box.left(), box.top(), metrics.horizontalAdvance(text) + px("gap_s"), metrics.height())
    painter.fillRect(area, colour("stage_surface"))
    painter.setPen(colour("stage_text"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _area(thing: Thing) -> float:
    return (thing.right_px - thing.left_px) * (thing.bottom_px - thing.top_px)
