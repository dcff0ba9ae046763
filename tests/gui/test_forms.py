"""Forms: drawn from a block's declaration, edited with mouse and keys, wrong values said where they are."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from studio.blocks.batch import Batch
from studio.blocks.block import Block
from studio.blocks.forms import form_fields
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.model import Model
from studio.blocks.recipe import block_types
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_folder import SplitByFolder
from studio.blocks.split.random_split import RandomSplit
from studio.blocks.training import Training
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.resize import Resize
from studio.gui.form_fields.choices import ChoiceEditor, EncoderEditor, LabelSetEditor, NameEditor
from studio.gui.form_fields.editor import Surroundings
from studio.gui.form_fields.numbers import NumberEditor
from studio.gui.form_fields.texts import LineEditor, ListEditor, PathEditor
from studio.gui.forms import Form
from studio.jobs.messages import FindingMade

BLOCKS = [kind for kinds in block_types().values() for kind in kinds]


class Shown:
    """A form on the screen, and the blocks that it has made."""

    def __init__(self, qtbot: QtBot, block: Block, around: Surroundings | None = None) -> None:
        self.bot = qtbot
        self.form = Form(around)
        self.made: list[Block] = []
        self.form.changed.connect(self.made.append)
        self.form.show_block(block)
        self.form.resize(300, 600)
        qtbot.addWidget(self.form)
        self.form.show()

    def retype(self, name: str, text: str) -> None:
        """Select what stands in a number's field, and type."""
        editor = self.form.editors[name]
        assert isinstance(editor, NumberEditor)
        editor.number.selectAll()
        self.bot.keyClicks(editor.number, text)

    def wait(self, count: int = 1) -> Block:
        self.bot.waitUntil(lambda: len(self.made) >= count)
        return self.made[-1]


def texts(form: Form) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel) if label.isVisibleTo(form)]


@pytest.mark.parametrize("kind", BLOCKS, ids=lambda kind: kind.__name__)
def test_every_setting_has_its_title_help_and_default(qtbot: QtBot, kind: type[Block]) -> None:
    block = kind(**{name: "photos" for name, field in kind.model_fields.items() if field.is_required()})
    form = Shown(qtbot, block).form
    assert list(form.editors) == [field.name for field in form_fields(kind)]
    for name, editor in form.editors.items():
        value = getattr(block, name)
        assert editor.value() == (pytest.approx(value) if isinstance(value, float) else value)
        assert editor.note_text == editor.field.help != ""


def test_a_unit_stands_inside_the_field(qtbot: QtBot) -> None:
    editor = Shown(qtbot, Resize()).form.editors["side_px"]
    assert isinstance(editor, NumberEditor)
    assert editor.number.text() == "128 px"


def test_typing_makes_one_block_after_the_last_key(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Batch())
    shown.retype("size", "64")
    assert shown.made == []
    assert shown.wait() == Batch(size=64)
    assert len(shown.made) == 1


def test_leaving_a_field_does_not_wait(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Batch())
    shown.retype("size", "16")
    qtbot.keyClick(shown.form.editors["size"].number, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert shown.made == [Batch(size=16)]


def test_a_wrong_number_is_said_at_its_field_and_the_others_stay_usable(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Resize())
    side, method = shown.form.editors["side_px"], shown.form.editors["method"]
    shown.retype("side_px", "130")
    qtbot.waitUntil(lambda: side.note_text == "The value must be a multiple of 4.")
    assert side.number.property("wrong") is True  # type: ignore[attr-defined]
    assert shown.made == []
    assert isinstance(method, ChoiceEditor)
    qtbot.keyClick(method.list, Qt.Key.Key_Down)
    assert shown.wait() == Resize(method="squish")  # the wrong number stays out of it
    assert side.note_text == "The value must be a multiple of 4."
    shown.retype("side_px", "132")
    assert shown.wait(2) == Resize(side_px=132, method="squish")
    assert side.note_text == side.field.help
    assert side.number.property("wrong") is False  # type: ignore[attr-defined]


@pytest.mark.parametrize(("text", "sentence"), [("5000", "at most 1024"), ("1", "at least 2"), ("", "whole number")])
def test_what_does_not_fit_is_refused_in_words(qtbot: QtBot, text: str, sentence: str) -> None:
    shown = Shown(qtbot, Batch())
    editor = shown.form.editors["size"]
    shown.retype("size", text)
    if not text:
        qtbot.keyClick(editor.number, Qt.Key.Key_Backspace)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: sentence in editor.note_text)
    assert shown.made == []


def test_a_decimal_is_taken_as_people_write_it(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Training())
    shown.retype("learning_rate", "3e-3")
    assert shown.wait() == Training(learning_rate=0.003)


def test_arrows_stay_within_the_limits(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Resize(side_px=1020))
    editor = shown.form.editors["side_px"]
    for _ in range(3):
        qtbot.keyClick(editor.number, Qt.Key.Key_Up)  # type: ignore[attr-defined]
    assert shown.wait() == Resize(side_px=1024)


def test_a_slider_stands_beside_numbers_that_it_can_reach(qtbot: QtBot) -> None:
    split = Shown(qtbot, RandomSplit())
    share, seed = split.form.editors["valid_percent"], split.form.editors["seed"]
    assert isinstance(share, NumberEditor)
    assert isinstance(seed, NumberEditor)
    assert share.slider is not None
    assert seed.slider is None
    share.slider.setFocus()
    qtbot.keyClick(share.slider, Qt.Key.Key_Right)
    assert split.wait() == RandomSplit(valid_percent=21)
    assert share.number.value() == 21
    qtbot.keyClick(share.slider, Qt.Key.Key_End)
    assert split.wait(2) == RandomSplit(valid_percent=99)  # 100 is not allowed, so the slider ends before it
    training = Shown(qtbot, Training()).form.editors["learning_rate"]
    assert isinstance(training, NumberEditor)
    assert training.slider is None  # 0.001 of 0 to 10 is no place on a slider


def test_choices_are_words(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Flip())
    editor = shown.form.editors["sides"]
    assert isinstance(editor, ChoiceEditor)
    assert [editor.list.itemText(i) for i in range(editor.list.count())] == ["Left and right", "All eight symmetries"]
    qtbot.keyClick(editor.list, Qt.Key.Key_Down)
    assert shown.wait() == Flip(sides="all")


def test_rare_settings_are_folded_away_until_they_are_wrong(qtbot: QtBot) -> None:
    shown = Shown(qtbot, ParentFolder())
    level = shown.form.editors["level"]
    assert not level.isVisible()
    finding = FindingMade(level="error", message="No picture has a label.", hint="Label some.", field="level")
    shown.form.show_findings([finding])
    assert level.isVisible()
    assert level.note_text == "No picture has a label. Label some."
    assert level.number.property("wrong") is True  # type: ignore[attr-defined]
    shown.retype("level", "2")
    assert shown.wait() == ParentFolder(level=2)
    assert level.note_text == level.field.help  # the finding was about the value before


def test_a_list_is_one_a_line(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Folder(path="photos"))
    editor = shown.form.editors["exclude"]
    assert isinstance(editor, ListEditor)
    qtbot.keyClicks(editor.lines, "test")
    qtbot.keyClick(editor.lines, Qt.Key.Key_Return)
    qtbot.keyClicks(editor.lines, " old, broken ")
    assert shown.wait() == Folder(path="photos", exclude=("test", "old, broken"))


def test_yes_or_no_is_a_box(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Folder(path="photos"))
    qtbot.keyClick(shown.form.editors["recursive"].box, Qt.Key.Key_Space)  # type: ignore[attr-defined]
    assert shown.made == [Folder(path="photos", recursive=False)]


def test_a_folder_can_be_browsed_for(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def choose(parent: object, title: str, start: str) -> str:
        asked.append(start)
        return str(tmp_path)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose)
    shown = Shown(qtbot, Folder(path="photos"), Surroundings(folder=lambda: tmp_path / "p.studio"))
    editor = shown.form.editors["path"]
    assert isinstance(editor, PathEditor)
    qtbot.mouseClick(editor.browse, Qt.MouseButton.LeftButton)
    assert shown.made == [Folder(path=str(tmp_path))]
    assert asked == [str(tmp_path / "p.studio" / "photos")]


def test_an_empty_folder_is_refused(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Folder(path="p"))
    editor = shown.form.editors["path"]
    assert isinstance(editor, PathEditor)
    qtbot.keyClick(editor.line, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: editor.note_text == "This must be filled in.")
    assert shown.made == []


def test_label_sets_are_those_of_the_project(qtbot: QtBot) -> None:
    editor = Shown(qtbot, ParentFolder(label_set="gone"), Surroundings(lambda: ["classes", "second"])).form.editors
    box = editor["label_set"]
    assert isinstance(box, LabelSetEditor)
    assert [box.list.itemText(i) for i in range(box.list.count())] == ["classes", "second", "gone"]
    assert box.value() == "gone"


def test_runs_are_those_of_the_project_and_a_folder_can_be_typed(qtbot: QtBot) -> None:
    runs = ["0002-new"]
    shown = Shown(qtbot, Model(weights="run", weights_run="0001-gone"), Surroundings(runs=lambda: runs))
    editor = shown.form.editors["weights_run"]
    assert isinstance(editor, NameEditor)
    assert editor.value() == "0001-gone"
    runs.insert(0, "0003-newer")
    shown.form.surroundings_changed()
    assert [editor.list.itemText(place) for place in range(editor.list.count())] == ["0003-newer", "0002-new"]
    assert editor.value() == "0001-gone"
    line = editor.list.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "other/runs/0001-x")
    assert shown.wait() == Model(weights="run", weights_run="other/runs/0001-x")


def test_an_encoder_is_explained_and_any_name_can_be_typed(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Model())
    editor = shown.form.editors["encoder"]
    assert isinstance(editor, EncoderEditor)
    assert any("million parameters" in text for text in texts(shown.form))
    line = editor.list.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "convnext_atto")
    assert shown.wait() == Model(encoder="convnext_atto")


def test_a_setting_that_does_not_matter_is_hidden_and_two_that_clash_are_said_below(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Model())
    weights, file = shown.form.editors["weights"], shown.form.editors["weights_file"]
    assert isinstance(weights, ChoiceEditor)
    assert isinstance(file, PathEditor)
    assert not file.isVisible()
    weights.list.setFocus()
    weights.list.setCurrentIndex(weights.list.findData("file"))
    weights.list.activated.emit(weights.list.currentIndex())
    assert file.isVisible()
    assert shown.made == []
    assert "Choose the weights file, or start from something else." in texts(shown.form)
    qtbot.keyClicks(file.line, "w.safetensors")
    assert shown.wait() == Model(weights="file", weights_file="w.safetensors")
    assert "Choose the weights file, or start from something else." not in texts(shown.form)


def test_what_was_typed_outlives_an_answer_to_what_was_typed_before(qtbot: QtBot) -> None:
    shown = Shown(qtbot, SplitByFolder())
    editor = shown.form.editors["train"]
    assert isinstance(editor, LineEditor)
    line = editor.line
    line.selectAll()
    qtbot.keyClicks(line, "a")
    first = shown.wait()
    qtbot.keyClicks(line, "b")
    shown.form.show_block(first)  # the page draws the recipe that it has
    assert line.text() == "ab"
    assert shown.wait(2) == SplitByFolder(train="ab")


def test_an_undo_is_shown(qtbot: QtBot) -> None:
    shown = Shown(qtbot, Batch())
    shown.retype("size", "64")
    shown.wait()
    shown.form.show_block(Batch())
    assert shown.form.editors["size"].value() == 32
    assert len(shown.made) == 1
