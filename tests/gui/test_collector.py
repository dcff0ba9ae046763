"""What Python's collector takes away goes in the window's thread, whoever made it."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.gui.collector import Collector


class Knot:
    """Refers to itself: only the collector can take it away. Says in which thread that was."""

    def __init__(self, ends: list[threading.Thread]) -> None:
        self.itself = self
        self._ends = ends

    def __del__(self) -> None:
        self._ends.append(threading.current_thread())


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    yield window
    window.close()


def test_what_a_thread_leaves_goes_in_the_windows_thread(window: QWidget, qtbot: QtBot) -> None:
    ends: list[threading.Thread] = []
    gc.collect()
    Collector(window)

    def make() -> None:
        kept = [Knot(ends) for _ in range(20_000)]
        del kept[:]
        [[] for _ in range(100_000)]

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert ends == []
    qtbot.waitUntil(lambda: len(ends) == 20_000)
    assert set(ends) == {threading.main_thread()}


def test_without_the_window_python_collects_by_itself_again(window: QWidget) -> None:
    collector = Collector(window)
    assert not gc.isenabled()
    assert gc.get_freeze_count() > 0
    window.close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    assert not collector._timer.isActive()


def test_a_full_collection_comes_now_and_then(window: QWidget) -> None:
    collector = Collector(window)
    before = gc.get_stats()[2]["collections"]
    for _ in range(400):
        kept = [[] for _ in range(1000)]  # type: ignore[var-annotated]
        collector.collect()
        del kept
    assert 0 < gc.get_stats()[2]["collections"] - before <= 2
