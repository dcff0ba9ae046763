"""The pictures of a cell, or those with the highest loss: what each is, and what the model took it for."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.inspection import Inspection
from studio.app.results import ClassResults
from studio.base.errors import UserError
from studio.base.targets import target_words
from studio.base.wording import count_words, number_words, percent_words
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.text import plain
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel
from studio.runs.predictions import ValidPrediction


class ResultPictures(QWidget):
    """Emits `opened()` on a double click or Enter; the current picture is that of the inspection."""

    opened = Signal()

    def __init__(self, inspection: Inspection, loader: ThumbnailLoader, look: Callable[[], ClassLook]) -> None:
        super().__init__()
        self._inspection, self._loader, self._look = inspection, loader, look
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
        self.grid.current_changed.connect(inspection.choose)
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
        self.model.reset(len(self._items), lambda row: self._describe(row, look))
        self.grid.verticalScrollBar().setValue(0)
        cell = self._inspection.cell
        count = count_words(len(self._items), "picture")
        self.back.setVisible(cell is not None)
        if cell is None:
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
            self.empty.say("No picture is here", "The model made no such mistake." if cell else "There is nothing.")
        self._stack.setCurrentWidget(self.grid if self._items else self.empty)

    def refresh_marks(self) -> None:
        """Labels may have changed."""
        self.grid.viewport().update()

    def _describe(self, row: int, look: ClassLook) -> Thumbnail:
        item = self._items[row]
        actual, predicted = target_words(item.target), target_words(item.predicted)
        has_class = isinstance(item.predicted, str)
        share = percent_words(item.probabilities.get(predicted, 0.0)) if has_class else ""
        names = (actual,) if actual == predicted else (actual, predicted)
        lines = [item.image, f"Actual: {actual}. Predicted: {predicted}{f', with {share}' if share else ''}."]
        now = self._inspection.label_now(item)
        if now is not None:
            lines.append(f"Since this run its label has become '{now}'." if now else "Its label has been taken away.")
        changed = f"now {now or 'no label'} · " if now is not None else ""
        return Thumbnail(
            "\n".join(lines),
            (" → ".join(names),),
            tuple(look.colour(name) for name in names) if has_class else (),
            ("warning",) if now is not None else (),
            f"{changed}{f'{share} · ' if share else ''}loss {number_words(item.loss)}",
        )

    def _open(self, row: int) -> None:
        self._inspection.choose(row)
        self.opened.emit()

    def _want(self, rows: list[int]) -> None:
        paths: dict[int, Path] = {}
        for row in rows:
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
        column.addLayout(below, 1)


def _line(name: str) -> str:
    return " ".join(name.split())
