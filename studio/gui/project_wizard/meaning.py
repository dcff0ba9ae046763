"""What the answers mean for three of the user's own pictures."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.app.drafting import PICTURES, Draft
from studio.app.row_list import PART_WORDS
from studio.gui.blocks.pictures import drawn_row, to_image
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.widgets.text import ElidedLabel, plain


class Meaning(QWidget):
    """Follows a draft: pictures as the model would see them, each with its label and its part below it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self.title = plain("", "section")
        self._tiles = [_Tile() for _ in range(PICTURES)]
        row = QHBoxLayout()
        row.setSpacing(px("gap_l"))
        for tile in self._tiles:
            row.addWidget(tile, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_s"))
        column.addWidget(self.title)
        column.addLayout(row)

    def show_draft(self) -> None:
        """Bring the pictures up to date; while new ones are drawn, the old ones stay."""
        draft = self._draft
        batch = draft.pictures
        if draft.recipe is None or batch is None:
            self.title.setText("Reading your pictures …" if draft.is_checking else "")
            for tile in self._tiles:
                tile.setVisible(False)
            return
        classes, skeleton = draft.vocabulary()
        look = ClassLook(classes, skeleton=skeleton)
        parts = draft.parts()
        self.title.setText("What this means for some of your pictures")
        for row, tile in enumerate(self._tiles):
            tile.setVisible(row < len(batch.paths))
            if row < len(batch.paths):
                side_px = round(px("thumbnail_m") * self.devicePixelRatioF())
                image = drawn_row(batch, row, to_image(batch.pixels[row]), look, side_px)
                target = batch.targets[row] if batch.targets else None
                words = ", ".join(look.shown(target).labels) or "not labeled yet"
                part = PART_WORDS[parts.get(batch.paths[row], "")] if target is not None else ""
                tile.show_picture(QPixmap.fromImage(image), Path(batch.paths[row]).name, words, part)


class _Tile(QWidget):
    """A picture, and beside it what is known of it."""

    def __init__(self) -> None:
        super().__init__()
        side = px("thumbnail_m")
        self._picture = QLabel()
        self._picture.setFixedSize(side, side)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label = plain("", "strong", wrap=True)
        self._name = ElidedLabel("", "help")
        self._part = ElidedLabel("", "help")
        words = QVBoxLayout()
        words.setSpacing(px("gap_xs"))
        for part in (self._label, self._name, self._part):
            words.addWidget(part)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s"))
        row.addWidget(self._picture)
        row.addLayout(words, 1)
        self.hide()

    def show_picture(self, pixmap: QPixmap, name: str, label: str, part: str) -> None:
        kept = Qt.AspectRatioMode.KeepAspectRatio
        ratio = self.devicePixelRatioF()
        fitted = pixmap.scaled(self._picture.size() * ratio, kept, Qt.TransformationMode.SmoothTransformation)
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(fitted)
        self._picture.setAccessibleName(name)
        self._label.setText(label)
        self._name.setText(name)
        self._part.setText(part)
