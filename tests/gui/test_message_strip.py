import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.widgets.message_strip import MessageStrip


def button(strip: MessageStrip, text: str) -> QPushButton:
    return next(found for found in strip.findChildren(QPushButton) if found.text() == text)


@pytest.fixture
def strip(qtbot: QtBot) -> MessageStrip:
    made = MessageStrip()
    qtbot.addWidget(made)
    return made


def test_it_is_not_there_until_it_has_something_to_say(strip: MessageStrip) -> None:
    assert strip.isHidden()
    strip.say("error", "It stopped.")
    assert strip.isVisible()
    assert strip.accessibleName() == "Error: It stopped."


def test_names_from_a_data_set_stay_text(strip: MessageStrip) -> None:
    strip.say("warning", "<b>a</b><img src=file:///x>", "<i>hint</i>", "<u>trace</u>")
    labels = strip.findChildren(QLabel)
    assert "<b>a</b><img src=file:///x>" in [label.text() for label in labels]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert strip.findChild(QPlainTextEdit).toPlainText() == "<u>trace</u>"


def test_details_are_folded_and_copy_takes_everything(strip: MessageStrip, qtbot: QtBot) -> None:
    strip.say("error", "It stopped.", "Put the file back.", "Traceback: line 8")
    details = strip.findChild(QPlainTextEdit)
    assert details.isHidden()
    qtbot.mouseClick(button(strip, "Details"), Qt.MouseButton.LeftButton)
    assert details.isVisible()
    qtbot.mouseClick(button(strip, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Error: It stopped.\n\nPut the file back.\n\nTraceback: line 8"


def test_the_next_message_starts_folded_and_without_the_old_button(strip: MessageStrip, qtbot: QtBot) -> None:
    strip.say("error", "One", details="trace", action="Mend it")
    qtbot.mouseClick(button(strip, "Details"), Qt.MouseButton.LeftButton)
    strip.say("good", "Two")
    shown = [found.text() for found in strip.findChildren(QPushButton) if found.isVisible()]
    assert shown == []
    assert strip.findChild(QPlainTextEdit).isHidden()


def test_its_button_asks_and_its_cross_puts_it_away(strip: MessageStrip, qtbot: QtBot) -> None:
    strip.say("error", "It stopped.", action="Try again")
    with qtbot.waitSignal(strip.action_asked):
        qtbot.mouseClick(button(strip, "Try again"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(strip.closed):
        qtbot.mouseClick(strip._close, Qt.MouseButton.LeftButton)
    assert strip.isHidden()
