import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.gui import style
from studio.gui.widgets.marks import MARKS
from studio.gui.widgets.rail import Rail, Step

STEPS = [Step("project", "Project", "project"), Step("blocks", "Blocks", "blocks"), Step("label", "Label", "label")]


@pytest.fixture
def rail(qtbot: QtBot) -> Rail:
    made = Rail(STEPS)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_click_asks_and_only_the_window_turns_the_page(rail: Rail, qtbot: QtBot) -> None:
    rail.set_current("project")
    with qtbot.waitSignal(rail.chosen) as asked:
        qtbot.mouseClick(rail.button("blocks"), Qt.MouseButton.LeftButton)
    assert asked.args == ["blocks"]
    assert [rail.button(step.id).isChecked() for step in STEPS] == [True, False, False]
    rail.set_current("blocks")
    assert [rail.button(step.id).isChecked() for step in STEPS] == [False, True, False]


def test_arrow_keys_walk_and_enter_chooses(rail: Rail, qtbot: QtBot) -> None:
    rail.button("project").setFocus()
    qtbot.keyClick(rail.button("project"), Qt.Key.Key_Down)
    assert rail.focusWidget() is rail.button("blocks")
    with qtbot.waitSignal(rail.chosen) as asked:
        qtbot.keyClick(rail.button("blocks"), Qt.Key.Key_Return)
    assert asked.args == ["blocks"]


def test_a_state_is_said_and_not_only_coloured(rail: Rail) -> None:
    for state, mark in MARKS.items():
        rail.set_state("label", state)
        assert rail.button("label").accessibleDescription() == f"Step 3 of 3, {mark.words}"


def test_it_is_as_wide_as_its_longest_word_and_never_narrower_than_the_token(rail: Rail, qtbot: QtBot) -> None:
    assert rail.width() == style.px("rail_min")
    wide = Rail([*STEPS, Step("long", "Veröffentlichungen", "publish")])
    qtbot.addWidget(wide)
    wide.show()
    word = wide.fontMetrics().horizontalAdvance("Veröffentlichungen")
    assert word < wide.width() < 2 * word
