"""Pictures of the validation part: what each is, what the model took it for; the current one large, both ways."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.app.answered_pictures import AnsweredPictures
from studio.app.inspection import Inspection
from studio.app.preview import Batch
from studio.app.results import ClassResults
from studio.app.session import Session
from studio.base.errors import UserError
from studio.base.targets import MaskFile, Numbers, Points, Target, class_names_in, has_places, target_words
from studio.base.wording import count_words, number_words, percent_words
from studio.gui.blocks.pictures import drawn_row, to_image
from studio.gui.looks import ClassLook
from studio.gui.results.comparison import Comparison
from studio.gui.style import colour, px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.text import plain
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel
from studio.runs.predictions import ValidPrediction
from studio.runs.report import Doubt


class ResultPictures(QWidget):
    """Emits `opened()` on a double click or Enter; the current picture is that of the inspection."""

    opened = Signal()

    def __init__(
        self, inspection: Inspection, session: Session, loader: ThumbnailLoader, look: Callable[[], ClassLook]
    ) -> None:
        super().__init__()
        self._inspection, self._loader, self._look = inspection, loader, look
        self._answered = AnsweredPictures(session, 2 * px("thumbnail_l"), self._take_answered)
        self.comparison = Comparison(session, look)
        self._items: list[ValidPrediction] = []
        self.title = plain("", "section")
        self.note = plain("", "help", wrap=True)
        self.back = button("Show the highest losses", "quiet", dense=True)
        self.back.clicked.connect(inspection.show_top_losses)
        self.model = ThumbnailModel()
        self.model.wanted.connect(self._want)
        self.grid = ThumbnailGrid(self.model, "l")
        self.grid.set_captions(True, lines=2)
        self.grid.setAccessibleName("Pictures of the validation part")
        self.grid.current_changed.connect(self._choose)
        self.grid.opened.connect(self._open)
        self.empty = EmptyState("nothing_found", "", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        self._lay_out()

    def show_pictures(self) -> None:
        """Show those of the inspection, from the first."""
        self._items = list(self._inspection.pictures)
        look = self._look()
        self.comparison.setVisible(False)
        self.model.reset(len(self._items), lambda row: self._describe(row, look))
        self.grid.verticalScrollBar().setValue(0)
        cell, topic, is_doubting = self._inspection.cell, self._inspection.topic, self._inspection.is_doubting
        count = count_words(len(self._items), "picture")
        self.back.setVisible(cell is not None or bool(topic))
        if is_doubting:
            self.title.setText(f"{count} with labels to look at")
            by_class = isinstance(self._inspection.results, ClassResults)
            way = "Double-click one to correct it." if by_class else "Correct them where the labels come from."
            self.note.setText(f"The most doubtful first. {way}")
        elif topic:
            self.title.setText(f"{count}: {_line(topic)}")
            self.note.setText("Those with most of it come first.")
        elif cell is None:
            self.title.setText(f"The {count} with the highest loss")
            by_class = isinstance(self._inspection.results, ClassResults)
            hint = " Double-click one to look at its label." if by_class else ""
            self.note.setText(f"What the model was most wrong about.{hint}")
        elif cell[0] == cell[1]:
            self.title.setText(f"{count} of '{_line(cell[0])}', recognised")
            self.note.setText("Those that the model was least sure of come first.")
        else:
            self.title.setText(f"{count} of '{_line(cell[0])}', taken for '{_line(cell[1])}'")
            self.note.setText("Is the label right? Double-click one to look at it.")
        if not self._items:
            words = "No label is in doubt." if is_doubting else "The model made no such mistake."
            self.empty.say("No picture is here", words if is_doubting or cell or topic else "There is nothing.")
        self._stack.setCurrentWidget(self.grid if self._items else self.empty)

    def show_image(self, image: str) -> None:
        """Make a picture the current one, if it is among those that are shown."""
        place = next((place for place, item in enumerate(self._items) if item.image == image), None)
        if place is not None:
            self.grid.set_current_row(place)

    def refresh_marks(self) -> None:
        """Labels may have changed."""
        self.grid.viewport().update()

    def _describe(self, row: int, look: ClassLook) -> Thumbnail:
        item = self._items[row]
        actual, predicted = _words(item.target), _words(item.predicted)
        has_class = isinstance(item.predicted, str)
        doubt = self._inspection.doubts.get(item.image) if self._inspection.is_doubting else None
        if isinstance(item.target, MaskFile | Points):
            return self._describe_places(item, look)
        share = percent_words(item.probabilities.get(predicted, 0.0)) if has_class else ""
        names = (actual,) if actual == predicted else (actual, predicted)
        lines = [item.image, f"Actual: {actual}. Predicted: {predicted}{f', with {share}' if share else ''}."]
        now = self._inspection.label_now(item)
        if now is not None:
            lines.append(f"Since this run its label has become '{now}'." if now else "Its label has been taken away.")
        loss = [part for part in (share, f"loss {number_words(item.loss)}") if part]
        changed = f"now {now or 'no label'} · " if now is not None else ""
        if doubt is not None:
            lines.append(_doubt_words(doubt))
        return Thumbnail(
            "\n".join(lines),
            (" → ".join(names),),
            tuple(look.colour(name) for name in names) if has_class else (),
            ("warning",) if now is not None else (),
            changed + (_doubt_note(doubt) if doubt else " · ".join(loss)),
        )

    def _describe_places(self, item: ValidPrediction, look: ClassLook) -> Thumbnail:
        """A label that no words can tell: the picture's name stands there instead."""
        doubt = self._inspection.doubts.get(item.image) if self._inspection.is_doubting else None
        lines = [item.image] + ([_doubt_words(doubt)] if doubt else [])
        names = tuple(dict.fromkeys(class_names_in(item.predicted)))
        note = _doubt_note(doubt) if doubt else f"loss {number_words(item.loss)}"
        return Thumbnail("\n".join(lines), (Path(item.image).name,), tuple(map(look.colour, names)), (), note)

    def words(self, item: ValidPrediction) -> str:
        """Label and answer of a picture in words, under the large one."""
        parts = [item.image, f"loss {number_words(item.loss)}"]
        if isinstance(item.target, Numbers) or not has_places(item.target):
            parts.append(f"label: {_words(item.target)}, the model: {_words(item.predicted)}")
        doubt = self._inspection.doubts.get(item.image)
        if doubt is not None:
            parts.append(_doubt_words(doubt))
        return " · ".join(parts)

    def _choose(self, row: int) -> None:
        self._inspection.choose(row)
        run, item = self._inspection.run, self._items[row]
        is_drawn = has_places(item.target) or has_places(item.predicted)
        self.comparison.setVisible(is_drawn)
        if is_drawn and run is not None:
            self.comparison.show_item(run, item, self.words(item))

    def _take_answered(self, row: int, pair: Batch | None) -> None:
        if pair is None:
            self.model.set_thumbnail(row, QImage())
        else:
            side = 2 * px("thumbnail_l")
            self.model.set_thumbnail(row, _squared(drawn_row(pair, 1, to_image(pair.pixels[1]), self._look(), side)))

    def _open(self, row: int) -> None:
        self._inspection.choose(row)
        self.opened.emit()

    def _want(self, rows: list[int]) -> None:
        paths: dict[int, Path] = {}
        run = self._inspection.run
        placed = [row for row in rows if has_places(self._items[row].predicted)]
        if run is not None:
            self._answered.want(run, {row: self._items[row] for row in placed})
        for row in rows:
            if row in placed:
                continue
            try:
                paths[row] = self._inspection.path(self._items[row])
            except UserError:
                continue
        self._loader.want(self.model, paths)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(px("gap_s"))
        line.addWidget(self.title, 1)
        line.addWidget(self.back)
        head = QVBoxLayout()
        head.setContentsMargins(px("gap_l"), px("gap_m"), px("gap_l"), px("gap_xs"))
        head.setSpacing(px("gap_xs"))
        head.addLayout(line)
        head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(px("gap_s"), 0, 0, 0)
        below.addWidget(self._stack)
        upper = QWidget()
        upper.setLayout(below)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self.comparison)
        split.setSizes([px("panel"), px("panel")])
        self.comparison.setVisible(False)
        column.addWidget(split, 1)


def _words(target: Target | None) -> str:
    if isinstance(target, Numbers):
        return ", ".join(number_words(value) for value in target.values)
    return target_words(target)


def _doubt_note(doubt: Doubt) -> str:
    return f"{doubt.suggested}? doubt {number_words(doubt.score)}"


def _doubt_words(doubt: Doubt) -> str:
    about = f" ({doubt.about})" if doubt.about else ""
    return f"doubt {number_words(doubt.score)}: label {doubt.given}, the model {doubt.suggested}{about}"


def _squared(image: QImage) -> QImage:
    """The whole picture on a square of neutral grey, so that nothing that is drawn is cut off."""
    side = max(image.width(), image.height())
    square = QImage(side, side, QImage.Format.Format_RGB32)
    square.fill(colour("stage"))
    painter = QPainter(square)
    painter.drawImage((side - image.width()) // 2, (side - image.height()) // 2, image)
    painter.end()
    return square


def _line(name: str) -> str:
    return " ".join(name.split())
