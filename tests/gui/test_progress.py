from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.gui.widgets.progress import JobProgress


class Clock:
    """A clock that a test sets."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def made(qtbot: QtBot, clock: Clock) -> JobProgress:
    progress = JobProgress(clock=clock)
    qtbot.addWidget(progress)
    return progress


def test_a_short_job_shows_nothing_and_a_longer_one_appears_by_itself(qtbot: QtBot) -> None:
    progress = made(qtbot, Clock())
    progress.start("Reading")
    assert progress.isHidden()
    qtbot.waitUntil(progress.isVisible)
    progress.finish()
    assert progress.isHidden()
    progress.start("Reading")
    progress.finish()
    assert not progress._delay.isActive()


def test_rate_and_time_left_come_from_the_clock(qtbot: QtBot) -> None:
    clock = Clock()
    progress = made(qtbot, clock)
    progress.start("Reading", "picture")
    clock.now_s += 10
    progress.set_done(400, 1_200)
    assert progress.figures.text() == "400 of 1\u2009200 pictures · 40.0 pictures a second · 20 s left"
    assert (progress.bar.value(), progress.bar.maximum()) == (400, 1_200)


def test_a_job_of_unknown_length_counts(qtbot: QtBot) -> None:
    clock = Clock()
    progress = made(qtbot, clock)
    progress.start("Looking", "file")
    clock.now_s += 2
    progress.set_done(5)
    assert progress.figures.text() == "5 files · 2.50 files a second"
    assert progress.bar.maximum() == 0


def test_cancel_asks_once_and_says_that_it_is_stopping(qtbot: QtBot) -> None:
    progress = made(qtbot, Clock())
    asked: list[bool] = []
    progress.cancel_asked.connect(lambda: asked.append(True))
    progress.start("Reading")
    progress.show()
    for _ in range(2):
        qtbot.mouseClick(progress.cancel, Qt.MouseButton.LeftButton)
    assert asked == [True]
    assert progress.cancel.text() == "Stopping"
    progress.start("Again")
    assert progress.cancel.isEnabled()
    assert progress.cancel.accessibleName() == "Cancel: Again"
