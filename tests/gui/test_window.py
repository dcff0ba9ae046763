"""The window around the pages: keys that never fire while somebody types, messages, the palette, a second chance."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.actions import ACTIONS, PAGES
from studio.app.session import Session
from studio.app.settings import Settings, load_settings
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.gui.bridge import MainThread
from studio.gui.dialogs import KeysDialog, SettingsDialog
from studio.gui.palette import Palette, matches, palette_entries
from studio.gui.project_wizard.dialog import NewProject
from studio.gui.window import Window
from studio.project.images import ImageEntry


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[Window]:
    bridge = MainThread()
    made = Window(Workspace(Session(Settings(author="tester"), bridge.deliver)))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture
def labeling_window(window: Window, tmp_path: Path) -> Window:
    """On the Label page of a project with three pictures that need not exist."""
    project = window.work.session.create_project(tmp_path / "keys")
    project.set_images(tmp_path, [ImageEntry(f"{number}.png") for number in range(3)])
    project.add_label_set("classes")
    for name in ("nut", "gear"):
        project.add_class("classes", name)
    window.work.labeling.reload()
    window.go_to("label")
    window.work.labeling.choose(0)
    window.refresh()
    return window


def given(window: Window) -> dict[str, str]:
    project = window.work.session.project
    assert project is not None
    return {image: label.class_name for image, label in project.class_labels("classes").items()}


def test_a_bare_key_works_on_its_page(labeling_window: Window, qtbot: QtBot) -> None:
    QTest.keyClick(labeling_window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: given(labeling_window) == {"0.png": "gear"})


def test_a_bare_key_never_fires_while_somebody_types(labeling_window: Window, qtbot: QtBot) -> None:
    field = QLineEdit(labeling_window)
    field.show()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_2)
    assert field.text() == "2"
    assert given(labeling_window) == {}


def test_a_bare_key_is_silent_on_other_pages_and_with_control(labeling_window: Window) -> None:
    QTest.keyClick(labeling_window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    labeling_window.go_to("project")
    QTest.keyClick(labeling_window, Qt.Key.Key_2)
    assert given(labeling_window) == {}


def test_enter_on_a_button_presses_the_button(labeling_window: Window) -> None:
    labeling_window.work.labeling.give([0], "nut")
    pressed: list[bool] = []
    button = QPushButton(labeling_window)
    button.clicked.connect(lambda: pressed.append(True))
    button.setAutoDefault(True)
    button.show()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed
    project = labeling_window.work.session.project
    assert project is not None
    assert not project.class_labels("classes")["0.png"].reviewed  # what Return does on the Label page otherwise


def test_what_the_user_can_mend_is_said_above_the_page(window: Window) -> None:
    def fail() -> None:
        raise UserError("The folder is gone.", "Plug the disk in.")

    assert not window.attempt(fail)
    assert "The folder is gone." in window.strip.whole_text()
    assert "Plug the disk in." in window.strip.whole_text()


def test_a_bug_is_shown_once_and_the_window_goes_on(window: Window) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a bug")

    assert not window.attempt(fail)
    assert "ZeroDivisionError" in window.strip.whole_text()
    window.strip.hide()
    assert not window.attempt(fail)
    assert not window.strip.isVisible()
    assert window.isVisible()


def test_every_page_opens_without_a_project(window: Window) -> None:
    for page in PAGES:
        window.go_to(page)
        assert window.page == page
        assert not window.strip.isVisible(), window.strip.whole_text()


def test_the_palette_finds_and_does(window: Window, qtbot: QtBot) -> None:
    assert {item.id for item, _ in palette_entries(window.actions_by_id)} == {item.id for item in ACTIONS}
    palette = Palette(window.actions_by_id, window)
    qtbot.addWidget(palette)
    palette.show_over(window)
    field = palette.findChild(QLineEdit)
    listed = palette.findChild(QListWidget)
    assert field is not None
    assert listed is not None
    QTest.keyClicks(field, "go results")
    assert listed.count() == 1
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.page == "results"


def test_words_in_any_order_find_an_action() -> None:
    undo = next(item for item in ACTIONS if item.id == "edit.undo")
    assert matches(undo, "und ed")
    assert not matches(undo, "redo")


def test_settings_are_kept(window: Window, qtbot: QtBot) -> None:
    dialog = SettingsDialog(window.work.session, window)
    qtbot.addWidget(dialog)
    dialog._author.setText("Grace")
    dialog._author.editingFinished.emit()
    assert load_settings().author == "Grace"
    dialog._channel.setValue(5)
    assert load_settings().channel_shown == 5
    dialog._channel.setValue(0)


def test_the_page_of_keys_lists_every_action(window: Window, qtbot: QtBot) -> None:
    dialog = KeysDialog(window)
    qtbot.addWidget(dialog)
    texts = {label.text() for label in dialog.findChildren(type(window.status._saved).__mro__[1])}
    assert {item.title for item in ACTIONS} <= texts


class TestNewProject:
    """The dialog that looks at a folder first."""

    @pytest.fixture
    def dialog(self, window: Window, qtbot: QtBot) -> NewProject:
        made = NewProject(window.work, window, window)
        qtbot.addWidget(made)
        made.show()
        return made

    def test_a_folder_without_pictures_is_refused_in_words(
        self, dialog: NewProject, qtbot: QtBot, tmp_path: Path
    ) -> None:
        QTest.keyClicks(dialog.images, str(tmp_path))
        qtbot.waitUntil(lambda: "No pictures were found" in dialog.strip.whole_text(), timeout=60_000)
        assert not dialog.create_button.isEnabled()

    def test_a_folder_of_classes_becomes_a_project(
        self,
        dialog: NewProject,
        window: Window,
        qtbot: QtBot,
        tmp_path: Path,
        draw_shapes: Callable[[Path], None],
    ) -> None:
        draw_shapes(tmp_path / "shapes")
        QTest.keyClicks(dialog.images, str(tmp_path / "shapes"))
        qtbot.waitUntil(dialog.create_button.isEnabled, timeout=60_000)
        assert dialog.draft.words("kind") == "One class a picture"
        qtbot.waitUntil(lambda: "3 classes" in dialog.draft.words("labels"), timeout=60_000)
        dialog.folder.setText(str(tmp_path / "made.studio"))
        QTest.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
        assert (tmp_path / "made.studio" / "project.sqlite").is_file()
        assert window.page == "blocks"
        qtbot.waitUntil(window.work.pipeline.is_ready, timeout=60_000)
        project = window.work.session.project
        assert project is not None
        assert project.can_undo() is None


def test_the_sample_shows_its_drawing_and_can_be_cancelled(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    window.sample.folder = tmp_path / "Sample.studio"
    window.actions_by_id["project.open_sample"].trigger()
    page = window.page_widget("project")
    assert window.sample.is_busy
    assert not page._open.isVisible()  # figures of a project that is not drawn yet say nothing
    qtbot.waitUntil(page.progress.isVisible, timeout=60_000)
    page.progress.cancel.click()
    qtbot.waitUntil(lambda: not window.sample.is_busy, timeout=10_000)
    assert window.isVisible()
