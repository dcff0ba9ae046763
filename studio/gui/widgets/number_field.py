"""Fields for numbers: a unit inside, room at the left, and no change by a wheel that only wanted to scroll the page.

Qt's spin boxes under a style sheet forget the padding at the left, so it is set on their line edit here.
"""

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from studio.gui.style import px

_DECIMALS = 12  # what the box keeps; what it shows is as short as the number allows


def _dress(field: QAbstractSpinBox, name: str) -> None:
    field.setAccessibleName(name)
    field.setLocale(QLocale.c())
    field.setMinimumWidth(px("number_min"))
    field.lineEdit().setTextMargins(px("gap_s"), 0, 0, 0)
    field.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)


class WholeField(QSpinBox):
    """A whole number from `least` to `most`, with its unit."""

    def __init__(self, name: str, least: int, most: int, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _dress(self, name)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class DecimalField(QDoubleSpinBox):
    """A number from `least` to `most`, with its unit; takes "0.001", "0,001" and "1e-3"."""

    def __init__(self, name: str, least: float, most: float, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _dress(self, name)
        self.setDecimals(_DECIMALS)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:
        return f"{value:.{_DECIMALS}g}"

    def valueFromText(self, text: str) -> float:
        return _number(text, self.suffix()) or 0.0

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        number = _number(text, self.suffix())
        inside = number is not None and self.minimum() <= number <= self.maximum()
        state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        return state, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _number(text: str, suffix: str) -> float | None:
    try:
        return float(text.removesuffix(suffix).strip().replace(",", "."))
    except ValueError:
        return None
