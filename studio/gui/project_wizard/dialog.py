"""A new project in four questions: every answer is proposed from a look at the pictures, and can be changed."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from studio.app.drafting import QUESTIONS, Draft
from studio.app.pipeline import columns_of, pictures_of
from studio.app.public_data import guess_of
from studio.app.steps import StepState
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.blocks.block import Step
from studio.blocks.public_data import PublicDataSet
from studio.gui import dialogs
from studio.gui.form_fields.editor import Surroundings
from studio.gui.project_wizard.answer import AnswerPane
from studio.gui.project_wizard.meaning import Meaning
from studio.gui.project_wizard.public_data import PublicDataDialog
from studio.gui.style import px
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.card import BlockCard
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.text import plain
from studio.jobs.messages import DataSetFetched

LOOK_AFTER_MS = 400
ICONS: dict[Step, str] = {"kind": "kind", "source": "source", "labels": "labels", "split": "split"}


class NewProject(QDialog):
    """Looks at the pictures as soon as they are named; nothing is made before Create."""

    def __init__(self, work: Workspace, ui: WindowUi, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self._work, self._ui = work, ui
        self.draft = Draft(work.session)
        self.draft.changed.subscribe(self._hear)
        self._is_named = False
        self.images = QLineEdit()
        self.images.setPlaceholderText("A folder of pictures, a table (CSV, Excel), a video or an archive")
        self.images.setAccessibleName("Where the pictures are")
        self.images.textChanged.connect(self._wait)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Where the project is kept")
        self.folder.textEdited.connect(self._name_it)
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self._give_up)
        self.cards = {step: BlockCard(step, question, ICONS[step]) for step, question in QUESTIONS.items()}
        self.answer = AnswerPane(
            self.draft,
            Surroundings(
                columns=lambda: columns_of(self.draft.steps.values()),
                pictures=lambda: pictures_of(self.draft.steps.values()),
                check_again=self.draft.check,
            ),
        )
        self.meaning = Meaning(self.draft)
        self.create_button = button("Create project", "primary")
        self.create_button.setEnabled(False)
        self.create_button.setDefault(True)
        self.create_button.clicked.connect(self._create)
        self._pause = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._pause.timeout.connect(self._look)
        self._lay_out()
        self._show()

    def reject(self) -> None:
        self.draft.forget()
        super().reject()

    def choose(self, step: Step) -> None:
        """Turn to a question."""
        for name, card in self.cards.items():
            card.set_selected(name == step)
        self.answer.show_step(step)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain("New project", "title"))
        column.addWidget(plain("Your pictures", "field"))
        column.addLayout(self._source_row())
        column.addWidget(plain("They stay where they are: the project only points to them.", "help", wrap=True))
        column.addWidget(self.strip)
        column.addWidget(self.progress)
        self._middle = self._questions()
        column.addWidget(self._middle, 1)
        self._nothing_yet = QWidget()
        column.addWidget(self._nothing_yet, 1)
        column.addLayout(self._bottom_row())
        width, height = 2 * px("panel_max"), px("panel_max") + px("thumbnail_l")
        self.resize(width, height)

    def _source_row(self) -> QHBoxLayout:
        browse = button("Browse…")
        menu = QMenu(browse)
        menu.addAction("A folder…", self._browse_folder)
        menu.addAction("A file: table, list, video or archive…", self._browse_file)
        menu.addAction("A public data set…", self._browse_public)
        browse.setMenu(menu)
        row = QHBoxLayout()
        row.setSpacing(px("gap_s"))
        row.addWidget(self.images, 1)
        row.addWidget(browse)
        return row

    def _questions(self) -> QWidget:
        cards = QVBoxLayout()
        cards.setSpacing(px("gap_s"))
        for step, card in self.cards.items():
            card.setFixedWidth(px("panel") + px("gap_xxl"))
            card.chosen.connect(lambda id, step=step: self.choose(step))
            cards.addWidget(card)
        cards.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(px("gap_s"))
        row.addLayout(cards)
        row.addWidget(self.answer, 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, px("gap_s"), 0, 0)
        column.setSpacing(px("gap_m"))
        column.addLayout(row, 1)
        column.addWidget(self.meaning)
        return whole

    def _bottom_row(self) -> QHBoxLayout:
        leave = button("Cancel", "quiet")
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(px("gap_s"))
        row.addWidget(plain("Project folder", "field"))
        row.addWidget(self.folder, 1)
        row.addWidget(leave)
        row.addWidget(self.create_button)
        return row

    def _hear(self, what: str) -> None:
        if what == "looking":
            self.progress.start("Looking at the pictures")
        elif what == "checking" and self.draft.progress is not None:
            self.progress.start("Reading the pictures")
            self.progress.set_done(self.draft.progress.done, self.draft.progress.total)
        elif what in ("checked", "refused"):
            self.progress.finish()
        elif what == "proposed":
            self.progress.finish()
            self.choose("kind")
        if what == "refused" and self.draft.failure is not None:
            failed = self.draft.failure
            self.strip.say("error", failed.message, failed.hint, failed.traceback)
        self._show()

    def _show(self) -> None:
        draft = self.draft
        is_known = draft.recipe is not None
        self._middle.setVisible(is_known)
        self._nothing_yet.setVisible(not is_known)
        refusal = draft.refusal()
        self.create_button.setEnabled(not refusal and bool(self.folder.text().strip()))
        self.create_button.setToolTip(refusal)
        if not is_known:
            return
        for step, card in self.cards.items():
            card.set_summary(draft.words(step))
            card.set_state(self._state(step))
            card.set_warnings(sum(finding.level == "warning" for finding in draft.findings(step)))
        self.answer.show_draft()
        self.meaning.show_draft()

    def _state(self, step: Step) -> StepState:
        levels = {finding.level for finding in self.draft.findings(step)}
        if "error" in levels:
            return "failed"
        if step not in self.draft.steps:
            return "running" if self.draft.is_checking else "empty"
        return "warning" if "warning" in levels else "done"

    # --- what the user does -----------------------------------------------------------------------------------------

    def _browse_folder(self) -> None:
        self._take_path(dialogs.ask_folder(self, "The folder with your pictures"))

    def _browse_file(self) -> None:
        self._take_path(dialogs.ask_file(self, "A table, a list, a video or an archive"))

    def _browse_public(self) -> None:
        dialog = PublicDataDialog(self._work.session, self)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.fetched is not None:
            self.take_public(dialog.chosen, dialog.fetched)

    def take_public(self, data_set: PublicDataSet, fetched: DataSetFetched) -> None:
        """Begin with the blocks that a public data set comes with."""
        self.images.setText(fetched.folder)
        self._pause.stop()
        if not self._is_named:
            self.folder.setText(str(_free_folder(data_set.name)))
        self.draft.take(guess_of(data_set, fetched))

    def _take_path(self, chosen: Path | None) -> None:
        if chosen is not None:
            self.images.setText(str(chosen))

    def _name_it(self) -> None:
        self._is_named = True
        self._show()

    def _wait(self) -> None:
        self.draft.forget()
        self.strip.hide()
        self.progress.finish()
        self._show()
        self._pause.start()

    def _look(self) -> None:
        text = self.images.text().strip()
        if not text:
            return
        path = Path(text).expanduser().absolute()
        if not self._is_named:
            self.folder.setText(str(_free_folder(path.name.split(".")[0])))
        self.draft.look(path)

    def _give_up(self) -> None:
        self.draft.forget()
        self.progress.finish()
        self._show()

    def _create(self) -> None:
        folder = Path(self.folder.text().strip()).expanduser().absolute()
        try:
            self.draft.create(folder)
        except UserError as error:
            self.strip.say("error", error.message, error.hint)
            return
        self.accept()
        self._ui.go_to("blocks")


def _free_folder(name: str) -> Path:
    """A folder of that name, beside the user's other projects, that does not exist yet."""
    parent = user_folder("data")
    number = 1
    while True:
        folder = parent / (f"{name or 'pictures'}.studio" if number == 1 else f"{name}-{number}.studio")
        if not folder.exists():
            return folder
        number += 1
