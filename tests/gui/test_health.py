"""Hidden mistakes on the Blocks page, driven with mouse and keys, on small drawn pictures with a real child behind."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.health_words import alike_words, found_words, state_words, worst_first
from studio.app.session import Session
from studio.app.settings import Settings
from studio.app.workspace import Workspace
from studio.blocks.batch import Batch
from studio.blocks.labels.parent_folder import ParentFolder
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.split.by_group import GroupSplit
from studio.blocks.split.random_split import RandomSplit
from studio.gui.blocks_page import BlocksPage
from studio.gui.bridge import MainThread
from studio.gui.project_page import ProjectPage
from studio.gui.window import Window
from studio.jobs.launch import Child
from studio.jobs.messages import HealthFound

CHILD_MS = 60_000  # a child has to start on a busy machine
EACH = 14


def draw_field(seed: int) -> Image.Image:
    """A picture like no other: a board of coloured patches."""
    patches = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((192, 144), Image.Resampling.BICUBIC)


def draw_fields(folder: Path) -> None:
    for place, name in enumerate(("corn", "rye")):
        (folder / name).mkdir(parents=True)
        for number in range(EACH):
            draw_field(100 * place + number).save(folder / name / f"{name} {number:02d}.png")


def draw_again(folder: Path) -> None:
    """Most fields once more, a little brighter and as another kind of file."""
    for path in sorted(folder.rglob("*.png")):
        if not path.stem.endswith("0"):
            brighter = ImageEnhance.Brightness(Image.open(path)).enhance(1.06)
            brighter.save(path.with_name(f"again {path.stem}.jpg"), quality=85)


@pytest.fixture
def fields(tmp_path: Path) -> Path:
    draw_fields(tmp_path / "fields")
    return tmp_path / "fields"


@pytest.fixture
def fields_work(qtbot: QtBot, qapp: QApplication, fields: Path) -> Iterator[Callable[[], Workspace]]:
    """Makes the project of the fields as they are then, open and checked."""
    made: list[Session] = []

    def make() -> Workspace:
        session = Session(Settings(author="tester"), MainThread().deliver)
        made.append(session)
        work = Workspace(session)
        session.create_project(fields.with_suffix(".studio"))
        recipe = Recipe(source=Folder(path=str(fields)), labels=ParentFolder(), batch=Batch(size=8))
        work.pipeline.set_recipe(recipe)
        qtbot.waitUntil(lambda: not work.pipeline.is_checking, timeout=CHILD_MS)
        assert work.pipeline.failure is None
        return work

    yield make
    for session in made:
        session.close()


class Opened:
    """The page in its window."""

    def __init__(self, qtbot: QtBot, work: Workspace) -> None:
        self.bot, self.work, self.health = qtbot, work, work.health
        self.window = Window(work)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        with qtbot.waitActive(self.window):  # keys count in the window that is in front
            self.window.show()
        self.window.go_to("blocks")
        page = self.window.page_widget("blocks")
        assert isinstance(page, BlocksPage)
        self.page, self.panel = page, page.health

    def look(self) -> None:
        """Press F7, and wait for what is found."""
        self.bot.keyClick(self.window, Qt.Key.Key_F7)
        self.wait_looked()

    def wait_looked(self) -> None:
        self.bot.waitUntil(lambda: not (self.health.is_checking or self.health.is_grouping), timeout=CHILD_MS)
        self.bot.waitUntil(lambda: not self.work.pipeline.is_checking, timeout=CHILD_MS)

    def choose(self, check: str, level: str) -> HealthFound:
        """Click the finding of this check and level."""
        findings = self.panel.findings
        kinds = [(one.check, one.level) for one in findings.findings.found]
        row = kinds.index((check, level))
        index = findings.findings.index(row)
        findings.scrollTo(index)
        click(self.bot, findings, index)
        assert findings.current is findings.findings.found[row]
        return findings.findings.found[row]

    def press(self, button: QPushButton) -> None:
        assert button.isVisible()
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def child(self) -> Child:
        child: Child = self.work.session._children["health"]
        return child


def click(bot: QtBot, view: QAbstractItemView, index: QModelIndex, times: int = 1) -> None:
    place = view.visualRect(index).center()
    bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if times == 2:
        bot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def button_in(widget: object, text: str) -> QPushButton:
    return next(each for each in widget.findChildren(QPushButton) if each.text() == text)  # type: ignore[attr-defined]


def pause(child: Child) -> None:
    """Let the child stand still, so that a job is surely under way."""
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGSTOP)


def go_on(child: Child) -> None:
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGCONT)


@pytest.fixture
def leaky(qtbot: QtBot, fields: Path, fields_work: Callable[[], Workspace]) -> Opened:
    """Fields of which most are there twice."""
    draw_again(fields)
    return Opened(qtbot, fields_work())


@pytest.fixture
def sound(qtbot: QtBot, fields_work: Callable[[], Workspace]) -> Opened:
    return Opened(qtbot, fields_work())


def test_the_header_leads_there_and_a_button_back(sound: Opened) -> None:
    header = next(each for each in sound.page.findChildren(QPushButton) if each.text() == "Look for hidden mistakes")
    sound.press(header)
    assert sound.panel.isVisible()
    assert not sound.page.outcome.isVisible()
    assert sound.panel.busy.isVisible()
    sound.wait_looked()
    sound.press(sound.panel.back)
    assert sound.page.outcome.isVisible()
    sound.window.show_health()
    sound.bot.mouseClick(sound.page.flow.cards[2], Qt.MouseButton.LeftButton)  # a card shows what its block makes
    assert sound.page.outcome.isVisible()


def test_before_the_first_look_it_says_what_will_be_here(sound: Opened) -> None:
    sound.window.show_health()
    assert sound.panel.never.isVisible()
    sound.press(button_in(sound.panel.never, "Look for hidden mistakes"))
    sound.wait_looked()
    assert sound.health.is_known


def test_nothing_found_says_what_was_looked_at(sound: Opened) -> None:
    sound.look()
    assert sound.health.found == []
    assert sound.panel.clean.isVisible()
    assert f"{2 * EACH} pictures" in sound.panel.clean.accessibleDescription()
    assert state_words(sound.health) == "none found"


def test_look_alikes_are_shown_as_pairs(leaky: Opened) -> None:
    leaky.look()
    finding = leaky.choose("duplicates", "warning")
    assert leaky.panel.findings.findings.found[0].level == "warning"  # notes come after
    evidence, pairs = leaky.panel.evidence, leaky.panel.evidence.pairs
    assert pairs.isVisible()
    assert evidence.title.text() == f"{finding.pairs_total} pairs"
    shown = pairs.pairs.pairs[0]
    assert (shown.first.part, shown.second.part) == ("to train", "to check")
    assert shown.first.labels == (shown.first.image.partition("/")[0],)
    assert shown.words == alike_words(finding.pairs[0][2])
    leaky.bot.waitUntil(lambda: pairs.pairs.thumbs.held_count() >= 2, timeout=CHILD_MS)
    spoken = leaky.panel.findings.findings.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith(f"Warning, Split, {finding.pairs_total} pairs: ")


def test_a_picture_of_a_pair_opens_on_the_label_page(leaky: Opened) -> None:
    leaky.look()
    leaky.choose("duplicates", "warning")
    pairs = leaky.panel.evidence.pairs
    wanted = pairs.pairs.pairs[0].second.image
    click(leaky.bot, pairs, pairs.pairs.index(0, 1), times=2)
    labeling = leaky.work.labeling
    assert leaky.window.page == "label"
    assert labeling.current is not None
    assert labeling.images[labeling.current].path == wanted
    leaky.window.go_to("blocks")
    pairs.setFocus()
    pairs.setCurrentIndex(pairs.pairs.index(1, 0))
    leaky.bot.keyClick(pairs, Qt.Key.Key_Return)
    assert leaky.window.page == "label"
    assert labeling.images[labeling.current].path == pairs.pairs.pairs[1].first.image


def test_keeping_them_together_mends_the_split(leaky: Opened) -> None:
    leaky.look()
    assert leaky.health.can_group
    leaky.choose("duplicates", "warning")
    before = leaky.work.pipeline.recipe
    leaky.press(leaky.panel.evidence.group)
    leaky.wait_looked()
    recipe = leaky.work.pipeline.recipe
    assert recipe is not None
    assert isinstance(recipe.split, GroupSplit)
    assert recipe.split.group_by == "list"
    notice = leaky.panel.notices.notice
    assert notice.isVisible()
    split = next(step for step in leaky.work.pipeline.steps if step and step.step == "split")
    assert f"{split.counts['to train on']} to train, {split.counts['to check on']} to check" in notice.whole_text()
    assert not leaky.panel.evidence.group.isVisible()
    sides = [(pair.first.part, pair.second.part) for pair in leaky.panel.evidence.pairs.pairs.pairs]
    assert all(first == second for first, second in sides)  # as the blocks have them now
    leaky.press(button_in(notice, "Look again"))
    leaky.wait_looked()
    assert not any(item.can_group for item in leaky.health.found)
    assert {item.level for item in leaky.health.found} <= {"info"}
    assert not notice.isVisible()
    leaky.window.actions_by_id["edit.undo"].trigger()
    assert leaky.work.pipeline.recipe == before


def test_a_grouping_that_was_taken_back_is_no_longer_praised(leaky: Opened) -> None:
    leaky.look()
    leaky.choose("duplicates", "warning")
    leaky.press(leaky.panel.evidence.group)
    leaky.wait_looked()
    assert "one side of the split" in leaky.panel.notices.notice.whole_text()
    leaky.window.actions_by_id["edit.undo"].trigger()
    leaky.wait_looked()
    assert leaky.work.pipeline.recipe is not None
    assert isinstance(leaky.work.pipeline.recipe.split, RandomSplit)
    assert "one side of the split" not in leaky.panel.notices.notice.whole_text()
    assert leaky.panel.evidence.group.isVisible()  # and it can be done again


def test_the_block_that_is_concerned_is_shown(leaky: Opened) -> None:
    leaky.look()
    leaky.choose("duplicates", "warning")
    leaky.press(leaky.panel.evidence.block)
    assert leaky.page.flow.cards[leaky.page.selected].accessibleName() == "Split"
    assert leaky.panel.isVisible()
    leaky.panel.block_asked.emit("split", "valid_percent")
    editor = leaky.page.settings.form.editors["valid_percent"]
    assert editor.isAncestorOf(leaky.window.focusWidget())


def test_single_pictures_have_the_words_as_caption(
    qtbot: QtBot, fields: Path, fields_work: Callable[[], Workspace]
) -> None:
    Image.new("RGB", (192, 144), (9, 9, 9)).save(fields / "rye" / "lens cap.png")
    (fields / "rye" / "torn.png").write_bytes(b"\x89PNG\r\n")
    opened = Opened(qtbot, fields_work())
    opened.look()
    opened.choose("blank", "warning")
    grid = opened.panel.evidence.grid
    assert grid.isVisible()
    shown = grid.model().thumbnail(0)
    assert shown.note == "lens cap.png"
    assert shown.labels == (opened.panel.findings.current.pictures[0][1],)  # type: ignore[union-attr]
    opened.choose("unreadable", "warning")
    assert grid.model().thumbnail(0).note == "torn.png"
    assert str(fields) not in grid.model().thumbnail(0).labels[0]
    opened.bot.waitUntil(lambda: grid.model().is_broken(0), timeout=CHILD_MS)
    opened.panel.findings.setFocus()
    row = opened.panel.findings.currentIndex().row()
    opened.bot.keyClick(opened.panel.findings, Qt.Key.Key_Down if row == 0 else Qt.Key.Key_Up)
    assert opened.panel.findings.currentIndex().row() != row
    assert opened.panel.evidence.title.text() == "1 picture"


def test_the_search_can_be_cancelled(leaky: Opened) -> None:
    leaky.bot.keyClick(leaky.window, Qt.Key.Key_F7)
    pause(leaky.child)
    leaky.bot.waitUntil(leaky.panel.progress.isVisible)
    leaky.press(leaky.panel.progress.cancel)
    assert not leaky.health.is_checking
    assert not leaky.panel.progress.isVisible()
    assert leaky.panel.never.isVisible()
    go_on(leaky.child)
    leaky.look()
    assert leaky.health.is_known
    leaky.choose("duplicates", "warning")


def test_a_grouping_that_is_cancelled_changes_nothing(leaky: Opened) -> None:
    leaky.look()
    before = leaky.work.pipeline.recipe
    leaky.choose("duplicates", "warning")
    pause(leaky.child)
    leaky.press(leaky.panel.evidence.group)
    assert not leaky.panel.evidence.group.isEnabled()
    leaky.bot.waitUntil(leaky.panel.progress.isVisible)
    leaky.press(leaky.panel.progress.cancel)
    go_on(leaky.child)
    assert leaky.panel.evidence.group.isEnabled()
    assert leaky.work.pipeline.recipe == before
    assert not leaky.panel.notices.notice.isVisible()


def test_a_child_that_dies_is_said_and_tried_again(leaky: Opened) -> None:
    leaky.bot.keyClick(leaky.window, Qt.Key.Key_F7)
    leaky.child.kill()
    failure = leaky.panel.notices.failure
    leaky.bot.waitUntil(failure.isVisible, timeout=CHILD_MS)
    assert leaky.panel.failed.isVisible()
    assert "ended before it had finished" in failure.whole_text()
    leaky.press(button_in(failure, "Try again"))
    leaky.wait_looked()
    assert not failure.isVisible()
    assert leaky.health.is_known
    leaky.choose("duplicates", "warning")


def test_a_folder_that_is_gone_is_an_error_of_the_source(sound: Opened, fields: Path) -> None:
    shutil.rmtree(fields)
    sound.look()
    found = sound.panel.findings.findings.found
    assert found[0].level == "error"
    assert found[0].step == "source"
    assert "does not exist" in found[0].message
    sound.press(sound.panel.evidence.block)
    assert sound.page.flow.cards[sound.page.selected].accessibleName() == "Source"
    assert sound.panel.evidence.none.isVisible()


def test_changed_blocks_make_it_outdated(sound: Opened) -> None:
    sound.look()
    sound.work.pipeline.set_block(3, RandomSplit(valid_percent=50))
    sound.wait_looked()
    notice = sound.panel.notices.notice
    assert notice.isVisible()
    assert "have changed" in notice.whole_text()
    assert state_words(sound.health) == "none found, before the last change"
    sound.press(button_in(notice, "Look again"))
    sound.wait_looked()
    assert not notice.isVisible()


def test_the_project_page_counts_them_and_leads_there(leaky: Opened) -> None:
    leaky.window.go_to("project")
    page = leaky.window.page_widget("project")
    assert isinstance(page, ProjectPage)
    mistakes = page._open.mistakes
    assert mistakes.words.text() == "Hidden mistakes: not looked yet"
    leaky.press(mistakes.link)
    assert leaky.window.page == "blocks"
    leaky.wait_looked()
    leaky.window.go_to("project")
    assert mistakes.words.text() == "Hidden mistakes: 1 found"
    leaky.press(mistakes.link)
    assert leaky.panel.findings.isVisible()
    assert leaky.health.is_known  # it was shown, not looked for again


def test_another_project_starts_anew(leaky: Opened, fields: Path, tmp_path: Path) -> None:
    leaky.look()
    leaky.work.session.create_project(tmp_path / "other.studio")
    assert leaky.health.found == []
    assert leaky.page.empty.isVisible()
    assert state_words(leaky.health) == "not looked yet"
    leaky.work.pipeline.set_recipe(Recipe(source=Folder(path=str(fields)), labels=ParentFolder(), batch=Batch(size=8)))
    assert leaky.panel.never.isVisible()
    assert leaky.panel.findings.current is None


def test_the_worst_comes_first_and_the_rest_stays_in_order() -> None:
    found = [HealthFound(check=name, step="source", level=level, message=name) for name, level in
             (("a", "info"), ("b", "warning"), ("c", "error"), ("d", "warning"))]  # type: ignore[arg-type]  # fmt: skip
    assert [item.check for item in worst_first(found)] == ["c", "b", "d", "a"]
    assert found_words(found) == "1 error, 2 warnings, 1 note"
