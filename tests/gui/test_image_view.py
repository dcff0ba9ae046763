import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.gui import style
from studio.gui.widgets.chip import Chip
from studio.gui.widgets.image_view import ImageView


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    made = ImageView()
    qtbot.addWidget(made)
    made.resize(624, 424)
    made.show()
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill("#D55E00")
    made.set_image(image, "wide.jpg")
    return made


def turn_wheel(view: ImageView, at: QPointF, notches: int) -> None:
    event = QWheelEvent(
        at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def test_a_picture_is_fitted_and_stays_so(view: ImageView) -> None:
    assert view.zoom() == pytest.approx(2.0)  # 600 px of room for 300
    view.resize(324, 424)
    assert view.zoom() == pytest.approx(1.0)


def test_the_wheel_zooms_at_the_pointer(view: ImageView) -> None:
    at = QPointF(200, 190)
    before = view._to_picture(at)
    turn_wheel(view, at, 3)
    assert view.zoom() == pytest.approx(2.0 * 1.25**3)
    after = view._to_picture(at)
    assert (after - before).manhattanLength() < 1.0
    view.resize(500, 300)
    assert view.zoom() == pytest.approx(2.0 * 1.25**3)


def test_zoom_has_ends(view: ImageView) -> None:
    turn_wheel(view, QPointF(100, 100), 100)
    assert view.zoom() == pytest.approx(64)
    turn_wheel(view, QPointF(100, 100), -200)
    assert view.zoom() * 300 == pytest.approx(style.px("target_min"))


def test_actual_size_is_said_as_100_per_cent(view: ImageView) -> None:
    view.actual_size()
    assert view.zoom() == pytest.approx(1.0)
    assert "100 %" in [label.text() for label in view.findChildren(QLabel)]


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton])
def test_dragging_moves_the_picture(view: ImageView, qtbot: QtBot, button: Qt.MouseButton) -> None:
    if button == Qt.MouseButton.LeftButton:
        qtbot.keyPress(view, Qt.Key.Key_Space)
    before = view._to_picture(QPointF(100, 100))
    qtbot.mousePress(view.viewport(), button, pos=QPoint(100, 100))
    qtbot.mouseMove(view.viewport(), QPoint(140, 120))
    qtbot.mouseRelease(view.viewport(), button, pos=QPoint(140, 120))
    after = view._to_picture(QPointF(140, 120))
    assert (after - before).manhattanLength() < 1.0


def test_the_left_button_alone_moves_nothing(view: ImageView, qtbot: QtBot) -> None:
    before = view._to_picture(QPointF(100, 100))
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view.viewport(), QPoint(140, 120))
    assert view._to_picture(QPointF(100, 100)) == before


def test_the_grey_around_the_picture_is_the_same_in_both_themes(view: ImageView, dressed: QApplication) -> None:
    seen = []
    for theme in ("light", "dark"):
        style.apply(dressed, theme)
        view.viewport().update()
        seen.append(view.grab().toImage().pixelColor(3, 200).name().upper())
    assert seen == ["#26292E", "#26292E"]


def test_labels_lie_over_the_picture_as_text(view: ImageView) -> None:
    view.set_labels([("<b>rose</b>", "#009E73"), ("iris", "#CC79A7")])
    view.set_labels([("<b>rose</b>", "#009E73")])
    chips = [chip for chip in view.findChildren(Chip) if chip.isVisible()]
    assert [chip.label.text() for chip in chips] == ["<b>rose</b>"]
    assert chips[0].label.textFormat() == Qt.TextFormat.PlainText
    view.set_overlay_visible(False)
    assert not chips[0].isVisible()


def test_without_a_picture_nothing_is_said(view: ImageView) -> None:
    view.set_image(None)
    assert not view.has_image()
    assert "100 %" not in [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    view.zoom_in()
