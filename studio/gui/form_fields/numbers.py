"""Numbers: a field with its unit, and a slider beside it where dragging makes sense."""

import math

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from studio.blocks.forms import FormField
from studio.gui.form_fields.editor import FieldEditor
from studio.gui.style import px
from studio.gui.widgets.number_field import DecimalField, WholeField

_MOST_WHOLE = 2**31 - 1  # what Qt's field for whole numbers can hold
_MOST_DECIMAL = 1e12
_DECIMALS_SHOWN = 3  # that a field beside a slider has room for
_TICKS = 100  # of a slider for decimal numbers
_MOST_TICKS = 256  # more places than this cannot be told apart on a slider
_NEAR_END = 0.02  # a default this close to an end, but not at it, needs finer steps than a slider has


class NumberEditor(FieldEditor):
    """A whole or decimal number. Any number can be typed: the block says whether it fits, and the form why not."""

    def __init__(self, field: FormField) -> None:
        self.number: WholeField | DecimalField = _whole_field(field) if field.type == "int" else _decimal_field(field)
        self.slider = _Slide(field) if _is_slid(field) else None
        super().__init__(field, *(part for part in (self.number, self.slider) if part is not None))
        if self.slider is None:
            self.put(self.number)
        else:
            self.number.setFixedWidth(_width_px(self.number, field))
            self.put(_beside(self.slider, self.number))
            self.slider.valueChanged.connect(self._take_slider)
        self.number.valueChanged.connect(self._show_on_slider)
        self.number.valueChanged.connect(lambda: self.edited.emit(True))
        self.number.lineEdit().textEdited.connect(lambda: self.edited.emit(True))
        self.number.editingFinished.connect(lambda: self.edited.emit(False))

    def value(self) -> object:
        text = self.number.cleanText()
        if not self.number.hasAcceptableInput():
            return text
        return self.number.value()

    def set_value(self, value: object) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(value)  # type: ignore[arg-type]
        self._show_on_slider()

    def _take_slider(self) -> None:
        assert self.slider is not None
        self.number.setValue(self.slider.number())  # type: ignore[arg-type]

    def _show_on_slider(self) -> None:
        if self.slider is not None:
            with QSignalBlocker(self.slider):
                self.slider.show_number(self.number.value())


def _whole_field(field: FormField) -> WholeField:
    made = _WholeSteps(field.title, -_MOST_WHOLE, _MOST_WHOLE, field.unit)
    made.least = int(field.minimum) if field.minimum is not None else -_MOST_WHOLE
    made.most = int(field.maximum) if field.maximum is not None else _MOST_WHOLE
    made.setSingleStep(int(field.step or 1))
    return made


def _decimal_field(field: FormField) -> DecimalField:
    made = _DecimalSteps(field.title, -_MOST_DECIMAL, _MOST_DECIMAL, field.unit)
    made.least = -_MOST_DECIMAL if field.minimum is None else field.minimum
    made.most = _MOST_DECIMAL if field.maximum is None else field.maximum
    return made


class _WholeSteps(WholeField):
    """Takes any number that is typed; its arrows stay within the limits and on whole steps."""

    least, most = -_MOST_WHOLE, _MOST_WHOLE

    def stepBy(self, steps: int) -> None:
        step = self.singleStep()
        there = self.value() + steps * step
        there = there // step * step if step > 1 else there
        self.setValue(min(max(there, self.least), self.most))


class _DecimalSteps(DecimalField):
    """Takes any number that is typed; its arrows stay within the limits."""

    least, most = -_MOST_DECIMAL, _MOST_DECIMAL

    def stepBy(self, steps: int) -> None:
        super().stepBy(steps)
        self.setValue(min(max(self.value(), self.least), self.most))


class _Slide(QSlider):
    """A slider over the limits of a field; it leaves the wheel to the page until it is used."""

    def __init__(self, field: FormField) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        assert field.minimum is not None
        assert field.maximum is not None
        self._whole = field.type == "int"
        self._least = field.minimum
        self._step = (field.step or 1) if self._whole else (field.maximum - field.minimum) / _TICKS
        ticks = round((field.maximum - field.minimum) / self._step)
        self.setRange(int(field.minimum_excluded), ticks - int(field.maximum_excluded))

    def number(self) -> float:
        """The number at the handle, as short as the steps allow."""
        exact = self._least + self.value() * self._step
        return round(exact) if self._whole else round(exact, 2 - math.floor(math.log10(self._step)))

    def show_number(self, number: float) -> None:
        self.setValue(round((number - self._least) / self._step))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _is_slid(field: FormField) -> bool:
    """Whether both limits are there and every number that matters is a place on the slider."""
    if field.minimum is None or field.maximum is None or field.maximum <= field.minimum:
        return False
    room = field.maximum - field.minimum
    if field.type == "int" and room / (field.step or 1) > _MOST_TICKS:
        return False
    share = (float(field.default) - field.minimum) / room if field.default is not None else 0.5
    return share in (0.0, 1.0) or _NEAR_END <= share <= 1 - _NEAR_END


def _width_px(number: WholeField | DecimalField, field: FormField) -> int:
    """Room for the longest number that fits the limits, its unit, and the arrows."""
    metrics = number.fontMetrics()
    longest = max(metrics.horizontalAdvance(f"{limit:g}") for limit in (field.minimum or 0, field.maximum or 0))
    decimals = metrics.horizontalAdvance("." + "0" * _DECIMALS_SHOWN) if field.type == "float" else 0
    room = longest + decimals + metrics.horizontalAdvance(number.suffix()) + px("gap_xl") + px("gap_l")
    return max(room, px("number_min"))


def _beside(slider: QSlider, number: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(px("gap_m"))
    row.addWidget(slider, 1)
    row.addWidget(number)
    return both
