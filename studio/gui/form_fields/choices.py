"""One of a few: yes or no, a word from a list, a label set of the project, a column, a run, an encoder."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from studio.base.wording import number_words
from studio.blocks.block import Settings
from studio.blocks.encoders import ListedEncoder, listed_encoders
from studio.blocks.forms import FormField
from studio.gui.form_fields.editor import FieldEditor, Surroundings
from studio.gui.widgets.text import plain


class Chooser(QComboBox):
    """A list of choices that is no wider than its place, and leaves the wheel to the page until it is used."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def showPopup(self) -> None:
        # The list may be wider than the field, so that no choice is cut off.
        width = self.view().sizeHintForColumn(0) + 2 * self.view().verticalScrollBar().sizeHint().width()
        self.view().setMinimumWidth(max(self.width(), width))
        super().showPopup()


class YesNoEditor(FieldEditor):
    """A check box with the title beside it."""

    def __init__(self, field: FormField) -> None:
        self.box = QCheckBox(field.title.replace("&", "&&"))
        super().__init__(field, self.box, title_above=False)
        self.put(self.box)
        self.box.clicked.connect(lambda: self.edited.emit(False))

    def value(self) -> object:
        return self.box.isChecked()

    def set_value(self, value: object) -> None:
        self.box.setChecked(bool(value))


class ChoiceEditor(FieldEditor):
    """A list of what may be chosen, each in words."""

    def __init__(self, field: FormField, choices: Sequence[str]) -> None:
        self.list = Chooser()
        super().__init__(field, self.list)
        self.put(self.list)
        self._fill(choices)
        self.list.activated.connect(lambda: self.edited.emit(False))

    def value(self) -> object:
        return self.list.currentData()

    def set_value(self, value: object) -> None:
        if self.list.findData(value) < 0:
            self._add(str(value))
        self.list.setCurrentIndex(self.list.findData(value))

    def _fill(self, choices: Sequence[str]) -> None:
        for choice in choices:
            self._add(choice)

    def _add(self, choice: str) -> None:
        self.list.addItem(self.field.words.get(choice, choice), choice)


class LabelSetEditor(ChoiceEditor):
    """The project's label sets, read anew whenever a value is shown; a set that is not there yet can be named too."""

    def __init__(self, field: FormField, around: Surroundings) -> None:
        self._around = around
        super().__init__(field, around.label_sets())

    def set_value(self, value: object) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            self._fill(self._around.label_sets())
        super().set_value(value)


class NameEditor(FieldEditor):
    """Names to choose from, asked for anew whenever a value is shown; any other name can be typed."""

    def __init__(self, field: FormField, offered: Callable[[], Sequence[str]]) -> None:
        self._offered = offered
        self.list = Chooser()
        self.list.setEditable(True)
        self.list.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        super().__init__(field, self.list)
        self.put(self.list)
        typed = QLineEdit()
        self.list.setLineEdit(typed)
        typed.textEdited.connect(lambda: self.edited.emit(True))
        typed.editingFinished.connect(lambda: self.edited.emit(False))
        self.list.activated.connect(lambda: self.edited.emit(False))

    def value(self) -> object:
        return self.list.currentText().strip()

    def set_value(self, value: object) -> None:
        self._fill()
        self.list.setEditText(str(value or ""))

    def block_changed(self, block: Settings) -> None:
        if not self.list.view().isVisible() and self._listed() != list(self._offered()):
            kept = self.list.currentText()
            self._fill()
            self.list.setEditText(kept)

    def _listed(self) -> list[str]:
        return [self.list.itemText(place) for place in range(self.list.count())]

    def _fill(self) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems(list(self._offered()))


class EncoderEditor(FieldEditor):
    """The encoders that are offered, with what is known of the chosen one; any other name can be typed."""

    def __init__(self, field: FormField) -> None:
        self.list = Chooser()
        self.list.setEditable(True)
        self.list.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        super().__init__(field, self.list)
        self._listed = {encoder.name: encoder for encoder in listed_encoders()}
        for encoder in self._listed.values():
            self.list.addItem(encoder.name)
            self.list.setItemData(self.list.count() - 1, encoder.title, Qt.ItemDataRole.AccessibleTextRole)
        self._about = plain("", "help", wrap=True)
        self.put(self.list, self._about)
        self.list.editTextChanged.connect(lambda text: self._tell_about(text))
        typed = QLineEdit()
        self.list.setLineEdit(typed)
        typed.textEdited.connect(lambda: self.edited.emit(True))
        typed.editingFinished.connect(lambda: self.edited.emit(False))
        self.list.activated.connect(lambda: self.edited.emit(False))

    def value(self) -> object:
        return self.list.currentText().strip()

    def set_value(self, value: object) -> None:
        self.list.setEditText(str(value))
        self._tell_about(str(value))

    def _tell_about(self, name: str) -> None:
        encoder = self._listed.get(name.strip())
        self._about.setText(_facts(encoder) if encoder else "")
        self._about.setVisible(encoder is not None)


def _facts(encoder: ListedEncoder) -> str:
    size = "comes with the program" if encoder.shipped else f"{number_words(encoder.weights_mb)} MB of weights"
    parameters = f"{number_words(encoder.parameters_m)} million parameters"
    return f"{encoder.title}: {encoder.about.rstrip('.')}. {parameters}, {size}. Licence: {encoder.licence}."
