"""The Blocks page, driven with mouse and keys in the window, on a small project with a real child behind it."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.actions import start_refusal
from studio.app.workspace import Workspace
from studio.blocks.labels.from_label_set import FromLabelSet
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe, block_types
from studio.blocks.source.folder import Folder
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.rotate import Rotate
from studio.gui.blocks_page import BlocksPage
from studio.gui.form_fields.numbers import NumberEditor
from studio.gui.form_fields.texts import PathEditor
from studio.gui.window import Window
from studio.jobs.frames import frames_folder
from studio.jobs.launch import Child

CHILD_MS = 30_000  # a child has to start on a busy machine


class Opened:
    """The page in its window."""

    def __init__(self, qtbot: QtBot, work: Workspace) -> None:
        self.bot, self.work = qtbot, work
        self.window = Window(work)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.go_to("blocks")
        page = self.window.page_widget("blocks")
        assert isinstance(page, BlocksPage)
        self.page = page

    def choose(self, title: str) -> None:
        """Click the card of that name."""
        card = next(card for card in self.page.flow.cards if card.accessibleName() == title)
        self.page.flow.ensureWidgetVisible(card)
        self.bot.mouseClick(card, Qt.MouseButton.LeftButton)
        assert card.isChecked()

    def card(self, title: str) -> str:
        """What the card of that name says."""
        return next(card.accessibleDescription() for card in self.page.flow.cards if card.accessibleName() == title)

    def wait_checked(self) -> None:
        self.bot.waitUntil(lambda: not self.work.pipeline.is_checking, timeout=CHILD_MS)

    def wait_batch(self) -> None:
        """Until a batch has come that nobody knew before."""
        preview = self.page.outcome.preview
        before = preview.batch
        self.bot.waitUntil(lambda: preview.batch is not before and not preview.is_busy, timeout=CHILD_MS)

    @property
    def recipe(self) -> Recipe:
        assert self.work.pipeline.recipe is not None
        return self.work.pipeline.recipe

    @property
    def pixels(self) -> bytes:
        batch = self.page.outcome.preview.batch
        assert batch is not None
        return batch.pixels.tobytes()


@pytest.fixture
def opened(qtbot: QtBot, sample_work: Workspace) -> Opened:
    return Opened(qtbot, sample_work)


def test_the_cards_say_what_the_data_is(opened: Opened) -> None:
    assert [card.accessibleName() for card in opened.page.flow.cards] == [
        "Kind", "Source", "Labels", "Split", "Resize", "Flip", "Warp", "Rotate", "Zoom",
        "Lighting", "Normalise", "Batch",
    ]  # fmt: skip
    assert "41 pictures in 4 folders" in opened.card("Source")
    assert "3 classes, 2 not labeled" in opened.card("Labels")
    assert "done" in opened.card("Split")
    assert [link.accessibleName() for link in opened.page.flow.links][:4] == [
        "",
        "41 rows",
        "39 labeled rows",
        "39 rows",
    ]


def test_samples_show_what_each_step_adds(opened: Opened) -> None:
    model = opened.page.outcome.pictures.model
    opened.choose("Source")
    assert model.thumbnail(0).labels == ()
    assert model.thumbnail(0).name.endswith(".png")
    opened.choose("Labels")
    assert model.thumbnail(0).labels == ("circle",)
    assert model.thumbnail(0).colours == ("#E69F00",)
    assert [line.name for line in opened.page.settings.bars.lines] == ["circle", "square", "triangle"]
    opened.choose("Split")
    assert {model.thumbnail(row).note for row in range(model.rowCount())} == {"to train", "to check"}
    opened.bot.waitUntil(lambda: model.held_count() > 0, timeout=CHILD_MS)  # the pictures themselves


def test_an_edit_is_kept_checked_and_undone(opened: Opened) -> None:
    opened.choose("Split")
    share = opened.page.settings.form.editors["valid_percent"]
    assert isinstance(share, NumberEditor)
    share.number.selectAll()
    opened.bot.keyClicks(share.number, "50")
    opened.bot.waitUntil(lambda: opened.recipe.split.valid_percent == 50)  # type: ignore[union-attr]
    opened.wait_checked()
    assert "19 to check" in opened.card("Split")
    project = opened.work.session.project
    assert project is not None
    assert project.recipe() == opened.recipe
    opened.window.actions_by_id["edit.undo"].trigger()
    assert opened.recipe.split.valid_percent == 20  # type: ignore[union-attr]
    assert share.number.value() == 20


def test_a_batch_is_drawn_as_the_model_sees_it(opened: Opened) -> None:
    opened.choose("Batch")
    opened.wait_batch()
    batch = opened.page.outcome.preview.batch
    assert batch is not None
    assert batch.pixels.shape == (8, 128, 128, 3)
    pictures = opened.page.outcome.pictures
    assert pictures.model.held_count() == 8
    assert {pictures.model.thumbnail(row).labels[0] for row in range(8)} <= {"circle", "square", "triangle"}
    first = opened.pixels
    opened.bot.mouseClick(pictures.another, Qt.MouseButton.LeftButton)
    opened.wait_batch()
    assert opened.pixels != first
    opened.bot.mouseClick(pictures.parts.buttons["valid"], Qt.MouseButton.LeftButton)
    opened.wait_batch()
    assert "Validation batch" in pictures.title.text()


def test_each_transform_shows_the_pictures_up_to_itself(opened: Opened) -> None:
    opened.choose("Resize")
    opened.wait_batch()
    resized = opened.pixels
    opened.choose("Flip")
    opened.wait_batch()
    assert opened.pixels != resized
    opened.choose("Resize")
    opened.wait_batch()
    assert opened.pixels == resized


def test_a_changed_transform_is_drawn_again(opened: Opened) -> None:
    opened.choose("Rotate")
    opened.wait_batch()
    before = opened.pixels
    angle = opened.page.settings.form.editors["max_degrees"]
    assert isinstance(angle, NumberEditor)
    angle.number.selectAll()
    opened.bot.keyClicks(angle.number, "180")
    opened.wait_batch()
    assert opened.pixels != before


def test_transforms_are_removed_and_added(opened: Opened) -> None:
    opened.choose("Rotate")
    opened.bot.mouseClick(opened.page.settings.remove, Qt.MouseButton.LeftButton)
    assert not any(isinstance(block, Rotate) for block in opened.recipe.transforms)
    assert "Rotate" not in [card.accessibleName() for card in opened.page.flow.cards]
    menu = opened.page.flow.add.menu()
    entries = {entry.text(): entry for entry in menu.actions()}
    used = {type(block) for block in opened.recipe.transforms}
    assert set(entries) == {kind.title for kind in block_types()["transforms"] if kind not in used}
    entries["Rotate"].trigger()
    assert [block.title for block in opened.recipe.transforms][-2:] == ["Rotate", "Normalise"]
    assert opened.page.flow.cards[opened.page.selected].accessibleName() == "Rotate"
    assert "Rotate" not in [entry.text() for entry in menu.actions()]


def test_the_resize_says_why_it_stays(opened: Opened) -> None:
    opened.choose("Resize")
    assert not opened.page.settings.remove.isEnabled()
    assert "one size" in opened.page.settings.remove.toolTip()


def test_a_wrong_folder_is_marked_and_training_says_why_not(opened: Opened) -> None:
    start = opened.window.actions_by_id["train.start"]
    opened.bot.waitUntil(start.isEnabled)
    opened.choose("Source")
    path = opened.page.settings.form.editors["path"]
    assert isinstance(path, PathEditor)
    path.line.selectAll()
    opened.bot.keyClicks(path.line, "/nowhere")
    opened.bot.keyClick(path.line, Qt.Key.Key_Return)
    opened.wait_checked()
    assert path.note_text == "The folder /nowhere does not exist. Choose the folder that holds the pictures."
    assert path.line.property("wrong") is True
    assert "failed" in opened.card("Source")
    assert "nothing yet" in opened.card("Labels")
    opened.bot.waitUntil(lambda: not start.isEnabled())
    assert "/nowhere does not exist" in start.toolTip()
    opened.choose("Batch")
    assert opened.page.outcome.pictures.empty.isVisible()


def test_files_left_out_are_listed_with_their_reasons(qtbot: QtBot, sample_work: Workspace, tmp_path: Path) -> None:
    (tmp_path / "shapes" / "circle" / "torn <b>.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "shapes" / "square" / "two\nlines.jpg").write_text("no picture")
    opened = Opened(qtbot, sample_work)
    opened.window.actions_by_id["blocks.check"].trigger()
    opened.wait_checked()
    opened.choose("Source")
    strip = opened.page.outcome.messages.strips[0]
    assert strip.isVisible()
    text = strip.whole_text()
    assert "2 files cannot be used" in text
    assert "torn <b>.png" in text
    assert "two\\nlines.jpg" in text
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in strip.findChildren(QLabel))
    assert "1 warning" in opened.card("Source")


def test_labels_may_come_from_the_label_set_instead(opened: Opened) -> None:
    opened.choose("Labels")
    kind = opened.page.settings.kind
    titles = [kind.itemText(i) for i in range(kind.count())]
    assert {"Name of the folder", "Part of the file name", "Column of a table", FromLabelSet.title} <= set(titles)
    assert "Mask files" not in titles  # from which one class a picture cannot be learned
    kind.setCurrentIndex(titles.index(FromLabelSet.title) - 1)
    opened.bot.keyClick(kind, Qt.Key.Key_Down)
    assert opened.recipe.labels == FromLabelSet()
    assert list(opened.page.settings.form.editors) == ["label_set", "reviewed_only"]
    opened.wait_checked()
    kind.setCurrentIndex(1)
    opened.bot.keyClick(kind, Qt.Key.Key_Up)
    assert opened.recipe.labels == ParentFolder()


def test_a_label_given_elsewhere_is_in_the_next_check(opened: Opened) -> None:
    opened.choose("Labels")
    index = next(i for i, entry in enumerate(opened.work.labeling.images) if entry.path.startswith("new/"))
    opened.work.labeling.give([index], "square")
    opened.wait_checked()
    assert "3 classes, 1 not labeled" in opened.card("Labels")
    assert [line.amount for line in opened.page.settings.bars.lines] == [13, 14, 13]


def test_a_sample_opens_on_the_label_page(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []
    monkeypatch.setattr(opened.window, "go_to", went.append)
    opened.choose("Labels")
    grid = opened.page.outcome.pictures.grid
    place: QPoint = grid.visualRect(grid.model().index(2)).center()
    opened.bot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    opened.bot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert went == ["label"]
    current = opened.work.labeling.current
    assert current is not None
    assert opened.work.labeling.images[current].path == grid.model().thumbnail(2).name


def test_the_recipe_can_be_copied(opened: Opened) -> None:
    opened.window.actions_by_id["blocks.copy_json"].trigger()
    assert Recipe.model_validate(json.loads(QGuiApplication.clipboard().text())) == opened.recipe
    opened.window.actions_by_id["blocks.copy_python"].trigger()
    names: dict[str, object] = {"__name__": "copied"}
    exec(compile(QGuiApplication.clipboard().text(), "copied", "exec"), names)
    assert names["recipe"] == opened.recipe


def test_a_dead_child_is_said_and_tried_again(opened: Opened) -> None:
    opened.choose("Batch")
    opened.wait_batch()
    child: Child = opened.work.session._children["preview"]
    pictures, messages = opened.page.outcome.pictures, opened.page.outcome.messages
    opened.bot.mouseClick(pictures.another, Qt.MouseButton.LeftButton)
    opened.bot.waitUntil(lambda: opened.page.outcome.preview.is_busy)
    child.kill()
    opened.bot.waitUntil(messages.failure.isVisible, timeout=CHILD_MS)
    assert "ended before it had finished" in messages.failure.whole_text()
    assert pictures.empty.isVisible()
    again = next(each for each in messages.failure.findChildren(QPushButton) if each.text() == "Try again")
    opened.bot.mouseClick(again, Qt.MouseButton.LeftButton)
    opened.wait_batch()
    assert not messages.failure.isVisible()
    assert pictures.grid.isVisible()


def test_a_batch_that_is_not_wanted_can_be_cancelled(opened: Opened) -> None:
    opened.choose("Batch")
    outcome = opened.page.outcome
    opened.bot.waitUntil(lambda: outcome.preview.is_busy)
    outcome.progress.cancel.click()
    assert not outcome.preview.is_busy
    assert outcome.pictures.empty.isVisible()
    assert "another draw" in outcome.pictures.empty.accessibleDescription()
    opened.bot.mouseClick(outcome.pictures.another, Qt.MouseButton.LeftButton)
    opened.wait_batch()
    assert outcome.pictures.grid.isVisible()


def test_a_check_can_be_stopped_and_done_again(opened: Opened) -> None:
    opened.window.actions_by_id["blocks.check"].trigger()
    opened.page.progress.cancel.click()
    assert not opened.work.pipeline.is_checking
    opened.work.pipeline.steps = [None] * len(opened.work.pipeline.steps)  # as after a first check that was stopped
    assert start_refusal(opened.work) == "Check the blocks first."
    opened.window.actions_by_id["blocks.check"].trigger()
    opened.wait_checked()
    assert start_refusal(opened.work) == ""


def test_no_frame_is_left_in_memory(opened: Opened) -> None:
    """Batches that were given up must not fill the shared memory."""
    before = set(frames_folder().glob("studio-frame-*"))
    for title in ("Resize", "Flip", "Zoom", "Lighting", "Batch"):
        opened.choose(title)
        opened.bot.waitUntil(lambda: opened.page.outcome.preview.is_busy)
    opened.wait_batch()
    opened.bot.waitUntil(lambda: set(frames_folder().glob("studio-frame-*")) <= before, timeout=CHILD_MS)


def test_without_a_project_the_page_offers_to_make_one(qtbot: QtBot, sample_work: Workspace) -> None:
    opened = Opened(qtbot, sample_work)
    sample_work.pipeline.recipe = None
    opened.page.visited()
    assert opened.page.empty.isVisible()
    assert not opened.page.flow.isVisible()


def test_what_is_known_of_a_step_stays_with_it(opened: Opened) -> None:
    """A new transform in the middle must not take over what was found for the one that moved."""
    pipeline = opened.work.pipeline
    pipeline.set_recipe(opened.recipe.model_copy(update={"transforms": (opened.recipe.transforms[0],)}))
    pipeline.add_transform(Flip())
    titles = [step.title for step in pipeline.steps if step is not None]
    assert titles[:5] == [block.title for block in opened.recipe.steps()[:5]]
    assert pipeline.steps[5] is None


def test_settings_that_two_kinds_share_are_kept(opened: Opened) -> None:
    pipeline = opened.work.pipeline
    pipeline.set_block(2, ParentFolder(label_set="second"))
    pipeline.set_kind(2, FromLabelSet)
    assert opened.recipe.labels == FromLabelSet(label_set="second")


def test_a_folder_inside_the_project_may_be_relative(opened: Opened, tmp_path: Path) -> None:
    opened.work.pipeline.set_block(1, Folder(path="../shapes"))
    opened.wait_checked()
    assert "41 pictures in 4 folders" in opened.card("Source")


def test_the_rows_are_a_table_that_is_filtered_sorted_and_opened(opened: Opened) -> None:
    opened.choose("Labels")
    pictures = opened.page.outcome.pictures
    opened.bot.mouseClick(pictures.views.buttons["table"], Qt.MouseButton.LeftButton)
    table = pictures.table
    assert table.isVisible()
    assert table.count.text() == "41 rows"
    opened.bot.keyClicks(table.search, "square 1")
    opened.bot.waitUntil(lambda: len(table.rows.shown) == 3)
    assert table.count.text() == "3 of 41 rows"
    assert table.model.index(0, 1).data() == "square"
    table.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert table.model.index(0, 0).data() == "square/square 12.png"
    with opened.bot.waitSignal(table.opened):
        table.view.setCurrentIndex(table.model.index(0, 0))
        opened.bot.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.window.page == "label"
    labeling = opened.work.labeling
    assert labeling.current is not None
    assert labeling.images[labeling.current].path == "square/square 12.png"


def test_one_picture_is_shown_eight_times_under_the_transforms(opened: Opened) -> None:
    opened.choose("Batch")
    opened.wait_batch()
    pictures, preview = opened.page.outcome.pictures, opened.page.outcome.preview
    pictures.grid.set_current_row(2)
    pictures.grid.setFocus()
    opened.bot.keyClick(pictures.grid, Qt.Key.Key_Return)
    opened.wait_batch()
    assert preview.batch is not None
    assert len(preview.batch.pixels) == 8
    assert len(set(preview.batch.paths)) == 1
    assert len({picture.tobytes() for picture in preview.batch.pixels}) > 4
    assert pictures.title.text().endswith(", 8 times")
    opened.bot.mouseClick(pictures.back, Qt.MouseButton.LeftButton)
    opened.wait_batch()
    assert len(set(preview.batch.paths)) == 8
    assert not pictures.back.isVisible()


def test_transforms_may_be_those_that_suit_pictures_of_a_kind(opened: Opened) -> None:
    presets = opened.page.flow.presets.entries
    assert presets["photographs"].isChecked()
    presets["from_above"].trigger()
    assert [block.title for block in opened.recipe.transforms] == [
        "Resize", "Flip", "Rotate", "Zoom", "Lighting", "Normalise",
    ]  # fmt: skip
    assert presets["from_above"].isChecked()
    assert not presets["photographs"].isChecked()
    opened.window.actions_by_id["edit.undo"].trigger()
    assert presets["photographs"].isChecked()
