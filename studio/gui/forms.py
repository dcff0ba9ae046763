"""The form of a block, drawn from its declaration: what is edited becomes a new block as soon as it is valid."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.blocks.block import Settings
from studio.blocks.forms import field_errors, form_fields
from studio.gui.form_fields.choose import make_editor
from studio.gui.form_fields.editor import FieldEditor, Surroundings, Tone
from studio.gui.form_fields.fold import Fold
from studio.gui.style import px
from studio.gui.widgets.text import plain
from studio.jobs.messages import FindingMade

TYPING_MS = 250  # after the last key, or the last move of a slider
TOGETHER = ""  # the name under which pydantic finds what is wrong with several fields together


class Form(QWidget):
    """Emits `changed(block)`. A field that does not fit says why; its last good value stands in for it."""

    changed = Signal(object)

    def __init__(self, around: Surroundings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around or Surroundings()
        self._block: Settings | None = None
        self._fields: _Fields | None = None
        self._findings: dict[str, FindingMade] = {}
        self._errors: dict[str, str] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_MS)
        self._pause.timeout.connect(self._take)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def block(self) -> Settings | None:
        """The last valid block."""
        return self._block

    @property
    def editors(self) -> dict[str, FieldEditor]:
        """The fields by name."""
        return self._fields.editors if self._fields else {}

    def show_block(self, block: Settings | None) -> None:
        """Show a block. Of one that is shown already, only the settings that became different are written."""
        old, self._block = self._block, block
        if type(old) is not type(block):
            self._build(block)
            old = None
        for name, editor in self.editors.items():
            value = getattr(block, name)
            if old is None or getattr(old, name) != value:
                self._errors.pop(name, None)
                if old is None or editor.value() != value:
                    editor.set_value(value)
        self._tell_fields()
        self._show_marks()

    def surroundings_changed(self) -> None:
        """What fields may ask has other answers now: the columns of a table, the pictures of a folder."""
        self._tell_fields()

    def _tell_fields(self) -> None:
        if self._block is not None:
            for editor in self.editors.values():
                editor.block_changed(self._block)

    def focus_field(self, name: str) -> bool:
        """Let somebody type into a field, unfolded if it was put away. False where there is no such field."""
        return self._fields is not None and self._fields.focus(name)

    def show_findings(self, findings: Sequence[FindingMade]) -> None:
        """Mark the fields that the last check found something about."""
        self._findings = {finding.field: finding for finding in reversed(findings) if finding.level != "info"}
        self._show_marks()

    def _build(self, block: Settings | None) -> None:
        self._pause.stop()
        self._errors, self._findings = {}, {}
        if self._fields is not None:
            self._fields.hide()
            self._fields.deleteLater()
        self._fields = _Fields(type(block), self._around) if block is not None else None
        if self._fields is not None:
            for name, editor in self._fields.editors.items():
                editor.edited.connect(lambda more, name=name: self._hear(name, more))
            self._column.addWidget(self._fields)

    def _hear(self, name: str, more: bool) -> None:
        self._findings.pop(name, None)  # it was about the value before
        if more:
            self._pause.start()
        else:
            self._take()

    def _take(self) -> None:
        self._pause.stop()
        if self._block is None:
            return
        made, self._errors = _made(self._block, {name: editor.value() for name, editor in self.editors.items()})
        self._show_marks()
        if made is not None and made != self._block:
            self._block = made
            self._tell_fields()
            self.changed.emit(made)

    def _show_marks(self) -> None:
        if self._fields is not None:
            self._fields.show_marks(self._errors, self._findings)


class _Fields(QWidget):
    """The fields of one kind of block, and a line for what is wrong with several of them together."""

    def __init__(self, kind: type[Settings], around: Surroundings) -> None:
        super().__init__()
        self.editors = {field.name: make_editor(field, around, Form) for field in form_fields(kind)}
        self._fold = Fold()
        self._together = plain("", "help", wrap=True)
        self._together.setProperty("tone", "wrong")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_l"))
        for editor in self.editors.values():
            (self._fold.column if editor.field.more else column).addWidget(editor)
        column.addWidget(self._together)
        column.addWidget(self._fold)
        self._fold.setVisible(any(editor.field.more for editor in self.editors.values()))

    def focus(self, name: str) -> bool:
        editor = self.editors.get(name)
        if editor is None:
            return False
        if editor.field.more:
            self._fold.open()
        editor.take_focus()
        return True

    def show_marks(self, errors: dict[str, str], findings: dict[str, FindingMade]) -> None:
        for name, editor in self.editors.items():
            finding = findings.get(name)
            if name in errors:
                editor.mark(errors[name], "wrong")
            elif finding is not None:
                tone: Tone = "wrong" if finding.level == "error" else "warning"
                editor.mark(f"{finding.message} {finding.hint}".strip(), tone)
            else:
                editor.mark()
            editor.setVisible(self._matters(editor))
            if editor.field.more and (name in errors or name in findings):
                self._fold.open()
        self._together.setText(errors.get(TOGETHER, ""))
        self._together.setVisible(TOGETHER in errors)

    def _matters(self, editor: FieldEditor) -> bool:
        if editor.field.shown_when is None:
            return True
        name, value = editor.field.shown_when
        return (self.editors[name].value() or "") == value  # an empty list is as good as no words


def _made(block: Settings, values: dict[str, Any]) -> tuple[Settings | None, dict[str, str]]:
    """The block with these values and what is wrong, by field; no block where the good values do not go together."""
    kind = type(block)
    try:
        return kind.model_validate(values), {}
    except ValidationError as error:
        errors = field_errors(error)
    good = {name: getattr(block, name) if name in errors else value for name, value in values.items()}
    try:
        return (None if TOGETHER in errors else kind.model_validate(good)), errors
    except ValidationError as error:
        return None, field_errors(error) | errors
