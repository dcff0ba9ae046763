"""The curve of a search for a learning rate: the loss over the rates, with the suggestions marked and named."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from studio.app.rate_finder import SUGGESTIONS, learning_rate_words
from studio.gui.charts import Chart, Line, Range
from studio.gui.style import colour, font
from studio.gui.thinning import Numbers
from studio.jobs.messages import RateTried

BLUE = 4  # a place in Okabe-Ito's palette
WHOLE: Range = (-7.0, 1.0)  # powers of ten
_ROOM_FOR_NAMES = 0.4  # of the curve's height, above it


class RateChart(Chart):
    """Its x axis is logarithmic: points lie at the power of ten of their rate."""

    least_move = 0.08  # between two rates

    def __init__(self) -> None:
        self._marks: dict[str, tuple[float, object, object]] = {}
        self._marked = ""
        super().__init__(
            "Loss",
            "How wrong the model is after each step of the search. It falls where the learning rate does something, "
            "and runs away where it is too large.",
            ("Learning rate", "Loss"),
            [Line("raw", "Each step", BLUE, "pale"), Line("smoothed", "Smoothed", BLUE)],
        )
        self._axes[0].setTickSpacing(levels=[(1.0, 0.0)])
        self._axes[0].tickStrings = _powers
        self.pointed.connect(self._point)
        self.zoomed.connect(self.set_view)

    def show_tried(self, tried: Sequence[RateTried]) -> None:
        """The curve so far."""
        x = np.array([math.log10(one.learning_rate) for one in tried])
        self.set_line("raw", x, _numbers([one.loss for one in tried]))
        self.set_line("smoothed", x, _numbers([one.smoothed_loss for one in tried]))
        self.redraw()

    def show_suggestions(self, rates: dict[str, float], marked: str) -> None:
        """Name these rates at the curve, the marked one most visibly."""
        for _, line, text in self._marks.values():
            self._plot.removeItem(line)
            self._plot.removeItem(text)
        self._marks, self._marked = {}, marked
        for name, rate in sorted(rates.items(), key=lambda item: item[1]):
            line, text = self._pg.InfiniteLine(angle=90, movable=False), self._pg.TextItem()
            text.setZValue(1)  # over the lines of the other names
            self._marks[name] = (math.log10(rate), line, text)
            for item in (line, text):
                self._plot.addItem(item, ignoreBounds=True)
        self._dress()

    def whole(self) -> Range:
        return WHOLE

    def _y_range(self, drawn: dict[str, Numbers]) -> Range:
        """From the lowest loss to those before it: where the loss runs away it may leave the picture."""
        losses = self.data["smoothed"][1]
        losses = losses[np.isfinite(losses)]
        if not len(losses):
            return (0.0, 1.0)
        lowest = int(losses.argmin())
        low, high = float(losses[lowest]), float(losses[: lowest + 1].max())
        height = max(high - low, 0.05 * abs(high), 1e-6)
        return (low - 0.15 * height, high + (_ROOM_FOR_NAMES if self._marks else 0.15) * height)

    def redraw(self) -> None:
        super().redraw()
        self._place_marks()

    def _fit(self) -> None:
        super()._fit()
        self._place_marks()

    def _dress(self) -> None:
        for name, (at, line, text) in self._marks.items():
            is_marked = name == self._marked
            ink = colour("accent" if is_marked else "quiet")
            style = Qt.PenStyle.SolidLine if is_marked else Qt.PenStyle.DashLine
            line.setPen(self._pg.mkPen(ink, width=1.5 if is_marked else 1.0, style=style))  # type: ignore[attr-defined]
            text.setFont(font("help_strong" if is_marked else "help"))  # type: ignore[attr-defined]
            words = f"{SUGGESTIONS[name][0]} {learning_rate_words(10**at)}"
            text.setText(words, ink)  # type: ignore[attr-defined]
            text.fill = self._pg.mkBrush(colour("surface"))  # type: ignore[attr-defined]
        super()._dress()

    def _place_marks(self) -> None:
        """Names one below the other, from the left, so that near ones do not hide each other."""
        (least, most), (low, high) = self._box.viewRange()
        line_share = 1.2 * QFontMetrics(font("help")).height() / max(self._box.height(), 1.0)
        for row, (at, line, text) in enumerate(self._marks.values()):
            line.setPos(at)  # type: ignore[attr-defined]
            text.setAnchor((1.0 if at > least + 0.75 * (most - least) else 0.0, 0.0))  # type: ignore[attr-defined]
            text.setPos(at, high - row * line_share * (high - low))  # type: ignore[attr-defined]

    def _point(self, at: float | None) -> None:
        self.point_at(at, f"Learning rate {learning_rate_words(10**at)}" if at is not None else "")


def _powers(values: Sequence[float], scale: float, spacing: float) -> list[str]:
    return [f"1e{round(value)}" if abs(value - round(value)) < 1e-6 else "" for value in values]


def _numbers(values: Sequence[float | None]) -> Numbers:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
