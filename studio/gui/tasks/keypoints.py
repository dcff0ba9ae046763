"""Points over their picture: a dot each in a colour of its own, lines between those that belong together."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen

from studio.base.targets import Points
from studio.gui.looks import Canvas
from studio.gui.style import colour, px
from studio.imaging.palettes import class_colour

MANY = 20  # points that are drawn small, so that they do not cover what they mark


def paint(target: Points, canvas: Canvas) -> None:
    """Draw edges first, then the points; a hidden point is a ring."""
    painter, skeleton = canvas.painter, canvas.look.skeleton
    spots = [QPointF(place.x_px, place.y_px) * canvas.scale if place else None for place in target.places]
    painter.setPen(QPen(colour("stage_text"), px("line_width")))
    for first, second in skeleton.edges if skeleton else ():
        one, other = spots[first], spots[second]
        if one is not None and other is not None:
            painter.drawLine(one, other)
    radius = px("gap_xs") if len(spots) < MANY else px("ring")
    for number, (place, spot) in enumerate(zip(target.places, spots, strict=True)):
        if place is None or spot is None:
            continue
        fill = QColor(*class_colour(number))
        painter.setPen(QPen(fill if place.is_hidden else colour("stage_text"), px("line_width")))
        painter.setBrush(Qt.BrushStyle.NoBrush if place.is_hidden else fill)
        painter.drawEllipse(spot, radius, radius)
