"""The few questions that need a dialog: a folder, a word, the settings, and the page of keys."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QInputDialog,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.app.actions import ACTIONS
from studio.app.projects import is_project
from studio.app.session import Session
from studio.app.settings import MOST_CHANNELS_SHOWN, Settings
from studio.base.errors import UserError
from studio.gui import style
from studio.gui.style import px
from studio.gui.widgets.number_field import WholeField
from studio.gui.widgets.text import plain


def ask_folder(parent: QWidget, title: str) -> Path | None:
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None


def ask_file(parent: QWidget, title: str) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(parent, title)
    return Path(chosen) if chosen else None


def ask_file_to_write(parent: QWidget, title: str, name: str) -> Path | None:
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name)
    return Path(chosen) if chosen else None


def ask_project_folder(parent: QWidget) -> Path | None:
    """A project's folder. Raises UserError when the folder chosen is none."""
    folder = ask_folder(parent, "Open a project: choose its folder (NAME.studio)")
    if folder is not None and not is_project(folder):
        raise UserError(f"{folder} is not a project.", "Choose a folder whose name ends in .studio, or make a new one.")
    return folder


def ask_text(parent: QWidget, title: str, label: str) -> str | None:
    text, is_given = QInputDialog.getText(parent, title, label)
    return text.strip() if is_given and text.strip() else None


class SettingsDialog(QDialog):
    """The settings, with the words that they are declared with."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._session = session
        fields = Settings.model_fields
        self._theme = QComboBox()
        for value, words in (("system", "As the system has it"), ("light", "Light"), ("dark", "Dark")):
            self._theme.addItem(words, value)
        self._theme.setCurrentIndex(self._theme.findData(session.settings.theme))
        self._theme.setAccessibleName(str(fields["theme"].title))
        self._theme.currentIndexChanged.connect(self._set_theme)
        self._author = QLineEdit(session.settings.author)
        self._author.setAccessibleName(str(fields["author"].title))
        self._author.editingFinished.connect(self._set_author)
        self._channel = WholeField(str(fields["channel_shown"].title), 0, MOST_CHANNELS_SHOWN)
        self._channel.setSpecialValueText("The first three")
        self._channel.setPrefix("Channel ")
        self._channel.setValue(session.settings.channel_shown)
        self._channel.valueChanged.connect(session.show_channel)
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        shown = {"theme": self._theme, "author": self._author, "channel_shown": self._channel}
        for name, field in shown.items():
            form.addRow(plain(str(fields[name].title), "field"), field)
            form.addRow(plain(""), plain(str(fields[name].description), "help", wrap=True))
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_xl"), px("gap_xl"), px("gap_xl"), px("gap_l"))
        column.addLayout(form)
        column.addWidget(close)
        self.setMinimumWidth(px("text_column"))

    def _set_theme(self) -> None:
        self._session.change_settings(theme=self._theme.currentData())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        style.apply(app, self._theme.currentData())

    def _set_author(self) -> None:
        if self._author.text().strip():
            self._session.change_author(self._author.text().strip())


class KeysDialog(QDialog):
    """Every action with its key, by menu: the same table that the program works from."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and actions")
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        grid.setHorizontalSpacing(px("gap_xl"))
        menu = ""
        for item in ACTIONS:
            row = grid.rowCount()
            if item.menu != menu:
                menu = item.menu
                grid.addWidget(plain(menu, "section"), row, 0, 1, 2)
                row += 1
            grid.addWidget(plain(item.title), row, 0)
            grid.addWidget(plain(" or ".join(key for key in (item.key, *item.also) if key), "help"), row, 1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.resize(px("panel_max"), px("panel_max"))
