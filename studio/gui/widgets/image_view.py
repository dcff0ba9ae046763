"""One picture, large, on neutral grey: fitted, zoomed at the pointer, moved about."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPixmap, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QHBoxLayout, QWidget

from studio.gui.style import px
from studio.gui.widgets.chip import Chip
from studio.gui.widgets.text import plain

_ZOOM_STEP = 1.25  # a notch of the wheel
_ZOOM_MOST = 64.0  # screen pixels for one of the picture's
_SMOOTH_BELOW = 2.0  # from here on single pixels are shown as they are


class ImageView(QGraphicsView):
    """Shows one image. `zoom_changed(float)` tells how many screen pixels one of its pixels takes."""

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = QGraphicsPixmapItem()
        scene = QGraphicsScene(self)
        scene.addItem(self._item)
        self.setScene(scene)
        self.setAccessibleName("Picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_fitted = True
        self._space_held = False
        self._dragged_from: QPointF | None = None
        self._zoom_text = plain("", "stage")
        self._zoom_text.setParent(self)
        self._overlay = QWidget(self)
        self._overlay.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._chips = QHBoxLayout(self._overlay)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(px("gap_xs"))
        self._say_zoom()

    def set_image(self, image: QImage | None, name: str = "") -> None:
        """Show an image, fitted; None shows nothing."""
        pixmap = QPixmap() if image is None else QPixmap.fromImage(image)
        self._item.setPixmap(pixmap)
        self.scene().setSceneRect(QRectF(pixmap.rect()))
        self.setAccessibleDescription(name or "no picture")
        self.fit()

    def set_labels(self, labels: Sequence[tuple[str, str]]) -> None:
        """Show the labels as chips over the picture: (name, colour as #RRGGBB) each."""
        while (old := self._chips.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for name, colour_hex in labels:
            chip = Chip(name, colour_hex, on_stage=True)
            self._chips.addWidget(chip)
            chip.show()  # at once, so that its width counts when the row is placed
        self._place()

    def set_overlay_visible(self, visible: bool) -> None:
        """Hide or show everything that lies over the picture."""
        self._overlay.setVisible(visible)

    def has_image(self) -> bool:
        """Whether there is a picture."""
        return not self._item.pixmap().isNull()

    def zoom(self) -> float:
        """Screen pixels for one of the picture's; 1.0 is 100 %."""
        return self.transform().m11() * self.devicePixelRatioF()

    def fit(self) -> None:
        """Show the whole picture as large as it goes; it stays fitted when the window changes."""
        self._is_fitted = True
        if self.has_image():
            room = QRectF(self.viewport().rect()).adjusted(px("gap_m"), px("gap_m"), -px("gap_m"), -px("gap_m"))
            picture = self._item.boundingRect()
            scale = min(room.width() / picture.width(), room.height() / picture.height())
            self._take_scale(max(scale, self._least()) if room.isValid() else 1.0)
            self._centre_on(picture.center())
        self._say_zoom()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Take a zoom, keeping the point `at` of the viewport (its middle if none) where it is."""
        if not self.has_image():
            return
        at = QPointF(self.viewport().rect().center()) if at is None else at
        kept = self._to_picture(at)
        self._is_fitted = False
        scale = min(zoom, _ZOOM_MOST) / self.devicePixelRatioF()
        self._take_scale(max(scale, self._least()))
        self._move_by(at - self.viewportTransform().map(kept))
        self._say_zoom()

    def zoom_in(self) -> None:
        """One step larger."""
        self.zoom_to(self.zoom() * _ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step smaller."""
        self.zoom_to(self.zoom() / _ZOOM_STEP)

    def actual_size(self) -> None:
        """One screen pixel for each of the picture's."""
        self.zoom_to(1.0)

    def _least(self) -> float:
        """The smallest scale: the longer side a few pixels long, so that the picture is never lost."""
        longest = max(self._item.boundingRect().width(), self._item.boundingRect().height(), 1.0)
        return min(1.0, px("target_min") / longest)

    def _to_picture(self, point: QPointF) -> QPointF:
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(point)

    def _take_scale(self, scale: float) -> None:
        smooth = scale * self.devicePixelRatioF() < _SMOOTH_BELOW
        modes = Qt.TransformationMode
        self._item.setTransformationMode(modes.SmoothTransformation if smooth else modes.FastTransformation)
        self.setTransform(QTransform.fromScale(scale, scale))
        # Room on every side, so that any point of the picture can come to any point of the view.
        room = QSize(self.viewport().size())
        margin_x, margin_y = room.width() / scale, room.height() / scale
        self.setSceneRect(self._item.boundingRect().adjusted(-margin_x, -margin_y, margin_x, margin_y))

    def _centre_on(self, point: QPointF) -> None:
        middle = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        self._move_by(middle - self.viewportTransform().map(point))

    def _move_by(self, shift: QPointF) -> None:
        for bar, by in ((self.horizontalScrollBar(), shift.x()), (self.verticalScrollBar(), shift.y())):
            bar.setValue(bar.value() - round(by))

    def _say_zoom(self) -> None:
        self._zoom_text.setText(f"{100 * self.zoom():.0f} %")
        self._zoom_text.setVisible(self.has_image())
        self._place()
        self.zoom_changed.emit(self.zoom())

    def _place(self) -> None:
        inset = px("gap_m")
        self._zoom_text.adjustSize()
        self._zoom_text.move(
            self.width() - self._zoom_text.width() - inset, self.height() - self._zoom_text.height() - inset
        )
        self._overlay.adjustSize()
        self._overlay.move(inset, inset)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()
        self._place()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120  # a notch is 120 eighths of a degree, see QWheelEvent.angleDelta
        self.zoom_to(self.zoom() * _ZOOM_STEP**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._space_held = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            event.ignore()  # arrows and letters belong to the page

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_held = False
            self.viewport().unsetCursor()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_held):
            self._dragged_from = event.position()
            self._is_fitted = False
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None:
            super().mouseMoveEvent(event)
        else:
            self._move_by(event.position() - self._dragged_from)
            self._dragged_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None:
            super().mouseReleaseEvent(event)
            return
        self._dragged_from = None
        if self._space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()
