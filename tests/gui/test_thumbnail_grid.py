import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from studio.gui.widgets import thumbnail_model
from studio.gui.widgets.thumbnail_grid import ThumbnailGrid
from studio.gui.widgets.thumbnail_model import Thumbnail, ThumbnailModel

MANY = 100_000


def square(side: int = 112, colour: str = "#0072B2") -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image


class Source:
    """Rows that count how often they are asked about."""

    def __init__(self) -> None:
        self.described: list[int] = []

    def __call__(self, row: int) -> Thumbnail:
        self.described.append(row)
        return Thumbnail(f"{row}.jpg", ("rose",), ("#009E73",), ("reviewed",))


def shown(qtbot: QtBot, count: int, source: Source | None = None) -> ThumbnailGrid:
    grid = ThumbnailGrid(ThumbnailModel(source or Source(), count))
    qtbot.addWidget(grid)
    grid.resize(900, 600)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def test_the_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(ThumbnailModel(Source(), 50))


def test_a_hundred_thousand_rows_cost_what_is_seen(qtbot: QtBot) -> None:
    source, asked = Source(), []
    grid = shown(qtbot, MANY, source)
    grid.model().wanted.connect(asked.append)
    qtbot.waitUntil(lambda: grid.painted_count > 0)
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][-1] == MANY - 1)
    visible = list(grid.visible_rows())
    assert len(visible) < 60
    assert asked[-1] == visible
    grid.grab()
    assert grid.painted_count <= len(visible)
    assert len(set(source.described)) < 200


def test_resizing_and_selecting_everything_take_no_longer_with_many_rows(qtbot: QtBot) -> None:
    def seconds(count: int) -> float:
        grid = shown(qtbot, count)
        grid.set_multiple(True)
        began = time.perf_counter()
        for width in range(900, 700, -10):
            grid.resize(width, 600)
            grid.grab()
        grid.selectAll()
        grid.grab()
        return time.perf_counter() - began

    seconds(60)
    # Ten times is far more than any noise and far less than laying out 100,000 rows twenty times.
    assert seconds(MANY) < 10 * seconds(60) + 0.5


def test_a_picture_that_came_is_not_asked_for_again(qtbot: QtBot) -> None:
    asked: list[list[int]] = []
    model = ThumbnailModel(Source(), 10)
    model.wanted.connect(asked.append)
    model.see(range(4))
    model.set_thumbnail(0, square())
    model.set_thumbnail(1, QImage())
    model.see(range(4))
    model.see(range(6))
    assert asked == [[0, 1, 2, 3], [2, 3, 4, 5]]
    assert model.is_broken(1)
    assert model.pixmap(0) is not None


def test_a_newer_list_replaces_the_ones_before(qtbot: QtBot) -> None:
    asked: list[list[int]] = []
    model = ThumbnailModel(Source(), 100)
    model.wanted.connect(asked.append)
    model.see(range(0, 4))
    model.see(range(50, 54))
    model.see(range(0, 4))
    assert asked == [[0, 1, 2, 3], [50, 51, 52, 53], [0, 1, 2, 3]]


def test_pictures_are_forgotten_oldest_first_but_never_a_visible_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail_model, "CACHE_BYTES", 5 * 10 * 10 * 4)
    model = ThumbnailModel(Source(), 100)
    model.see(range(3))
    for row in range(20):
        model.set_thumbnail(row, square(10))
    assert model.held_count() == 5
    assert all(model.pixmap(row) is not None for row in (0, 1, 2, 19))
    model.see(range(20, 40))
    for row in range(20, 40):
        model.set_thumbnail(row, square(10))
    assert all(model.pixmap(row) is not None for row in range(20, 40))


def test_a_wide_picture_is_cut_to_its_middle_square(qtbot: QtBot) -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill("#FF0000")
    for x in range(100, 200):
        for y in range(100):
            image.setPixel(x, y, 0xFF00FF00)
    model = ThumbnailModel(Source(), 1)
    model.set_thumbnail(0, image)
    pixmap = model.pixmap(0)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (100, 100)
    assert pixmap.toImage().pixelColor(1, 50).name() == "#00ff00"


def test_keys_move_and_enter_opens(qtbot: QtBot) -> None:
    grid = shown(qtbot, 30)
    columns = grid._tiles().columns
    grid.set_current_row(0)
    moved: list[int] = []
    grid.current_changed.connect(moved.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Up):
        qtbot.keyClick(grid, key)
    assert moved == [1, 1 + columns, 29, 0]
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened.args == [0]


def test_a_double_click_opens(qtbot: QtBot) -> None:
    grid = shown(qtbot, 30)
    place = grid.visualRect(grid.model().index(4)).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(grid.opened) as opened:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [4]


def test_shift_takes_a_run_and_control_adds_one(qtbot: QtBot) -> None:
    grid = shown(qtbot, 30)
    grid.set_multiple(True)

    def click(row: int, keys: Qt.KeyboardModifier) -> None:
        place = grid.visualRect(grid.model().index(row)).center()
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, place)

    click(2, Qt.KeyboardModifier.NoModifier)
    click(11, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == list(range(2, 12))
    click(15, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected_rows() == [*range(2, 12), 15]
    click(5, Qt.KeyboardModifier.NoModifier)
    assert grid.selected_rows() == [5]
    grid.set_multiple(False)
    click(7, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == [7]


def test_a_click_between_tiles_selects_nothing(qtbot: QtBot) -> None:
    grid = shown(qtbot, 30)
    assert not grid.indexAt(QPoint(1, 1)).isValid()


def test_letters_are_left_to_the_page(qtbot: QtBot) -> None:
    source = Source()
    grid = shown(qtbot, MANY, source)
    grid.set_current_row(0)
    source.described.clear()
    qtbot.keyClick(grid, Qt.Key.Key_D)
    assert grid.current_row() == 0
    assert len(source.described) < 200


def test_a_tooltip_never_takes_a_name_for_markup(qtbot: QtBot) -> None:
    model = ThumbnailModel(lambda row: Thumbnail("<img src=x>.jpg", ("<b>rose</b>",)), 1)
    tip = model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img src=x&gt;.jpg" in tip


def test_other_rows_start_at_nothing(qtbot: QtBot) -> None:
    grid = shown(qtbot, MANY)
    grid.model().set_thumbnail(0, square())
    grid.model().reset(3, Source())
    assert grid.model().held_count() == 0
    assert list(grid.visible_rows()) == [0, 1, 2]
    assert grid.verticalScrollBar().maximum() == 0
