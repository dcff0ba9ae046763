"""The pictures of a grid: what is known of each row when it is looked at, and the pictures that have come so far."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from studio.gui.style import px
from studio.gui.widgets.text import plain_tip

ThumbnailMark = Literal["reviewed", "suggested", "warning", "unlabeled"]
CACHE_BYTES = 64 * 2**20  # about 500 pictures of the largest size
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Thumbnail:
    """What a grid shows of one row beside the picture itself; colours are #RRGGBB, one a label.

    `note` stands at the right of a caption, where the grid has captions.
    """

    name: str
    labels: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    marks: tuple[ThumbnailMark, ...] = ()
    note: str = ""


def described(thumbnail: Thumbnail) -> str:
    """Name, labels and marks in words, for tooltips and screen readers."""
    labels = ", ".join(thumbnail.labels) or "no label"
    marks = [mark for mark in thumbnail.marks if mark != "unlabeled"]
    notes = [thumbnail.note] if thumbnail.note else []
    return "\n".join([thumbnail.name, " · ".join([labels, *marks, *notes])])


class ThumbnailModel(QAbstractListModel):
    """Any number of rows; nothing is asked about a row before it is seen.

    `wanted(rows)` lists the visible rows that have no picture yet. A newer list replaces the ones before, so whoever
    makes the pictures drops what is not in it, and hands each one over with `set_thumbnail`.
    """

    wanted = Signal(list)

    def __init__(self, describe: Callable[[int], Thumbnail] = lambda row: Thumbnail(str(row)), count: int = 0) -> None:
        super().__init__()
        self._describe, self._count = describe, count
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._bytes = 0
        self._broken: set[int] = set()
        self._asked: set[int] = set()
        self._visible: frozenset[int] = frozenset()

    def reset(self, count: int, describe: Callable[[int], Thumbnail]) -> None:
        """Show other rows; the pictures of the old ones are forgotten."""
        self.beginResetModel()
        self._describe, self._count = describe, count
        self._pixmaps.clear()
        self._bytes = 0
        self._broken.clear()
        self._asked.clear()
        self._visible = frozenset()
        self.endResetModel()

    def refresh(self, row: int) -> None:
        """Say that the labels or marks of a row have changed."""
        self.dataChanged.emit(self.index(row), self.index(row))

    def thumbnail(self, row: int) -> Thumbnail:
        """What is known of a row."""
        return self._describe(row)

    def pixmap(self, row: int) -> QPixmap | None:
        """The square picture of a row, if it has come and is still held."""
        found = self._pixmaps.get(row)
        if found is not None:
            self._pixmaps.move_to_end(row)
        return found

    def is_broken(self, row: int) -> bool:
        """Whether the picture of a row could not be made."""
        return row in self._broken

    def see(self, rows: Iterable[int]) -> None:
        """Say which rows are visible; asks for those that have no picture."""
        self._visible = frozenset(rows)
        missing = [row for row in sorted(self._visible) if row not in self._pixmaps and row not in self._broken]
        if not set(missing) <= self._asked:
            self._asked = set(missing)
            self.wanted.emit(missing)

    def set_thumbnail(self, row: int, image: QImage) -> None:
        """Hand over the picture of a row; a null image says that there is none to be had."""
        self._asked.discard(row)
        if not 0 <= row < self._count:
            return
        if image.isNull():
            self._broken.add(row)
        else:
            self._forget(row)
            pixmap = QPixmap.fromImage(_square(image))
            self._pixmaps[row] = pixmap
            self._bytes += _size_bytes(pixmap)
            self._evict()
        self.refresh(row)

    def look_again(self) -> None:
        """Forget the pictures, and ask for those that are visible: they look another way now."""
        self._pixmaps.clear()
        self._bytes = 0
        self._broken.clear()
        self._asked.clear()
        self.see(self._visible)

    def held_count(self) -> int:
        """How many pictures are held now."""
        return len(self._pixmaps)

    def _forget(self, row: int) -> None:
        old = self._pixmaps.pop(row, None)
        if old is not None:
            self._bytes -= _size_bytes(old)

    def _evict(self) -> None:
        # Visible rows stay whatever they weigh: dropping one would only ask for it again, for ever.
        spare = [row for row in self._pixmaps if row not in self._visible] if self._bytes > CACHE_BYTES else []
        for row in spare:
            if self._bytes <= CACHE_BYTES:
                break
            self._forget(row)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._count

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._describe(index.row()).name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(described(self._describe(index.row())))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return described(self._describe(index.row()))
        return None


def _square(image: QImage) -> QImage:
    """The middle of an image, no larger than twice the largest thumbnail."""
    side = min(image.width(), image.height())
    crop = image.copy(QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side))
    most = 2 * px("thumbnail_l")
    if side <= most:
        return crop
    return crop.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _size_bytes(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
