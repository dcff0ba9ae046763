"""One picture of the results, large: as it is labeled, and beside it as the model sees it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.app.answered_pictures import AnsweredPictures
from studio.app.preview import Batch
from studio.app.session import Session
from studio.gui.blocks.pictures import drawn_row, to_image
from studio.gui.looks import ClassLook
from studio.gui.style import colour, px
from studio.gui.widgets.text import plain
from studio.runs.predictions import ValidPrediction
from studio.runs.run import Run

SIDE_PX = 768  # of what is read: sharp where a picture takes half of a large window
EMPTY = QSize()
Draw = Callable[[int], QImage]
LABEL, ANSWER = "Label", "The model"


class FittedPicture(QWidget):
    """A picture as large as there is room, on neutral grey; drawn anew at each size, so that its lines stay fine."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(px("thumbnail_m"), px("thumbnail_m")))
        self.image: QImage | None = None
        self._draw: Draw | None = None
        self._size_wh: tuple[int, int] | None = None  # of the picture alone

    def set_drawing(self, draw: Draw | None, size: QSize = EMPTY) -> None:
        """draw: gives the picture for a longer side in pixels of the screen; size: the picture's own."""
        self._draw, self._size_wh, self.image = draw, (size.width(), size.height()), None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("stage"))
        if self._draw is not None and self._size_wh is not None:
            size = QSize(*self._size_wh).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            area = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple())
            side_px = round(max(size.width(), size.height()) * self.devicePixelRatioF())
            if self.image is None or max(self.image.width(), self.image.height()) != side_px:
                self.image = self._draw(side_px)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self.image)
        painter.end()


class Comparison(QWidget):
    """Panes side by side: the label's, the model's, and any that `set_pane` adds, such as where the model looked."""

    def __init__(self, session: Session, look: Callable[[], ClassLook]) -> None:
        super().__init__()
        self._look = look
        self._pictures = AnsweredPictures(session, SIDE_PX, self._show)
        self._panes: dict[str, tuple[QWidget, FittedPicture]] = {}
        self.words = plain("", "help", wrap=True)
        self._row = QHBoxLayout()
        self._row.setSpacing(px("gap_s"))
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), px("gap_xs"), px("gap_l"), px("gap_m"))
        column.setSpacing(px("gap_xs"))
        column.addLayout(self._row, 1)
        column.addWidget(self.words)
        for name in (LABEL, ANSWER):
            self.set_pane(name, None)

    def show_item(self, run: Run, item: ValidPrediction, words: str) -> None:
        """Compare one picture; the panes are filled as soon as it has been read."""
        self.words.setText(words)
        for _, picture in self._panes.values():
            picture.set_drawing(None)
        self._pictures.want(run, {0: item})

    def set_pane(self, name: str, draw: Draw | None, size: QSize = EMPTY) -> None:
        """Fill a pane, which is made where there is none of that name."""
        if name not in self._panes:
            self._panes[name] = self._made(name)
        self._panes[name][1].set_drawing(draw, size)

    def pane(self, name: str) -> FittedPicture:
        return self._panes[name][1]

    def _made(self, name: str) -> tuple[QWidget, FittedPicture]:
        pane, picture = QWidget(), FittedPicture(name)
        column = QVBoxLayout(pane)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_xs"))
        column.addWidget(plain(name, "strong"))
        column.addWidget(picture, 1)
        self._row.addWidget(pane, 1)
        return pane, picture

    def _show(self, key: int, pair: Batch | None) -> None:
        if pair is None:
            self.words.setText("This picture, or a mask of it, cannot be read any more.")
            return
        for row, name in enumerate((LABEL, ANSWER)):
            image = to_image(pair.pixels[row])
            self.set_pane(name, partial(drawn_row, pair, row, image, self._look()), image.size())
