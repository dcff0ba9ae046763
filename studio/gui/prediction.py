"""What a trained model sees in other pictures: choose a folder, and each picture comes with its class."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.app.activation import is_explained
from studio.app.predicting import predict_in_background, write_csv
from studio.app.session import Ticket
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.base.wording import count_words, percent_words
from studio.gui import dialogs
from studio.gui.activation.dialog import ActivationDialog
from studio.gui.looks import ClassLook
from studio.gui.looks_choice import LooksChoice
from studio.gui.style import px
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.buttons import button
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import plain
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel
from studio.jobs.messages import Event, Failed, Finished, Prediction, Stopped, Warned
from studio.runs.run import Run


class PredictionDialog(QDialog):
    """Pictures appear as their predictions come; they are kept as a table on demand."""

    def __init__(self, work: Workspace, run: Run, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Predict other pictures")
        self._work, self._run = work, run
        self._look = ClassLook.of(work.labeling.shown_classes())
        self._ticket: Ticket | None = None
        self.predictions: list[Prediction] = []
        self.model = ThumbnailModel()
        self.grid = ThumbnailGrid(self.model, "m")
        self.grid.set_captions(True)
        self._loader = ThumbnailLoader(work.session)
        self.model.wanted.connect(
            lambda rows: self._loader.want(self.model, {row: Path(self.predictions[row].path) for row in rows})
        )
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self._cancel)
        self.summary = plain("Choose a folder: the model says what it sees in each picture.", "quiet", wrap=True)
        self.looks = LooksChoice()
        self.looks.changed.connect(self._ask_again)
        self._folder: Path | None = None
        self._lay_out()

    def predict(self, folder: Path) -> None:
        """Begin with all pictures of a folder, instead of what went on before."""
        self._cancel()
        self._folder = folder
        self.predictions = []
        self.model.reset(0, self._describe)
        self.strip.hide()
        self.summary.setText("Starting the model …")
        self.progress.start(f"Predicting with {self._run.name}")
        try:
            self._ticket = predict_in_background(
                self._work.session, self._run, [folder], self._hear, self.looks.settings()
            )
        except UserError as error:
            self._end()
            self.strip.say("error", error.message, error.hint)

    def done(self, result: int) -> None:
        self._cancel()
        super().done(result)

    def _lay_out(self) -> None:
        choose = button("Choose a folder…", "primary", "folder_open")
        choose.clicked.connect(self._choose)
        self.where = button("Where did it look?", icon="eye")
        self.where.setVisible(is_explained(self._run.recipe().task))
        self.where.setEnabled(False)
        self.where.clicked.connect(self._show_where)
        self.keep = button("Keep as a table…", icon="table")
        self.keep.setEnabled(False)
        self.keep.clicked.connect(self._keep)
        leave = button("Close", "quiet")
        leave.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.addWidget(plain(f"What {self._run.name} sees", "title"), 1)
        top.addWidget(choose)
        below = QHBoxLayout()
        below.addWidget(self.summary, 1)
        below.addWidget(self.where)
        below.addWidget(self.keep)
        below.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_l"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_m"))
        column.addLayout(top)
        column.addWidget(self.looks)
        column.addWidget(self.strip)
        column.addWidget(self.progress)
        column.addWidget(self.grid, 1)
        column.addLayout(below)
        self.resize(px("panel_max") + px("panel"), px("panel_max") + px("thumbnail_m"))

    def _choose(self) -> None:
        folder = dialogs.ask_folder(self, "The folder with the pictures")
        if folder is not None:
            self.predict(folder)

    def _describe(self, row: int) -> Thumbnail:
        item = self.predictions[row]
        if item.target is None:
            return Thumbnail(Path(item.path).name, ("not read",), (), ("warning",), item.reason)
        shown = self._look.shown(item.target)
        note = percent_words(item.probabilities[item.label]) if item.label is not None else ""
        return Thumbnail(Path(item.path).name, shown.labels, shown.colours, (), note)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Prediction):
            self.predictions.append(event)
            count = len(self.predictions)
            if count & (count - 1) == 0 or count % 64 == 0:  # soon at first, then in portions
                self._show()
        elif isinstance(event, Warned):
            self.strip.say("warning", event.message, event.hint)
        elif isinstance(event, Failed):
            self._end()
            self.strip.say("error", event.message, event.hint, event.traceback)
        elif isinstance(event, Finished | Stopped):
            self._end()

    def _show(self) -> None:
        self.model.reset(len(self.predictions), self._describe)
        self.progress.set_done(len(self.predictions))
        counts: dict[str, int] = {}
        for item in self.predictions:
            if item.label is not None or item.target is None:
                name = item.label if item.label is not None else "not read"
                counts[name] = counts.get(name, 0) + 1
        words = ", ".join(f"{number} as '{name}'" for name, number in sorted(counts.items(), key=lambda pair: -pair[1]))
        pictures = count_words(len(self.predictions), "picture")
        said = f"{pictures}: {words}" if words else pictures
        self.summary.setText(said if self.predictions else "No pictures.")

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._end()

    def _end(self) -> None:
        self._ticket = None
        self.progress.finish()
        self._show()
        self.keep.setEnabled(bool(self.predictions))
        self.where.setEnabled(any(item.target is not None for item in self.predictions))

    def _ask_again(self) -> None:
        """With the looks as they are now."""
        if self._folder is not None:
            self.predict(self._folder)

    def _show_where(self) -> None:
        read = [row for row, item in enumerate(self.predictions) if item.target is not None]
        current = max(self.grid.current_row(), 0)
        place = min(range(len(read)), key=lambda number: abs(read[number] - current))
        paths = [Path(self.predictions[row].path) for row in read]
        ActivationDialog(self._work.session, self._run, paths, place, self).open()

    def _keep(self) -> None:
        path = dialogs.ask_file_to_write(self, "Keep the predictions", "predictions.csv")
        if path is None:
            return
        try:
            write_csv(path, self._run, self.predictions)
            self.summary.setText(f"Kept in {path}.")
        except UserError as error:
            self.strip.say("error", error.message, error.hint)
