"""The Label page in the window, by mouse and keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.app.labeling import Labeling
from studio.app.session import Session
from studio.app.settings import Settings
from studio.app.workspace import Workspace
from studio.base.listeners import Listeners
from studio.gui.bridge import MainThread
from studio.gui.label import reading
from studio.gui.label.history_panel import when_words
from studio.gui.label.reading import PictureReader
from studio.gui.label_page import LabelPage
from studio.gui.widgets.chip import Chip
from studio.gui.window import Window
from studio.jobs.frames import write_frame
from studio.jobs.messages import Event, Failed, Finished, FrameWritten, ReadImage
from studio.project.images import ImageEntry

NEW = ("new/new 00.png", "new/new 01.png")  # the two pictures that have no class
Key, Ctrl, Shift = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class OnPage:
    """The window on the Label page, and what a user does there."""

    def __init__(self, work: Workspace, qtbot: QtBot) -> None:
        self.work, self.qtbot = work, qtbot
        self.window = Window(work)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        with qtbot.waitActive(self.window):  # shortcuts work in the active window only
            self.window.show()
            self.window.activateWindow()
        self.window.go_to("label")
        self.page: LabelPage = self.window.page_widget("label")
        self.window.refresh()

    @property
    def labeling(self) -> Labeling:
        return self.work.labeling

    @property
    def current(self) -> str | None:
        index = self.labeling.current
        return None if index is None else self.labeling.images[index].path

    @property
    def chips(self) -> list[str]:
        """The labels on the picture."""
        return [chip.label.text() for chip in self.page.stage.view.findChildren(Chip) if not chip.isHidden()]

    def project_label(self, image: str) -> str | None:
        project = self.work.session.project
        assert project is not None
        if not project.label_sets():
            return None
        given = project.label("classes", image)
        return None if given is None else given.class_name

    def press(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.page.work_list.grid, key, modifier)

    def go(self, image: str) -> None:
        assert self.labeling.go_to(image)

    def class_place(self, name: str) -> QPoint:
        row = self.labeling.classes().index(name)
        rows = self.page.classes.list
        return rows.visualRect(rows.classes.index(row)).center()

    def click_class(self, name: str) -> None:
        viewport = self.page.classes.list.viewport()
        self.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=self.class_place(name))

    def editor(self) -> QLineEdit:
        return self.page.classes.list.viewport().findChild(QLineEdit)


@pytest.fixture
def on_page(sample_work: Workspace, qtbot: QtBot) -> OnPage:
    return OnPage(sample_work, qtbot)


# --- labeling -------------------------------------------------------------------------------------------------------


def test_the_page_begins_at_the_first_picture_without_a_label(on_page: OnPage, qtbot: QtBot) -> None:
    assert on_page.current == NEW[0]
    qtbot.waitUntil(on_page.page.stage.view.has_image, timeout=20_000)
    assert on_page.page.stage.name.text() == NEW[0]
    assert on_page.page.stage.place.text() == "14 of 41"
    assert on_page.page.classes.progress.text() == "39 of 41 labeled · 95.1 %"
    grid = on_page.page.work_list.grid
    qtbot.waitUntil(lambda: on_page.page.work_list.model.held_count() >= len(list(grid.visible_rows())), timeout=20_000)


def test_a_key_labels_the_picture_and_goes_on(on_page: OnPage) -> None:
    on_page.press("2")
    assert on_page.project_label(NEW[0]) == "square"
    assert on_page.current == NEW[1]
    on_page.press("A")
    assert on_page.chips == ["square"]
    assert on_page.page.classes.by.text().startswith("By tester · ")
    assert on_page.page.classes.list.classes.of_picture == "square"
    row = on_page.labeling.row(on_page.labeling.current or 0)
    assert on_page.page.work_list.model.thumbnail(row or 0).labels == ("square",)
    assert on_page.page.classes.history.undo_title.text() == "Undo: Label as 'square'"
    assert on_page.page.classes.progress.text() == "40 of 41 labeled · 97.6 %"


def test_without_going_on_the_picture_stays_and_the_choice_is_remembered(on_page: OnPage) -> None:
    on_page.qtbot.mouseClick(on_page.page.classes.go_on, Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
    on_page.press("1")
    assert on_page.current == NEW[0]
    assert on_page.chips == ["circle"]
    assert on_page.work.session.settings.window["label.go_on"] is False


def test_a_key_that_is_held_down_labels_once(on_page: OnPage) -> None:
    grid = on_page.page.work_list.grid
    on_page.press("1")
    held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True)
    QApplication.sendEvent(grid, held)
    assert on_page.project_label(NEW[1]) is None
    step = QKeyEvent(QEvent.Type.KeyPress, Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", True)
    QApplication.sendEvent(grid, step)
    assert on_page.current == NEW[0]


def test_letters_and_digits_are_text_where_somebody_types(on_page: OnPage) -> None:
    search = on_page.page.work_list.search
    search.setFocus()
    on_page.qtbot.keyClicks(search, "new 01")
    assert search.text() == "new 01"
    assert [on_page.labeling.images[i].path for i in on_page.labeling.visible] == [NEW[1]]
    assert on_page.current == NEW[1]
    assert on_page.project_label(NEW[1]) is None
    on_page.qtbot.keyClick(search, Key.Key_Escape)
    assert len(on_page.labeling.visible) == 41


def test_a_d_and_n_walk_through_the_pictures(on_page: OnPage) -> None:
    on_page.press("D")
    assert on_page.current == NEW[1]
    on_page.press("D")
    assert on_page.current == "square/square 00.png"
    on_page.press("A")
    on_page.press("A")
    assert on_page.current == NEW[0]
    on_page.press("N")
    assert on_page.current == NEW[1]
    on_page.press("N")
    assert on_page.current == NEW[0]


def test_what_is_selected_is_labeled_as_one_edit(on_page: OnPage) -> None:
    on_page.go("circle/circle 03.png")
    for _ in range(3):
        on_page.press(Key.Key_Right, Shift)
    assert on_page.page.classes.no_label.text() == "4 pictures selected"
    on_page.press("3")
    given = [on_page.project_label(f"circle/circle {number:02d}.png") for number in range(2, 8)]
    assert given == [None, "triangle", "triangle", "triangle", "triangle", None]
    assert on_page.page.classes.history.undo_title.text() == "Undo: Label as 'triangle', 4 pictures"
    on_page.press(Key.Key_Z, Ctrl)
    assert on_page.project_label("circle/circle 04.png") is None
    assert on_page.labeling.counts()["triangle"] == 13


def test_undo_goes_back_to_the_picture_and_redo_does_it_again(on_page: OnPage) -> None:
    on_page.press("1")
    on_page.go("triangle/triangle 12.png")
    on_page.qtbot.keyClick(on_page.window, Key.Key_Z, Ctrl)
    assert on_page.current == NEW[0]
    assert on_page.project_label(NEW[0]) is None
    assert on_page.chips == []
    on_page.qtbot.keyClick(on_page.window, Key.Key_Z, Ctrl | Shift)
    assert on_page.project_label(NEW[0]) == "circle"
    assert on_page.chips == ["circle"]


def test_return_marks_as_reviewed_and_backspace_takes_the_label_away(on_page: OnPage) -> None:
    on_page.go("square/square 05.png")
    assert on_page.page.classes.by.text() == "From the name of its folder"
    on_page.press(Key.Key_Return)
    assert on_page.current == "square/square 06.png"
    on_page.press("A")
    assert not on_page.page.classes.reviewed.isHidden()
    assert on_page.labeling.state(on_page.labeling.current or 0).reviewed
    on_page.press(Key.Key_Backspace)
    assert on_page.project_label("square/square 05.png") is None
    assert on_page.page.classes.reviewed.isHidden()
    assert on_page.chips == ["square"]  # the folder says it still


def test_a_label_made_here_is_in_the_next_check(on_page: OnPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not on_page.work.pipeline.is_checking, timeout=20_000)
    told: list[str] = []
    on_page.labeling.changed.subscribe(told.append)
    on_page.press("3")
    assert on_page.work.pipeline.is_checking
    qtbot.waitUntil(lambda: not on_page.work.pipeline.is_checking, timeout=20_000)
    assert {row.image: row.target for row in on_page.work.pipeline.rows}[NEW[0]] == "triangle"
    assert "list" not in told  # the grid keeps its place although the check read the folder again


def test_h_hides_what_lies_over_the_picture(on_page: OnPage) -> None:
    on_page.go("square/square 05.png")
    chip = on_page.page.stage.view.findChildren(Chip)[-1]
    assert chip.isVisibleTo(on_page.page)
    on_page.press("H")
    assert not chip.isVisibleTo(on_page.page)


# --- classes --------------------------------------------------------------------------------------------------------


def test_a_click_gives_the_class(on_page: OnPage) -> None:
    on_page.click_class("triangle")
    assert on_page.project_label(NEW[0]) == "triangle"


def test_a_double_click_renames_and_labels_nothing(on_page: OnPage) -> None:
    viewport = on_page.page.classes.list.viewport()
    on_page.click_class("circle")
    on_page.qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=on_page.class_place("circle"))
    assert on_page.project_label(NEW[0]) is None
    assert on_page.current == NEW[0]
    editor = on_page.editor()
    assert editor.text() == "circle"
    editor.setText("<b>disc</b>")
    on_page.qtbot.keyClick(editor, Key.Key_Return)
    on_page.qtbot.waitUntil(lambda: "<b>disc</b>" in on_page.labeling.classes())
    assert on_page.labeling.counts()["<b>disc</b>"] == 13
    on_page.go("circle/circle 00.png")
    assert on_page.chips == ["<b>disc</b>"]  # as text


def test_f2_renames_and_a_name_that_is_taken_is_refused_in_words(on_page: OnPage) -> None:
    rows = on_page.page.classes.list
    rows.setCurrentIndex(rows.classes.index(1))
    on_page.qtbot.keyClick(rows, Key.Key_F2)
    on_page.editor().setText("circle")
    on_page.qtbot.keyClick(on_page.editor(), Key.Key_Return)
    on_page.qtbot.waitUntil(lambda: not on_page.window.strip.isHidden())
    assert "circle" in on_page.window.strip.whole_text()
    assert on_page.labeling.classes() == ["circle", "square", "triangle"]


def test_a_class_is_added_deleted_and_brought_back(on_page: OnPage) -> None:
    field = on_page.page.classes.new_class
    on_page.qtbot.keyClicks(field, "star 1")
    on_page.qtbot.keyClick(field, Key.Key_Return)
    assert on_page.labeling.classes()[-1] == "star 1"
    assert field.text() == ""
    on_page.press("4")
    assert on_page.project_label(NEW[0]) == "star 1"
    rows = on_page.page.classes.list
    rows.setCurrentIndex(rows.classes.index(3))
    on_page.qtbot.keyClick(rows, Key.Key_Delete)
    assert on_page.project_label(NEW[0]) is None
    assert "star 1" not in on_page.labeling.classes()
    on_page.press(Key.Key_Z, Ctrl)
    assert on_page.project_label(NEW[0]) == "star 1"
    assert rows.classes.rowCount() == 4


def test_space_gives_the_class_that_the_keyboard_is_on(on_page: OnPage) -> None:
    rows = on_page.page.classes.list
    rows.setFocus()
    rows.setCurrentIndex(rows.classes.index(2))
    on_page.qtbot.keyClick(rows, Key.Key_Space)
    assert on_page.project_label(NEW[0]) == "triangle"


def test_the_history_names_edits_and_leads_to_their_pictures(on_page: OnPage) -> None:
    on_page.press("1")
    history = on_page.page.classes.history
    history.fold.click()
    assert history.list.item(0).text().endswith("tester · Label as 'circle'")
    on_page.go("square/square 00.png")
    history.list.itemClicked.emit(history.list.item(0))
    assert on_page.current == NEW[0]
    on_page.press(Key.Key_Z, Ctrl)
    assert history.list.item(0).text().endswith("(undone)")


def test_times_are_told_as_a_clock_tells_them() -> None:
    from datetime import UTC, datetime, timedelta

    at = datetime(2026, 3, 5, 12, 34, tzinfo=UTC)
    here = at.astimezone()
    assert when_words(at, here) == f"{here:%H:%M}"
    assert when_words(at, here + timedelta(days=2)) == f"5 Mar 2026, {here:%H:%M}"


# --- the list -------------------------------------------------------------------------------------------------------


def test_the_filter_shows_what_it_says(on_page: OnPage) -> None:
    panel = on_page.page.work_list
    words = [panel.filter.itemText(i) for i in range(panel.filter.count())]
    panel.filter.setCurrentIndex(words.index("Not labeled"))
    panel.filter.activated.emit(words.index("Not labeled"))
    assert panel.model.rowCount() == 2
    assert panel.count.text() == "2 of 41"
    on_page.press("1")
    assert panel.model.rowCount() == 2  # stays, so that one can go back to it
    assert not panel.again.isHidden()
    panel.again.click()
    assert panel.model.rowCount() == 1
    assert panel.again.isHidden()
    panel.filter.setCurrentIndex(words.index("Class “square”"))
    panel.filter.activated.emit(words.index("Class “square”"))
    assert {on_page.labeling.state(i).class_name for i in on_page.labeling.visible} == {"square"}
    on_page.go(NEW[1])
    assert panel.filter.currentText() == "All pictures"  # the list has to show where we are


def test_nothing_found_is_said(on_page: OnPage) -> None:
    on_page.page.work_list.search.setText("no such name")
    assert on_page.page.stage.message.isVisible()
    assert "No picture fits" in on_page.page.stage.message.accessibleName()
    assert on_page.current is None
    on_page.press("1")  # labels nothing
    assert on_page.labeling.counts()[None] == 2


def test_the_size_of_thumbnails_is_remembered(on_page: OnPage) -> None:
    panel = on_page.page.work_list
    before = len(list(panel.grid.visible_rows()))
    panel.sizes["s"].click()
    assert len(list(panel.grid.visible_rows())) > before
    assert on_page.work.session.settings.window["label.thumbnail_size"] == "s"


def test_a_broken_picture_says_so_in_its_place(on_page: OnPage, qtbot: QtBot) -> None:
    stage = on_page.page.stage
    qtbot.waitUntil(stage.view.has_image, timeout=20_000)
    on_page.labeling.path(20).write_bytes(b"\x89PNG and no more")
    on_page.labeling.choose(20)
    qtbot.waitUntil(stage.message.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: on_page.labeling.path(20).name in stage.message.accessibleName(), timeout=20_000)
    assert not stage.view.has_image()
    on_page.press("D")
    qtbot.waitUntil(stage.view.has_image, timeout=20_000)
    assert not stage.message.isVisible()


def test_while_a_picture_is_read_the_old_one_is_gone_and_only_then_it_is_said(on_page: OnPage, qtbot: QtBot) -> None:
    stage = on_page.page.stage
    qtbot.waitUntil(stage.view.has_image, timeout=20_000)
    stage.begin_reading()
    assert not stage.view.has_image()
    assert not stage.message.isVisible()
    qtbot.waitUntil(stage.message.isVisible)
    assert stage.message.accessibleName() == "Reading the picture"


def test_without_pictures_the_page_leads_to_the_blocks(qtbot: QtBot, tmp_path: Path, qapp: QApplication) -> None:
    session = Session(Settings(author="tester"), MainThread().deliver)
    on_page = OnPage(Workspace(session), qtbot)
    page = on_page.page
    assert page.empty.isVisible()
    assert page.empty.accessibleName() == "No project is open"
    session.create_project(tmp_path / "empty.studio")
    on_page.window.go_to("label")
    assert page.empty.accessibleName() == "No pictures yet"
    assert session.project is not None
    session.tell(session.project.set_images(tmp_path, [ImageEntry("a.png")]))
    assert not page.empty.isVisible()
    assert on_page.current == "a.png"
    session.close()


def test_pictures_that_are_read_again_stay_chosen(on_page: OnPage) -> None:
    """One that stood before them is gone: each is in another place."""
    labeling, grid = on_page.labeling, on_page.page.work_list.grid
    grid.set_current_row(4)
    grid.set_selected_rows([3, 4, 8])
    paths = [labeling.images[index].path for index in labeling.chosen]
    assert len(paths) == 3
    project = on_page.work.session.project
    assert project is not None
    root = project.image_root()
    assert root is not None
    on_page.work.session.tell(project.set_images(root, project.images()[1:]))
    assert [labeling.images[index].path for index in labeling.chosen] == paths
    assert on_page.current == paths[1]
    assert grid.selected_rows() == [2, 3, 7]


# --- many pictures --------------------------------------------------------------------------------------------------


@pytest.fixture
def many(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[int], OnPage]]:
    sessions: list[Session] = []

    def make(count: int) -> OnPage:
        session = Session(Settings(author="tester"), MainThread().deliver)
        sessions.append(session)
        work = Workspace(session)
        project = session.create_project(tmp_path / f"{count}.studio")
        names = ("cat", "dog", None)
        session.tell(project.set_images(tmp_path, [ImageEntry(f"{i:06d}.png", names[i % 3]) for i in range(count)]))
        qtbot.waitUntil(lambda: not work.labeling.is_reading, timeout=60_000)
        return OnPage(work, qtbot)

    yield make
    for session in sessions:
        session.close()


def test_a_hundred_thousand_pictures_cost_what_is_seen(many: Callable[[int], OnPage], qtbot: QtBot) -> None:
    on_page = many(100_000)
    panel = on_page.page.work_list
    described: list[int] = []
    wanted: list[list[int]] = []
    describe = panel.model._describe
    panel.model._describe = lambda row: (described.append(row), describe(row))[1]
    panel.model.wanted.connect(wanted.append)
    on_page.press("1")  # goes on from 2 to 5, which is in view
    on_page.window.grab()
    seen = len(list(panel.grid.visible_rows()))
    assert 0 < len(set(described)) <= 2 * seen
    panel.grid.verticalScrollBar().setValue(panel.grid.verticalScrollBar().maximum() // 2)
    qtbot.waitUntil(lambda: bool(wanted))
    assert wanted[-1] == list(panel.grid.visible_rows())
    on_page.window.grab()
    assert len(set(described)) < 200
    described.clear()
    panel.search.setText("77")
    on_page.window.grab()
    assert len(on_page.labeling.visible) == sum("77" in f"{i:06d}" for i in range(100_000))
    assert len(set(described)) <= 2 * seen


# --- the reader -----------------------------------------------------------------------------------------------------


class Pictures:
    """Stands for the session: pictures come when the test says so."""

    def __init__(self) -> None:
        self.channel_changed: Listeners[int] = Listeners()
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self._hear: dict[str, Callable[[Event], None]] = {}

    def ask(self, child: str, request: ReadImage, hear: Callable[[Event], None]) -> "Pictures.Ticket":
        self.asked.append(request.path)
        self._hear[request.path] = hear
        return self.Ticket(self, request.path)

    def come(self, path: str, side: int = 10) -> str:
        frame = write_frame(np.full((side, 2 * side, 3), (10, 20, 30), np.uint8))
        self._hear[path](FrameWritten(frame=frame, shape=(side, 2 * side, 3)))
        self._hear[path](Finished())
        return frame

    class Ticket:
        def __init__(self, pictures: "Pictures", path: str) -> None:
            self._pictures, self._path = pictures, path

        def cancel(self) -> None:
            self._pictures.cancelled.append(self._path)


class Shown(list[tuple[str, int]]):
    """What a reader has shown: (path, width), 0 for a failure."""


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def reader(pictures: Pictures, shown: Shown, qapp: QApplication) -> PictureReader:
    return PictureReader(
        pictures,  # type: ignore[arg-type]
        lambda path, image: shown.append((str(path), image.width())),
        lambda path, event: shown.append((str(path), 0)),
    )


def test_the_picture_comes_first_and_then_its_neighbours(
    reader: PictureReader, pictures: Pictures, shown: Shown
) -> None:
    assert not reader.show(Path("a"), [Path("b"), Path("c")])
    assert pictures.asked == ["a"]
    frame = pictures.come("a")
    assert shown == [("a", 20)]
    assert not Path(frame).exists()
    pictures.come("b")
    pictures.come("c")
    assert pictures.asked == ["a", "b", "c"]
    assert shown == [("a", 20)]
    assert reader.show(Path("b"), [Path("c"), Path("a")])
    assert shown[-1] == ("b", 20)
    assert pictures.asked == ["a", "b", "c"]


def test_what_was_passed_by_is_given_up_and_its_pixels_are_dropped(
    reader: PictureReader, pictures: Pictures, shown: Shown
) -> None:
    reader.show(Path("a"))
    reader.show(Path("b"))
    assert pictures.cancelled == ["a"]
    frame = pictures.come("a")  # was on its way
    assert shown == []
    assert not Path(frame).exists()
    pictures.come("b")
    assert shown == [("b", 20)]


def test_a_picture_that_is_read_ahead_is_waited_for_when_it_is_wanted(
    reader: PictureReader, pictures: Pictures, shown: Shown
) -> None:
    reader.show(Path("a"), [Path("b")])
    pictures.come("a")
    reader.show(Path("b"), [Path("a")])
    assert pictures.cancelled == []
    assert pictures.asked == ["a", "b"]
    pictures.come("b")
    assert shown[-1] == ("b", 20)


def test_a_failure_is_told_for_the_picture_that_is_looked_at_only(
    reader: PictureReader, pictures: Pictures, shown: Shown
) -> None:
    reader.show(Path("a"), [Path("bad")])
    pictures.come("a")
    pictures._hear["bad"](Failed(message="broken"))
    assert shown == [("a", 20)]
    reader.show(Path("bad"))
    pictures._hear["bad"](Failed(message="broken"))
    assert shown[-1] == ("bad", 0)


def test_pictures_that_are_held_stay_within_their_bytes(
    reader: PictureReader, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CACHE_BYTES", 5 * 100 * 200 * 3)
    for number in range(20):
        reader.show(Path(f"{number}"))
        pictures.come(f"{number}", side=100)
        assert reader.held_bytes <= 5 * 100 * 200 * 3
    assert reader.show(Path("19"))
    assert not reader.show(Path("3"))


def test_the_page_opens_no_window_of_its_own(sample_work: Workspace, qtbot: QtBot) -> None:
    before = {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}
    on_page = OnPage(sample_work, qtbot)
    on_page.press("1")
    shown = {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}
    assert shown - before == {on_page.window}
    assert on_page.window.isActiveWindow()


def test_everything_can_be_reached_and_has_a_name(on_page: OnPage) -> None:
    for widget in on_page.page.findChildren(QWidget):
        can_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisibleTo(on_page.page)
        is_inner = widget.focusProxy() is not None or isinstance(widget.parent(), QLineEdit | QAbstractScrollArea)
        if can_focus and not is_inner:
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget
