"""What a model can say, as pictures to choose from: one small scene, labeled in each task's own way."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from studio.base.targets import MaskFile, Objects, Place, Points, Skeleton, Target, TargetKind, Thing
from studio.blocks.block import Block
from studio.gui.drawn import drawn
from studio.gui.looks import ClassLook
from studio.gui.style import colour, font, look, px
from studio.gui.widgets.text import plain

COLUMNS = 3
SIDE = 96  # of the scene, in its own pixels
_LOOK = ClassLook(("sky", "house", "tree"), skeleton=Skeleton(("left", "top", "right"), ((0, 1), (1, 2))))
_HOUSE = (14.0, 46.0, 50.0, 82.0)
_TREE = (58.0, 28.0, 86.0, 82.0)
_TARGETS: dict[TargetKind, Target | None] = {
    "class": None,
    "tags": None,
    "number": None,
    "mask": MaskFile(""),
    "points": Points((Place(14, 46), Place(32, 30), Place(50, 46))),
    "objects": Objects((Thing("house", *_HOUSE), Thing("tree", *_TREE))),
}
_CAPTIONS: dict[TargetKind, str] = {"class": "village", "tags": "house, tree", "number": "12.5"}


class TaskTiles(QWidget):
    """Emits `chosen(kind of task)`."""

    chosen = Signal(object)

    def __init__(self, kinds: tuple[type[Block], ...]) -> None:
        super().__init__()
        self.tiles: dict[type[Block], _Tile] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(px("gap_s"))
        grid.setRowStretch(len(kinds), 1)
        group = QButtonGroup(self)
        for place, kind in enumerate(kinds):
            tile = _Tile(kind)
            tile.clicked.connect(lambda checked=False, kind=kind: self.chosen.emit(kind))
            group.addButton(tile)
            grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
            self.tiles[kind] = tile

    def show_task(self, task: Block) -> None:
        """Mark the one that is chosen."""
        self.tiles[type(task)].setChecked(True)


class _Tile(QPushButton):
    def __init__(self, kind: type[Block]) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("role", "choice")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(kind.title)
        self.setAccessibleDescription(kind.help())
        self.setToolTip(kind.help())
        self._scene = _Scene(getattr(kind, "target", "class"))
        title = plain(kind.title, "strong", wrap=True)
        for part in (self._scene, title):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_s"), px("gap_s"), px("gap_s"), px("gap_s"))
        column.setSpacing(px("gap_xs"))
        column.addWidget(self._scene, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column = column

    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()


class _Scene(QWidget):
    """A house and a tree, with what a model of this kind would say of them."""

    def __init__(self, target: TargetKind) -> None:
        super().__init__()
        self._target = target
        self.setFixedSize(px("thumbnail_m"), px("thumbnail_s"))
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        wide = round(self.width() * self.devicePixelRatioF())
        scene = _scene(self.width() * SIDE // self.height())
        mask = _mask(scene) if self._target == "mask" else None
        image = drawn(scene, _TARGETS[self._target], _LOOK, mask, wide)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.drawImage(self.rect(), image)
        words = _CAPTIONS.get(self._target)
        if words:
            painter.setFont(font("help"))
            size = painter.fontMetrics().size(0, words)
            area = QRect(px("gap_xs"), self.height() - size.height() - px("gap_xs"), size.width() + px("gap_s"),
                         size.height())  # fmt: skip
            painter.fillRect(area, colour("stage_surface"))
            painter.setPen(colour("stage_text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        painter.end()


def _scene(width: int) -> QImage:
    image = QImage(width, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(196, 214, 226))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(0, 78, width, SIDE - 78, QColor(150, 168, 140))
    left, top, right, bottom = (int(value) for value in _HOUSE)
    painter.fillRect(left, top, right - left, bottom - top, QColor(206, 186, 162))
    painter.setBrush(QColor(150, 98, 84))
    painter.drawPolygon([QPointF(left, top), QPointF((left + right) / 2, top - 16), QPointF(right, top)])
    left, top, right, bottom = (int(value) for value in _TREE)
    painter.fillRect((left + right) // 2 - 2, bottom - 22, 4, 22, QColor(120, 92, 70))
    painter.setBrush(QColor(104, 140, 96))
    painter.drawEllipse(left, top, right - left, bottom - top - 16)
    painter.end()
    return image


def _mask(scene: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Sky, house, tree and nothing said of the ground, by the places that the scene is drawn at."""
    mask = np.zeros((scene.height(), scene.width()), dtype=np.uint8)
    mask[78:] = 255
    y, x = np.mgrid[: scene.height(), : scene.width()]
    left, top, right, bottom = _HOUSE
    is_roof = (y >= top - 16) & (y < top) & (abs(x - (left + right) / 2) <= (y - top + 16) * (right - left) / 32)
    mask[((x >= left) & (x < right) & (y >= top) & (y < bottom)) | is_roof] = 1
    left, top, right, bottom = _TREE
    radius_x, radius_y = (right - left) / 2, (bottom - top - 16) / 2
    is_crown = ((x - left - radius_x) / radius_x) ** 2 + ((y - top - radius_y) / radius_y) ** 2 <= 1
    is_trunk = (abs(x - left - radius_x) <= 2) & (y >= bottom - 22) & (y < bottom)
    mask[is_crown | is_trunk] = 2
    return mask
