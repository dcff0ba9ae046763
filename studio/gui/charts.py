"""Line charts over training steps: cheap to redraw, read with the mouse or with the arrow keys, in both themes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.base.wording import THIN_SPACE, number_words
from studio.gui.style import colour, font, look, px
from studio.gui.thinning import Numbers, nearest, thin, visible_part
from studio.gui.widgets.term import Term
from studio.gui.widgets.text import ElidedLabel
from studio.gui.widgets.value_legend import ValueLegend
from studio.imaging.palettes import OKABE_ITO

if TYPE_CHECKING:
    import pyqtgraph

LINE_PX = 1.5
POINTS_SHOWN = 60  # more points of a line than that would run into one another
_ANCHORS = [(0.0, 0.5), (0.0, 0.5)]  # of a line's name: to its right, on either half of the chart
NOTHING: Numbers = np.empty(0)
Range = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of a chart. `ink` is a place in Okabe-Ito's palette, or the name of a token.

    pale: thin and light, for raw values under a smoothed line.  points: its points are marked, for values per epoch.
    """

    id: str
    name: str
    ink: int | str
    kind: Literal["line", "pale", "points"] = "line"

    def colour(self) -> QColor:
        made = colour(self.ink) if isinstance(self.ink, str) else QColor(*OKABE_ITO[self.ink])
        if self.kind == "pale":
            made.setAlphaF(0.45)
        return made

    @property
    def width_px(self) -> float:
        return 1.0 if self.kind == "pale" else LINE_PX


class Chart(QFrame):
    """Set lines with `set_line`, then `redraw`. The crosshair is moved with `point_at`.

    Emits `pointed(x or None)` when the user points somewhere, and `zoomed((least, most) or None)`.
    `from_zero`: the y axis begins at 0. `is_share`: values lie between 0 and 1.
    """

    pointed = Signal(object)
    zoomed = Signal(object)
    least_move: ClassVar[float] = 1.0  # along the x axis, by an arrow key

    def __init__(
        self,
        title: str,
        explanation: str,
        axes: tuple[str, str],
        lines: Sequence[Line],
        *,
        from_zero: bool = False,
        is_share: bool = False,
    ) -> None:
        super().__init__()
        self.lines = {line.id: line for line in lines}
        self.data: dict[str, tuple[Numbers, Numbers]] = {line.id: (NOTHING, NOTHING) for line in lines}
        self._from_zero, self._is_share = from_zero, is_share
        self.redraw_count = 0
        self._view: Range | None = None
        self._pointed: float | None = None
        self._best: tuple[str, float, float, str] | None = None
        self.borders: list[tuple[float, str]] = []
        self._border_items: list[Any] = []
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.title = Term(title, explanation, "strong")
        self.where = ElidedLabel("", "help")
        self.where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.legend = ValueLegend([(line.id, line.name) for line in lines])
        self.legend.toggled.connect(lambda line, shown: self.redraw())
        self._make_plot(axes)
        self._lay_out()
        look.changed.connect(self._dress)
        self._dress()
        self.redraw()

    # --- what is shown ----------------------------------------------------------------------------------------------

    def set_line(self, line: str, x: Numbers, y: Numbers) -> None:
        """Other points for a line, x ascending; not-a-numbers are gaps. Seen after `redraw`."""
        self.data[line] = (x, y)

    def set_best(self, line: str, at: float | None = None, text: str = "") -> None:
        """Mark the point of a line at this x, and name it; None: mark none."""
        self._best = None
        x, y = self.data[line]
        if at is not None and len(x):
            place = nearest(x, at)
            self._best = (line, float(x[place]), float(y[place]), text)

    def set_borders(self, borders: Sequence[tuple[float, str]]) -> None:
        """Draw a line down the chart at each x, with its name at the top where there is room."""
        if list(borders) != self.borders:
            self.borders = list(borders)
            for part in self._border_items:
                self._plot.removeItem(part)
            self._border_items = [self._border(at, name) for at, name in borders]

    def set_view(self, view: Range | None) -> None:
        """Show this part of the x axis; None: all of it, also when it grows."""
        self._view = view
        self.redraw()

    def is_shown(self, line: str) -> bool:
        return self.legend.entries[line].isChecked()

    def whole(self) -> Range:
        """From the first to the last x of all lines."""
        ends = [(float(x[0]), float(x[-1])) for x, _ in self.data.values() if len(x)]
        return (min(min(first for first, _ in ends), 1.0), max(last for _, last in ends)) if ends else (0.0, 1.0)

    def redraw(self) -> None:
        """Draw what was set; costs no more for a long run than for a short one."""
        least, most = self._view or self.whole()
        most = max(most, least + 1e-9)
        stretches = max(self._plot.width(), px("panel")) // 2
        drawn: dict[str, Numbers] = {}
        for line, item in self._items.items():
            x, y = self.data[line]
            if not self.is_shown(line):
                x, y = NOTHING, NOTHING
            part = visible_part(x, least, most)
            kind = self.lines[line].kind
            x, y = thin(x[part], y[part], stretches if kind == "pale" else stretches // 2)
            # Smooth edges cost most of a redraw, and in the thicket of many raw values nobody sees them.
            item.setData(x, y, antialias=kind != "pale" or len(x) < stretches)
            if kind == "points":
                item.setSymbol("o" if len(x) <= POINTS_SHOWN else None)
            drawn[line] = y
        margin = 0.01 * (most - least)
        self._box.setXRange(least - margin, most + margin, padding=0)
        self._box.setYRange(*self._y_range(drawn), padding=0)
        self._show_best(least, most)
        self._show_border_names(least, most)
        self._show_values()
        self.redraw_count += 1

    def _y_range(self, drawn: dict[str, Numbers]) -> Range:
        lows, highs = [], []
        for line, y in drawn.items():
            y = y[np.isfinite(y)]
            if len(y):
                # A few wild raw values must not press the smoothed line to the floor.
                low, high = np.percentile(y, (1, 98)) if self.lines[line].kind == "pale" else (y.min(), y.max())
                lows.append(float(low))
                highs.append(float(high))
        if not lows:
            return (0.0, 1.0)
        low, high = (0.0 if self._from_zero else min(lows)), max(highs)
        if self._is_share:
            room = max(0.15 * (high - low), 0.03)
            return (max(low - room, -0.02), min(high + room, 1.04))
        room = 0.08 * (high - low) or abs(high) * 0.1 or 1.0
        return (low if self._from_zero else low - room, high + room)

    def _show_best(self, least: float, most: float) -> None:
        best = self._best
        is_seen = best is not None and self.is_shown(best[0]) and least <= best[1] <= most
        self._best_point.setVisible(is_seen)
        has_room = self._plot.height() >= px("thumbnail_s")
        self._best_text.setVisible(is_seen and has_room and bool(best and best[3]))
        if best is not None and is_seen:
            line, x, y, text = best
            self._best_point.setData([x], [y])
            self._best_point.setPen(self._pg.mkPen(self.lines[line].colour(), width=2))
            self._best_text.setText(text, colour("text"))
            self._best_text.fill = self._pg.mkBrush(_see_through(colour("surface")))
            is_right = x > (least + most) / 2
            low, high = self._box.viewRange()[1]
            is_high = y > low + 0.7 * (high - low)
            self._best_text.setAnchor((1.0 if is_right else 0.0, -0.25 if is_high else 1.25))
            self._best_text.setPos(x, y)

    def _border(self, at: float, name: str) -> Any:
        line = self._pg.InfiniteLine(at, movable=False, label=name, labelOpts={"position": 0.94, "anchors": _ANCHORS})
        line.label.setFont(font("help"))
        line.setZValue(-1)
        self._dress_border(line)
        self._plot.addItem(line, ignoreBounds=True)
        return line

    def _dress_border(self, line: Any) -> None:
        line.setPen(self._pg.mkPen(colour("line_strong"), width=1, style=Qt.PenStyle.DashLine))
        line.label.setColor(colour("quiet"))
        line.label.fill = self._pg.mkBrush(_see_through(colour("surface")))

    def _show_border_names(self, least: float, most: float) -> None:
        """A name stands to the right of its line, if there is room up to the next one, and below for the chart."""
        is_high = self._plot.height() >= px("thumbnail_m")
        metrics = QFontMetrics(font("help"))
        px_a_step = self._box.width() / (most - least)
        for number, (line, (at, name)) in enumerate(zip(self._border_items, self.borders, strict=True)):
            end = self.borders[number + 1][0] if number + 1 < len(self.borders) else most
            room_px = (min(end, most) - at) * px_a_step
            line.label.setVisible(is_high and least <= at and metrics.horizontalAdvance(name) + px("gap_m") <= room_px)

    # --- the crosshair ----------------------------------------------------------------------------------------------

    def point_at(self, x: float | None, words: str = "") -> None:
        """Put the crosshair there, and its values into the legend; None: the last values."""
        self._pointed = x
        self._cross.setVisible(x is not None)
        if x is not None:
            self._cross.setPos(x)
        self.where.setText(words)
        self._show_values()

    def values(self) -> dict[str, float]:
        """The values at the crosshair, or the last ones."""
        found = {}
        for line, (x, y) in self.data.items():
            if len(x):
                found[line] = float(y[nearest(x, self._pointed) if self._pointed is not None else -1])
        return found

    def _show_values(self) -> None:
        values = self.values()
        for line, entry in self.legend.entries.items():
            entry.set_value(number_words(values[line]) if line in values else "")
        said = [f"{self.lines[line].name} {number_words(value)}" for line, value in values.items()]
        self.setAccessibleDescription(", ".join([self.where.text(), *said] if self.where.text() else said))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        x = max((x for x, _ in self.data.values()), key=len)
        if event.key() == Qt.Key.Key_Escape:
            self.pointed.emit(None)
            self.zoomed.emit(None)
            return
        least, most = self._view or self.whole()
        page = max((most - least) / 100, self.least_move)
        here = self._pointed if self._pointed is not None else most
        moves = {
            Qt.Key.Key_Left: here - page,
            Qt.Key.Key_Right: here + page,
            Qt.Key.Key_Home: least,
            Qt.Key.Key_End: most,
        }
        if event.key() in moves and len(x):
            wanted = min(max(moves[Qt.Key(event.key())], least), most)
            self.pointed.emit(float(x[nearest(x, wanted)]))
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        """The titles of the axes go first where there is little room."""
        room = self._plot.height()
        self._axes[0].showLabel(room >= px("thumbnail_m"))
        title_px = QFontMetrics(font("help")).horizontalAdvance(self._axis_titles[1])
        self._axes[1].showLabel(room >= px("thumbnail_m") and room - 2 * px("gap_xl") >= title_px)
        self._axes[1].setTickDensity(1.0 if room >= px("thumbnail_l") else 0.6)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(None)
        elif event.type() == QEvent.Type.Resize:
            self._fit()
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.zoomed.emit(None)
            return True
        return False

    def _mouse_moved(self, place: QPointF) -> None:
        x = self._box.mapSceneToView(place).x()
        longest = max((x for x, _ in self.data.values()), key=len)
        if len(longest):
            self.pointed.emit(float(longest[nearest(longest, x)]))

    def _zoom_by_hand(self, *args: Any) -> None:
        least, most = self._box.viewRange()[0]
        first, last = self.whole()
        is_all = least <= first and most >= last
        self.zoomed.emit(None if is_all else (max(least, first), min(most, last)))

    # --- how it is made ---------------------------------------------------------------------------------------------

    def _make_plot(self, axes: tuple[str, str]) -> None:
        import pyqtgraph as pg

        self._pg = pg
        self._axis_titles = axes
        self._plot: pyqtgraph.PlotWidget = pg.PlotWidget(enableMenu=False)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().installEventFilter(self)
        self._plot.hideButtons()
        self._box = self._plot.getViewBox()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._zoom_by_hand)
        self._plot.scene().sigMouseMoved.connect(self._mouse_moved)
        self._axes = [self._plot.getAxis(name) for name in ("bottom", "left")]
        for axis in self._axes:
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickFont=font("help"), tickLength=0, maxTickLevel=0)
            axis.tickStrings = _tick_words
        self._axes[1].tickStrings = self._left_words
        self._items = {line: self._plot.plot([], [], antialias=True, connect="finite") for line in self.lines}
        for line, item in self._items.items():
            item.curve.setSegmentedLineMode("on" if self.lines[line].kind == "pale" else "off")
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setVisible(False)
        self._best_point = pg.ScatterPlotItem(size=11, brush=None, antialias=True)
        self._best_text = pg.TextItem()
        self._best_text.setFont(font("help_strong"))
        for item in (self._cross, self._best_point, self._best_text):
            self._plot.addItem(item, ignoreBounds=True)

    def _left_words(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The numbers at the left axis; where they would stand one upon another, only some of them."""
        low, high = self._box.viewRange()[1]
        apart_px = spacing / max(high - low, 1e-12) * max(self._box.height(), 1.0)
        every = max(1, math.ceil(QFontMetrics(font("help")).height() / max(apart_px, 1e-6)))
        words = _tick_words(values, scale, spacing)
        return [word if round(value / spacing) % every == 0 else "" for word, value in zip(words, values, strict=True)]

    def _dress(self) -> None:
        pg = self._pg
        self._plot.setBackground(colour("surface"))
        for axis, title in zip(self._axes, self._axis_titles, strict=True):
            axis.setPen(pg.mkPen(colour("quiet")))
            axis.setTextPen(pg.mkPen(colour("quiet")))
            axis.setLabel(title, **{"color": colour("quiet").name(), "font-size": f"{font('help').pixelSize()}px"})
        self._plot.showGrid(x=True, y=True, alpha=0.15)
        for line, item in self._items.items():
            declared = self.lines[line]
            item.setPen(pg.mkPen(declared.colour(), width=declared.width_px))
            if declared.kind == "points":
                item.setSymbolSize(5)
                item.setSymbolPen(None)
                item.setSymbolBrush(declared.colour())
            entry = self.legend.entries[line]
            entry.ink, entry.width_px = declared.colour(), declared.width_px
            entry.update()
        self._cross.setPen(pg.mkPen(colour("quiet"), style=Qt.PenStyle.DashLine))
        for border in self._border_items:
            self._dress_border(border)
        self._fit()
        self.redraw()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(px("gap_s"))
        head.addWidget(self.title)
        head.addWidget(self.where, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_m"), px("gap_s"), px("gap_s"), px("gap_xs"))
        column.setSpacing(0)
        column.addLayout(head)
        below: list[QWidget] = [self.legend, self._plot]
        for part in below:
            column.addWidget(part, 1 if part is self._plot else 0)
        self.setMinimumHeight(px("thumbnail_m"))


def _tick_words(values: Sequence[float], scale: float, spacing: float) -> list[str]:
    """The numbers at an axis, with as many digits as their distance asks for."""
    decimals = max(0, math.ceil(-math.log10(spacing * scale) - 1e-9)) if spacing > 0 else 0
    return [f"{value * scale:,.{decimals}f}".replace(",", THIN_SPACE) for value in values]


def _see_through(ground: QColor) -> QColor:
    ground.setAlphaF(0.75)
    return ground
