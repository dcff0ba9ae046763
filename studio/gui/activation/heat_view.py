"""A picture with what speaks for an answer over it, as large as there is room."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from studio.app.activation import Seen
from studio.gui.results.comparison import FittedPicture
from studio.gui.style import px
from studio.gui.widgets.number_field import WholeField
from studio.gui.widgets.text import plain
from studio.imaging.heat import laid_over

OPACITY_PERCENT = 70  # at first: the picture under the warmest place can still be told


class HeatView(QWidget):
    """The picture, and below it how strong the colours are; at 0 % it is the picture alone."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = FittedPicture("Where the model looked")
        self._seen: Seen | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName("How strong the colours are")
        self.opacity = WholeField("How strong the colours are", 0, 100, "%")
        for control in (self.slider, self.opacity):
            control.setValue(OPACITY_PERCENT)
        self.slider.valueChanged.connect(self.opacity.setValue)
        self.opacity.valueChanged.connect(self.slider.setValue)
        self.opacity.valueChanged.connect(lambda: self._draw())
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        line.addWidget(plain("Colours", "field"))
        line.addWidget(self.slider, 1)
        line.addWidget(self.opacity)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_s"))
        column.addWidget(self.picture, 1)
        column.addLayout(line)

    def show_seen(self, seen: Seen | None) -> None:
        """Show this; None shows nothing."""
        self._seen = seen
        self._draw()

    def _draw(self) -> None:
        seen = self._seen
        if seen is None:
            self.picture.set_drawing(None)
            return
        pixels = laid_over(seen.image_hwc, seen.heat_hw, self.opacity.value() / 100)
        height, width, _ = pixels.shape
        # Copied, so that the image owns its pixels.
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.picture.set_drawing(partial(_scaled, image), image.size())


def _scaled(image: QImage, side_px: int) -> QImage:
    ratio, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(side_px, side_px, ratio, smooth)
