"""A list of settings in a form: shown, edited, moved, added to, taken from, and begun with a ready one."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.blocks.stage import READY_LISTS, Stage
from studio.blocks.training import Training
from studio.gui.form_fields.items import ItemsEditor
from studio.gui.form_fields.numbers import NumberEditor
from studio.gui.forms import Form

TWO = Training(stages=(Stage(name="small", side_px=64), Stage(name="large", epochs=3)))


class Shown:
    """The form of a Training block on the screen, and the blocks that it has made."""

    def __init__(self, qtbot: QtBot, block: Training) -> None:
        self.bot, self.form = qtbot, Form()
        self.made: list[Training] = []
        self.form.changed.connect(self.made.append)
        self.form.show_block(block)
        self.form.resize(300, 900)
        qtbot.addWidget(self.form)
        self.form.show()
        editor = self.form.editors["stages"]
        assert isinstance(editor, ItemsEditor)
        self.list = editor

    def click(self, widget: object) -> None:
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton)

    @property
    def names(self) -> list[str]:
        assert self.made
        return [stage.name for stage in self.made[-1].stages]


def is_there(form: Form, name: str) -> bool:
    return form.editors[name].isVisibleTo(form.editors[name].parentWidget())


def test_without_stages_the_settings_of_one_piece_are_there(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Training())
    assert shown.list.value() == ()
    assert shown.list.rows == []
    assert [is_there(shown.form, name) for name in ("epochs", "learning_rate", "freeze_epochs")] == [True] * 3
    shown.form.show_block(TWO)
    assert [is_there(shown.form, name) for name in ("epochs", "learning_rate", "freeze_epochs")] == [False] * 3
    assert is_there(shown.form, "weight_decay")
    assert len(shown.list.rows) == 2
    assert shown.made == []


def test_an_item_is_unfolded_and_edited_where_it_stands(qtbot: QtBot) -> None:
    shown = Shown(qtbot, TWO)
    row = shown.list.rows[1]
    assert (row._name.text(), row._summary.text()) == ("large", "3 epochs, 0.001, everything learns")
    shown.click(row.opener)
    assert row.form.isVisible()
    epochs = row.form.editors["epochs"]
    assert isinstance(epochs, NumberEditor)
    epochs.number.selectAll()
    qtbot.keyClicks(epochs.number, "8")
    qtbot.waitUntil(lambda: bool(shown.made))
    assert shown.made[-1].stages == (TWO.stages[0], Stage(name="large", epochs=8))
    assert row._summary.text().startswith("8 epochs")
    shown.form.show_block(shown.made[-1])  # as the page does when the recipe has changed
    assert shown.list.rows[1] is row
    assert row.form.isVisible()
    qtbot.mouseClick(shown.list.rows[0], Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    assert shown.list.rows[0].form.isVisible()
    assert not row.form.isVisible()  # one at a time
    shown.click(shown.list.rows[0].opener)
    assert not shown.list.rows[0].form.isVisible()


def test_what_does_not_fit_is_said_in_the_item_and_not_taken(qtbot: QtBot) -> None:
    shown = Shown(qtbot, TWO)
    shown.list.open(0)
    form = shown.list.rows[0].form
    width = form.editors["side_px"]
    assert isinstance(width, NumberEditor)
    width.number.selectAll()
    qtbot.keyClicks(width.number, "9")
    qtbot.waitUntil(lambda: width.note_text != width.field.help)
    assert width.note_text in ("The value must be a multiple of 4.", "The value must be at least 16, or 0.")
    assert shown.made == []


def test_items_change_places(qtbot: QtBot) -> None:
    shown = Shown(qtbot, TWO)
    first, last = shown.list.rows
    assert (first.up.isEnabled(), first.down.isEnabled(), last.up.isEnabled(), last.down.isEnabled()) == (
        False,
        True,
        True,
        False,
    )
    assert last.up.accessibleName() == "Move large up"
    shown.click(last.up)
    assert shown.names == ["large", "small"]
    shown.click(shown.list.rows[0].down)
    assert shown.names == ["small", "large"]


def test_items_come_and_go(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Training())
    shown.click(shown.list.add)
    assert shown.made[-1].stages == (Stage(),)
    assert shown.list.rows[0].form.isVisible()  # to say what it is
    shown.form.show_block(TWO)
    shown.click(shown.list.add)
    assert shown.made[-1].stages == (*TWO.stages, Stage(epochs=3))  # as the last one, but for its name
    shown.click(shown.list.rows[0].trash)
    assert shown.names == ["large", ""]
    assert shown.list.rows[0].trash.accessibleName() == "Remove large"


@pytest.mark.parametrize("ready", READY_LISTS, ids=lambda ready: ready.title)
def test_a_ready_list_is_one_click(qtbot: QtBot, ready: object) -> None:
    shown = Shown(qtbot, TWO)
    (entry,) = [entry for entry in shown.list.ready.menu().actions() if entry.text() == ready.title]  # type: ignore[attr-defined]
    assert entry.toolTip()
    entry.trigger()
    assert shown.made[-1].stages == ready.items  # type: ignore[attr-defined]
    assert len(shown.list.rows) == len(ready.items)  # type: ignore[attr-defined]
