"""Where the model looked: the dialog, played with a session that nobody works for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app.session import Ticket
from studio.gui.activation.dialog import ActivationDialog
from studio.jobs.frames import write_frame
from studio.jobs.messages import ActivationShown, Event, Failed, Finished, ShowActivation
from studio.runs.run import Run

PATHS = [Path("/pictures/one.png"), Path("/pictures/two.png"), Path("/pictures/three.png")]


class Idle:
    """A session and its child in one: keeps what is asked, and what was given up."""

    def __init__(self) -> None:
        self.asked: list[tuple[ShowActivation, Callable[[Event], None]]] = []
        self.cancelled: list[int] = []

    def ask(self, child: str, request: Any, on_event: Callable[[Event], None]) -> Ticket:
        self.asked.append((request, on_event))
        return Ticket(self, len(self.asked))  # type: ignore[arg-type]

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def answer(
        self, number: int = -1, about: str = "cat", heat: int = 255, share: float | None = 0.75
    ) -> ActivationShown:
        """A grey picture whose right half counts."""
        heat_hw = np.zeros((8, 16), np.uint8)
        heat_hw[:, 8:] = heat
        event = ActivationShown(
            path="one.png",
            frame=write_frame(np.full((8, 16, 3), 100, np.uint8)),
            heat=write_frame(heat_hw),
            shape=(8, 16),
            about=about,
            others=("cat", "dog"),
            share=share,
            cells=(4, 4),
        )
        self.asked[number][1](event)
        self.asked[number][1](Finished())
        return event


@pytest.fixture
def idle() -> Idle:
    return Idle()


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """The window that the dialog belongs to."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, idle: Idle, tmp_path: Path, parent: QWidget) -> ActivationDialog:
    made = ActivationDialog(idle, Run(tmp_path), PATHS, 1, parent)  # type: ignore[arg-type]
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(dialog: ActivationDialog) -> tuple[Any, Any]:
    """The colours in the middle of the left and of the right half."""
    dialog.view.picture.repaint()
    image = dialog.view.picture.image
    assert image is not None
    row = image.height() // 2
    return image.pixelColor(image.width() // 4, row).getRgb(), image.pixelColor(3 * image.width() // 4, row).getRgb()


def test_what_counts_is_coloured_and_the_rest_stays(dialog: ActivationDialog, idle: Idle) -> None:
    (request, _) = idle.asked[-1]
    assert (request.paths, request.about) == ((str(PATHS[1]),), "")
    assert dialog.place.text() == "2 of 3"
    event = idle.answer()
    assert not Path(event.frame).exists()
    left, right = shown(dialog)
    assert left == (100, 100, 100, 255)
    assert right[0] > 150
    assert "'cat' (75 %)" in dialog.note.text()
    assert dialog.about.currentText() == "cat"


def test_without_colours_it_is_the_picture(dialog: ActivationDialog, idle: Idle) -> None:
    idle.answer()
    dialog.view.opacity.setValue(0)
    assert shown(dialog) == ((100, 100, 100, 255), (100, 100, 100, 255))
    assert dialog.view.slider.value() == 0


def test_another_class_stays_chosen_from_picture_to_picture(dialog: ActivationDialog, idle: Idle) -> None:
    idle.answer()
    dialog._choose(dialog.about.findData("dog"))
    assert idle.asked[-1][0].about == "dog"
    idle.answer(about="dog")
    dialog.step(1)
    assert (idle.asked[-1][0].paths, idle.asked[-1][0].about) == ((str(PATHS[2]),), "dog")
    count = len(idle.asked)
    dialog.step(1)  # the last one
    assert len(idle.asked) == count
    assert not dialog.following.isEnabled()


def test_keys_go_from_picture_to_picture(dialog: ActivationDialog, idle: Idle, qtbot: QtBot) -> None:
    dialog.activateWindow()
    dialog.view.picture.setFocus()
    qtbot.waitUntil(dialog.view.picture.hasFocus)
    qtbot.keyClick(dialog.view.picture, Qt.Key.Key_A)
    assert dialog.place.text() == "1 of 3"
    qtbot.keyClick(dialog.view.picture, Qt.Key.Key_Right)
    assert dialog.place.text() == "2 of 3"


def test_only_the_newest_question_is_answered(dialog: ActivationDialog, idle: Idle) -> None:
    dialog.step(1)
    assert idle.cancelled == [1]
    event = idle.answer(0)
    assert dialog.view._seen is None
    assert not Path(event.frame).exists()
    assert not Path(event.heat).exists()


def test_nothing_speaks_for_it(dialog: ActivationDialog, idle: Idle) -> None:
    idle.answer(heat=0, share=None)
    assert dialog.note.text() == "Nothing in this picture speaks for 'cat'."


def test_a_failure_says_so_in_its_place(dialog: ActivationDialog, idle: Idle) -> None:
    idle.asked[-1][1](Failed(message="two.png no longer exists.", hint="Put it back."))
    assert dialog.strip.isVisible()
    assert dialog.note.text() == ""
    dialog.step(1)
    assert not dialog.strip.isVisible()


def test_closing_gives_the_question_up(dialog: ActivationDialog, idle: Idle) -> None:
    dialog.accept()
    assert idle.cancelled == [1]
