"""From a child's reader thread into the window's: functions are run by Qt's event loop, in the order they came."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class MainThread(QObject):
    """Make it in the window's thread; `deliver` may be called from any thread."""

    _came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._came.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def deliver(self, function: Callable[[], None]) -> None:
        self._came.emit(function)

    def _run(self, function: Callable[[], None]) -> None:
        function()
