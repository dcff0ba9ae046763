"""Walks a window that holds every widget: names, keyboard, plain text, width."""

from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.gui import style

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)
PAGES = ["project", "blocks", "label", "train", "results"]


@pytest.fixture
def window(gallery: ModuleType, qtbot: QtBot) -> QMainWindow:
    made: QMainWindow = gallery.Gallery()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    return made


def is_control(widget: QWidget) -> bool:
    """Whether somebody would work with it, and it is not a part that Qt puts inside another control."""
    if isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
        return False
    inside = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QTabBar | QAbstractItemView)
    return isinstance(widget, CONTROLS) and not inside and widget.isVisible()


def name_of(widget: QWidget) -> str:
    said = widget.accessibleName()
    return said or (widget.text() if isinstance(widget, QAbstractButton) else "")


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name(window: QMainWindow, page: str) -> None:
    window.show_page(page)
    controls = [widget for widget in window.findChildren(QWidget) if is_control(widget)]
    assert len(controls) > 8
    assert [repr(widget) for widget in controls if not name_of(widget)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_control_is_reached_with_tab(window: QMainWindow, page: str, qtbot: QtBot) -> None:
    window.show_page(page)
    wanted = {w for w in window.findChildren(QWidget) if is_control(w) and w.isEnabled()}
    window.rail.button("project").setFocus()
    reached: set[QWidget] = set()
    here = QApplication.focusWidget()
    for _ in range(400):
        assert here is not None
        if here in reached and here is window.rail.button("project"):
            break
        reached.add(here)
        qtbot.keyClick(here, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
    # Of radio buttons beside each other Tab reaches the chosen one; the arrows move on from there.
    missed = {w for w in wanted - reached if not (isinstance(w, QAbstractButton) and w.autoExclusive())}
    assert [(type(w).__name__, name_of(w)) for w in missed] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_label_guesses_whether_its_text_is_markup(window: QMainWindow, page: str) -> None:
    window.show_page(page)
    guessing = [
        label.text()
        for label in window.findChildren(QLabel)
        if label.text() and label.textFormat() != Qt.TextFormat.PlainText
    ]
    assert guessing == []


def test_it_fits_a_small_screen(window: QMainWindow) -> None:
    assert window.minimumSizeHint().width() <= 1366
    assert window.width() == 1366


@pytest.mark.parametrize("page", PAGES)
def test_targets_are_large_enough(window: QMainWindow, page: str) -> None:
    window.show_page(page)
    least = style.px("target_min")
    small = [
        (type(w).__name__, name_of(w), w.width(), w.height())
        for w in window.findChildren(QWidget)
        if is_control(w) and (w.width() < least or w.height() < least)
    ]
    assert small == []
