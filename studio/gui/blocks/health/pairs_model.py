"""Pairs of pictures that look alike, each picture with its label and the part that it is in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from studio.gui.widgets.text import plain_tip
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel, described

_Index = QModelIndex | QPersistentModelIndex
WORDS_COLUMN = 2


class PairSide(NamedTuple):
    """One picture of a pair, below the folder of the source; `part` in words, `colours` of its classes as #RRGGBB."""

    image: str
    labels: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    part: str = ""


class ShownPair(NamedTuple):
    """Two pictures and how alike they are, in words."""

    first: PairSide
    second: PairSide
    words: str


class PairsModel(QAbstractTableModel):
    """A row a pair: two pictures and the words. `thumbs` holds the pictures, two rows for each pair."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: Sequence[ShownPair] = ()
        self.thumbs = ThumbnailModel()
        self.thumbs.dataChanged.connect(lambda first, last: self._renew(first.row()))

    def show(self, pairs: Sequence[ShownPair]) -> None:
        """Show these; the pictures of others are forgotten."""
        is_same = [_images(pair) for pair in pairs] == [_images(pair) for pair in self.pairs]
        if is_same and self.pairs:  # only what is known of them has changed: the pictures stay
            self.pairs = pairs
            self.dataChanged.emit(self.index(0, 0), self.index(len(pairs) - 1, WORDS_COLUMN))
            return
        self.beginResetModel()
        self.pairs = pairs
        self.thumbs.reset(2 * len(pairs), self._describe)
        self.endResetModel()

    def side(self, number: int) -> PairSide:
        """A picture by its row among the thumbnails."""
        pair = self.pairs[number // 2]
        return pair.second if number % 2 else pair.first

    def side_of(self, index: _Index) -> int:
        """The row among the thumbnails of the picture in a cell; the first picture's for the words."""
        return 2 * index.row() + (index.column() if index.column() < WORDS_COLUMN else 0)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.pairs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else WORDS_COLUMN + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        pair = self.pairs[index.row()]
        if index.column() == WORDS_COLUMN:
            text = pair.words if role == Qt.ItemDataRole.DisplayRole else "\n".join((pair.words, *_images(pair)))
        else:
            text = described(self._describe(self.side_of(index)))
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def _describe(self, number: int) -> Thumbnail:
        side = self.side(number)
        marks = () if side.labels else ("unlabeled",)
        return Thumbnail(side.image, side.labels, side.colours, marks, side.part)  # type: ignore[arg-type]

    def _renew(self, number: int) -> None:
        index = self.index(number // 2, number % 2)
        self.dataChanged.emit(index, index)


def _images(pair: ShownPair) -> tuple[str, str]:
    return pair.first.image, pair.second.image
