"""A Python file of the user's: chosen, looked at, and allowed to run."""

from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.base import consent
from studio.base.errors import UserError
from studio.blocks.block import Settings
from studio.blocks.forms import FormField
from studio.gui.form_fields.editor import Surroundings
from studio.gui.form_fields.texts import PathEditor
from studio.gui.style import px
from studio.gui.widgets.buttons import button
from studio.gui.widgets.text import plain


class PythonFileEditor(PathEditor):
    """A path, and a button that shows the file and lets it run; it is there only while that has not been allowed."""

    def __init__(self, field: FormField, around: Surroundings) -> None:
        self.allow = button("Read it and let it run…")
        self.allow.clicked.connect(self._ask)
        super().__init__(field, around)
        self.line.textChanged.connect(lambda text: self._show_consent())
        self._show_consent()

    def _lay_out(self) -> None:
        super()._lay_out()
        self._column.insertWidget(self._column.count() - 1, self.allow)

    def block_changed(self, block: Settings) -> None:
        self._show_consent()

    def _file(self) -> Path:
        return self._start()

    def _show_consent(self) -> None:
        file = self._file()
        self.allow.setVisible(file.is_file() and not consent.is_allowed(file))

    def _ask(self) -> None:
        dialog = ConsentDialog(self._file(), self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._show_consent()
            self.edited.emit(False)
            self._around.check_again()


class ConsentDialog(QDialog):
    """Shows what is about to run; Accepted says that exactly this text may."""

    def __init__(self, file: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Let {file.name} run?")
        self._file = file
        self._content = b""
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(f"The content of {file.name}")
        self.yes = button("Let it run", "primary")
        self.yes.clicked.connect(self._allow)
        leave = button("Cancel", "quiet")
        leave.clicked.connect(self.reject)
        self.wrong = plain("", "help", wrap=True)
        self.wrong.setProperty("tone", "wrong")
        words = "It may do whatever you may do on this computer. It is asked for again when the file has changed."
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain(str(file), "section", wrap=True))
        column.addWidget(plain(words, "quiet", wrap=True))
        column.addWidget(self.text, 1)
        column.addWidget(self.wrong)
        column.addLayout(row)
        self.resize(px("panel_max") + px("panel"), px("panel_max"))
        self._read()

    def _read(self) -> None:
        try:
            self._content = self._file.read_bytes()
        except OSError as error:
            self.wrong.setText(f"The file cannot be read: {error.strerror}.")
            self.yes.setEnabled(False)
        self.text.setPlainText(self._content.decode("utf-8", "replace"))

    def _allow(self) -> None:
        try:
            consent.allow(self._file, consent.sha256_of(self._content))
        except UserError as error:
            self.wrong.setText(f"{error.message} {error.hint}")
            return
        self.accept()
