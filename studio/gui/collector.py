"""Python's cyclic collector, kept to the window's thread.

By itself it runs in whatever thread happens to make an object. In another one than the window's it destroys widgets
there, which Qt forbids ("Timers cannot be stopped from another thread") and may not survive.
"""

import gc

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 50
TICKS_BETWEEN_FULL = 200  # ten seconds: a full collection looks at every object there is


class Collector(QObject):
    """Collects between two events, as often as Python would, until the window is closed."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.collect)
        window.installEventFilter(self)
        gc.disable()
        # Modules and classes stay to the end: a full collection need not look at them (it took 45 ms with them).
        gc.freeze()
        self._timer.start()

    def collect(self) -> None:
        """Look at the youngest objects that are due, by Python's own thresholds."""
        self._ticks += 1
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if counts[2] > thresholds[2] and self._ticks > TICKS_BETWEEN_FULL:
            self._ticks = 0
            gc.collect(2)
        elif counts[1] > thresholds[1]:
            gc.collect(1)
        elif counts[0] > thresholds[0]:
            gc.collect(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is closed: nothing would collect any more."""
        if event.type() == QEvent.Type.Close:
            self._timer.stop()
            gc.unfreeze()
            gc.enable()
        return False
