"""Texts: a line, several lines, a folder or a file."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from studio.blocks.forms import FormField
from studio.gui.form_fields.editor import FieldEditor, Surroundings
from studio.gui.style import px
from studio.gui.widgets.buttons import button


class LineEditor(FieldEditor):
    """One line of text."""

    def __init__(self, field: FormField) -> None:
        self.line = QLineEdit()
        super().__init__(field, self.line)
        self._lay_out()
        self.line.textEdited.connect(lambda: self.edited.emit(True))
        self.line.editingFinished.connect(lambda: self.edited.emit(False))

    def _lay_out(self) -> None:
        self.put(self.line)

    def value(self) -> object:
        return self.line.text().strip()

    def set_value(self, value: object) -> None:
        self.line.setText(str(value or ""))


class ListEditor(FieldEditor):
    """Several texts, one a line."""

    def __init__(self, field: FormField) -> None:
        self.lines = _Lines()
        super().__init__(field, self.lines)
        self.put(self.lines)
        self.lines.textChanged.connect(lambda: self.edited.emit(True))
        self.lines.left = lambda: self.edited.emit(False)

    def value(self) -> object:
        return tuple(line.strip() for line in self.lines.toPlainText().splitlines() if line.strip())

    def set_value(self, value: object) -> None:
        with QSignalBlocker(self.lines):
            self.lines.setPlainText("\n".join(value))  # type: ignore[arg-type]


class _Lines(QPlainTextEdit):
    """A few lines; Tab goes on to the next field."""

    def __init__(self) -> None:
        super().__init__()
        self.left: Callable[[], None] = lambda: None
        self.setTabChangesFocus(True)
        self.setPlaceholderText("One a line")
        self.setFixedHeight(2 * px("control") + px("gap_s"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left()


class PathEditor(LineEditor):
    """A folder or a file, typed or chosen."""

    def __init__(self, field: FormField, around: Surroundings) -> None:
        self._around = around
        self.browse = button("Browse…")
        self.browse.setAccessibleName(f"Browse for: {field.title}")
        self.browse.clicked.connect(self._browse)
        super().__init__(field)

    def _lay_out(self) -> None:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px("gap_s"))
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.put(both)

    def set_value(self, value: object) -> None:
        super().set_value(value)
        self.line.setCursorPosition(0)

    def _browse(self) -> None:
        start = str(self._start())
        if self.field.widget == "folder":
            chosen = QFileDialog.getExistingDirectory(self, self.field.title, start)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self.field.title, start)
        if chosen:
            self.line.setText(chosen)
            self.edited.emit(False)

    def _start(self) -> Path:
        """Where the dialog opens: at what is named now; a relative name is inside the project's folder."""
        folder = self._around.folder() or Path.home()
        return folder / Path(self.line.text().strip() or ".").expanduser()
