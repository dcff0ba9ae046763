"""Short fades for things that appear; nothing that works ever moves."""

from PySide6.QtCore import QPropertyAnimation
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from studio.gui.style import ms


def fade_in(widget: QWidget) -> None:
    """Let a widget that has just been shown appear softly; where pictures are drawn without a screen, at once."""
    if QGuiApplication.platformName() == "offscreen" or not widget.isVisible():
        return
    effect = QGraphicsOpacityEffect(widget)
    widget.setGraphicsEffect(effect)
    fade = QPropertyAnimation(effect, b"opacity", effect)
    fade.setDuration(ms("fade"))
    fade.setStartValue(0.0)
    fade.setEndValue(1.0)
    fade.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
    fade.start()
