"""A new project: choose the folder of pictures, read what was found, and take the proposed blocks."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.app import projects
from studio.app.projects import Guess
from studio.app.session import Ticket
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.base.paths import user_folder
from studio.gui import dialogs
from studio.gui.style import px
from studio.gui.ui import WindowUi
from studio.gui.widgets.buttons import button
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.text import plain
from studio.jobs.messages import Failed

LOOK_AFTER_MS = 400


class NewProject(QDialog):
    """Looks at the folder as soon as it is named; nothing is made before Create."""

    def __init__(self, work: Workspace, ui: WindowUi, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self._work, self._ui = work, ui
        self._guess: Guess | None = None
        self._ticket: Ticket | None = None
        self._is_named = False
        self.images = QLineEdit()
        self.images.setPlaceholderText("The folder with your pictures")
        self.images.setAccessibleName("Folder with the pictures")
        self.images.textChanged.connect(self._wait)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Where the project is kept")
        self.folder.textEdited.connect(self._name_it)
        self.found = plain("", wrap=True)
        self.strip = MessageStrip()
        self.strip.closed.connect(self.strip.hide)
        self.create_button = button("Create project", "primary")
        self.create_button.setEnabled(False)
        self.create_button.setDefault(True)
        self.create_button.clicked.connect(self._create)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LOOK_AFTER_MS)
        self._pause.timeout.connect(self._look)
        self._lay_out()

    def reject(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        super().reject()

    def _lay_out(self) -> None:
        browse = button("Browse…")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.images, 1)
        row.addWidget(browse)
        leave = button("Cancel", "quiet")
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.create_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain("New project", "title"))
        column.addSpacing(px("gap_s"))
        column.addWidget(plain("Pictures", "field"))
        column.addLayout(row)
        help_text = "They stay where they are: the project only points to them."
        column.addWidget(plain(help_text, "help", wrap=True))
        column.addSpacing(px("gap_s"))
        column.addWidget(plain("Project", "field"))
        column.addWidget(self.folder)
        column.addWidget(plain("A new folder for labels, blocks and trained models.", "help", wrap=True))
        column.addSpacing(px("gap_m"))
        column.addWidget(self.strip)
        column.addWidget(self.found)
        column.addStretch(1)
        column.addLayout(buttons)
        self.found.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.resize(px("panel_max") + px("gap_xxl"), px("panel_max") - px("gap_xxl"))

    def _browse(self) -> None:
        chosen = dialogs.ask_folder(self, "The folder with your pictures")
        if chosen is not None:
            self.images.setText(str(chosen))

    def _name_it(self) -> None:
        self._is_named = True
        self._show()

    def _wait(self) -> None:
        self._guess = None
        self._show()
        self._pause.start()

    def _look(self) -> None:
        text = self.images.text().strip()
        if self._ticket is not None:
            self._ticket.cancel()
        if not text:
            return
        folder = Path(text).expanduser().absolute()
        if not self._is_named:
            self.folder.setText(str(_free_folder(folder.name)))
        self.found.setText("Looking at the folder …")
        self._ticket = projects.guess_recipe(self._work.session, folder, self._take, self._refuse)

    def _take(self, guess: Guess) -> None:
        self._guess, self._ticket = guess, None
        self.strip.hide()
        self._show()

    def _refuse(self, failed: Failed) -> None:
        self._ticket = None
        self.found.setText("")
        self.strip.say("error", failed.message, failed.hint, failed.traceback)

    def _show(self) -> None:
        if self._guess is not None:
            self.found.setText("\n".join(f"•  {reason}" for reason in self._guess.reasons))
        else:
            self.found.setText("")
        self.create_button.setEnabled(self._guess is not None and bool(self.folder.text().strip()))

    def _create(self) -> None:
        assert self._guess is not None
        folder = Path(self.folder.text().strip()).expanduser().absolute()
        try:
            projects.create_from_guess(self._work.session, folder, self._guess)
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
