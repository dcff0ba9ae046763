"""The smaller widgets: header, card, side panel, fields, term, texts."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QValidator, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from studio.gui import style
from studio.gui.widgets.buttons import ActionButton
from studio.gui.widgets.card import BlockCard
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.number_field import DecimalField, WholeField
from studio.gui.widgets.side_panel import PanelGrip, Remembered, SidePanel
from studio.gui.widgets.term import Term
from studio.gui.widgets.text import ElidedLabel


def test_a_button_follows_its_action(qtbot: QtBot) -> None:
    done: list[bool] = []
    action = QAction("&Start training")
    action.triggered.connect(lambda: done.append(True))
    button = ActionButton(action, "primary", "play")
    qtbot.addWidget(button)
    assert not button.isVisible()
    button.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [True]
    action.setText("Resume")
    action.setEnabled(False)
    assert (button.text(), button.accessibleName(), button.isEnabled()) == ("Resume", "Resume", False)
    action.setVisible(False)
    assert button.isHidden()
    action.setVisible(True)
    assert button.isVisible()


def test_an_action_outlives_its_button(qtbot: QtBot) -> None:
    action = QAction("Start")
    button = ActionButton(action)
    button.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    action.setText("Stop")
    assert action.text() == "Stop"


def test_the_sentence_can_be_hidden_and_asked_for_again(qtbot: QtBot) -> None:
    header = PageHeader("Train", "The model learns here.")
    qtbot.addWidget(header)
    header.show()
    assert not header._more.isVisible()
    with qtbot.waitSignal(header.sentence_hidden) as told:
        qtbot.mouseClick(header._hide, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    assert not header.sentence.isVisible()
    with qtbot.waitSignal(header.sentence_hidden) as told:
        header._explain.trigger()
    assert told.args == [False]
    assert header.sentence.isVisible()


def test_a_header_has_one_primary_action(qtbot: QtBot) -> None:
    header = PageHeader("Train")
    qtbot.addWidget(header)
    header.show()
    first, second = QAction("Start"), QAction("Stop")
    header.set_primary(first)
    header.set_primary(second)
    QApplication.sendPostedEvents(None, 52)
    primary = [found for found in header.findChildren(QPushButton) if found.property("role") == "primary"]
    assert [found.text() for found in primary] == ["Stop"]


def test_a_card_asks_by_click_and_by_key_and_says_what_it_shows(qtbot: QtBot) -> None:
    card = BlockCard("split", "Split", "split")
    qtbot.addWidget(card)
    card.set_summary("960 to learn from")
    card.set_state("warning")
    card.set_warnings(2)
    card.show()
    for act in (
        lambda: qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(60, 20)),
        lambda: qtbot.keyClick(card, Qt.Key.Key_Return),
        lambda: qtbot.keyClick(card, Qt.Key.Key_Space),
    ):
        with qtbot.waitSignal(card.chosen) as asked:
            act()
        assert asked.args == ["split"]
        assert not card.isChecked()
    assert card.accessibleName() == "Split"
    assert card.accessibleDescription() == "960 to learn from, needs a look, 2 warnings"
    card.set_warnings(0)
    assert "warnings" not in card.accessibleDescription()


def test_an_empty_state_offers_its_action(qtbot: QtBot) -> None:
    action = QAction("Choose a folder")
    empty = EmptyState("no_data", "No pictures yet", "Choose a folder.", action)
    qtbot.addWidget(empty)
    empty.show()
    with qtbot.waitSignal(action.triggered):
        qtbot.mouseClick(empty.findChild(QPushButton), Qt.MouseButton.LeftButton)


def test_a_panel_remembers_its_width(qtbot: QtBot) -> None:
    kept: list[int] = []
    window = QWidget()
    qtbot.addWidget(window)
    panel = SidePanel("left", Remembered(lambda: 340, kept.append), window)
    window.show()
    assert panel.width() == 340
    grip = panel.findChild(PanelGrip)
    qtbot.mousePress(grip, Qt.MouseButton.LeftButton, pos=QPoint(2, 50))
    qtbot.mouseMove(grip, QPoint(42, 50))
    qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=QPoint(2, 50))
    assert kept == [380]
    qtbot.keyClick(grip, Qt.Key.Key_Left)
    assert kept[-1] == 380 - style.px("gap_l")
    panel.set_width(5)
    assert panel.minimumWidth() == style.px("panel_min")
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton)
    assert kept[-1] == style.px("panel")


def test_a_panel_at_the_right_grows_to_the_left(qtbot: QtBot) -> None:
    panel = SidePanel("right")
    qtbot.addWidget(panel)
    panel.show()
    qtbot.keyClick(panel.findChild(PanelGrip), Qt.Key.Key_Left)
    assert panel.minimumWidth() == style.px("panel") + style.px("gap_l")


def test_a_decimal_is_taken_in_every_form_and_shown_short(qtbot: QtBot) -> None:
    field = DecimalField("Learning rate", 0.0, 1.0)
    qtbot.addWidget(field)
    for typed, value in (("1e-3", 0.001), ("0,25", 0.25), ("0.000012", 1.2e-05)):
        field.lineEdit().clear()
        qtbot.keyClicks(field.lineEdit(), typed)
        qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
        assert field.value() == value
    assert field.text() == "1.2e-05"
    assert field.validate("7", 1)[0] == QValidator.State.Intermediate
    assert field.validate("rose", 1)[0] == QValidator.State.Intermediate


def test_the_wheel_changes_only_a_field_that_has_the_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = WholeField("Seed", 0, 99, parent=window)
    window.show()
    field.setValue(7)
    field.clearFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    assert field.value() == 7
    assert not event.isAccepted()


def test_a_term_explains_itself_to_the_keyboard(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    before = QLineEdit(window)
    term = Term("Learning rate", "How far it moves < with each step.", parent=window)
    with qtbot.waitActive(window):
        window.show()
    before.setFocus()
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert term.hasFocus()
    # Asked at once: without a window manager the tooltip's own window takes the activation away, which hides it.
    assert "&lt;" in QToolTip.text()
    term.clearFocus()
    assert term.accessibleDescription() == "How far it moves < with each step."


def test_a_long_name_ends_in_dots_and_is_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very <b>long</b> name\nof a picture")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    label.grab()
    assert label.toolTip() == "<qt>a very &lt;b&gt;long&lt;/b&gt; name of a picture</qt>"
    label.resize(800, 20)
    label.grab()
    assert label.toolTip() == ""
