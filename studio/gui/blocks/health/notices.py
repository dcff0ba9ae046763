"""What there is to say about the search itself: that it failed, is out of date, or what became of the split."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.block_words import card_summary
from studio.app.health import Health
from studio.app.pipeline import Pipeline
from studio.gui.style import px
from studio.gui.widgets.message_strip import Kind, MessageStrip
from studio.jobs.messages import Failed

LOOK_AGAIN = "Look again"
TOGETHER = "Look-alikes stay on one side of the split now"


class _Notice(NamedTuple):
    kind: Kind
    message: str
    hint: str = ""
    action: str = ""


class HealthNotices(QWidget):
    """Strips; one that was put away comes back only with something new. Emits `again_asked()` and `retry_asked()`."""

    again_asked = Signal()
    retry_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.failure = MessageStrip()
        self.failure.action_asked.connect(self.retry_asked)
        self.notice = MessageStrip()
        self.notice.action_asked.connect(self.again_asked)
        self._failed: Failed | None = None
        self._said: _Notice | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), 0, px("gap_l"), px("gap_s"))
        column.setSpacing(px("gap_s"))
        for strip in (self.failure, self.notice):
            strip.closed.connect(self._fit)
            column.addWidget(strip)
        self.hide()

    def show_state(self, health: Health, pipeline: Pipeline, was_grouped: bool) -> None:
        """was_grouped: look-alikes have just been put together."""
        if health.failure is not self._failed:
            self._failed = health.failure
            self._say_failure()
        notice = _grouped(pipeline) if was_grouped else None
        notice = notice or _outdated(health)
        if health.is_checking or health.is_grouping:
            notice = None
        if notice != self._said:
            self._said = notice
            if notice is None:
                self.notice.hide()
            else:
                self.notice.say(notice.kind, notice.message, notice.hint, action=notice.action)
        self._fit()

    def _say_failure(self) -> None:
        failed = self._failed
        if failed is None:
            self.failure.hide()
        else:
            self.failure.say("error", failed.message, failed.hint, failed.traceback, action="Try again")

    def _fit(self) -> None:
        self.setVisible(not (self.failure.isHidden() and self.notice.isHidden()))


def _grouped(pipeline: Pipeline) -> _Notice | None:
    """What the split has become."""
    if pipeline.recipe is None:
        return None
    if pipeline.is_checking:
        return _Notice("info", f"{TOGETHER}. The blocks are being checked.")
    step = next((step for step in pipeline.steps if step and step.step == "split"), None)
    wrong = next((item for item in step.findings if item.level != "info"), None) if step else None
    if wrong is not None:
        return _Notice("warning", f"{TOGETHER}. {wrong.message}", wrong.hint, LOOK_AGAIN)
    words = card_summary(pipeline.recipe.split, step)
    hint = "Ctrl+Z takes it back. Look again to see that nothing is left."
    return _Notice("good", f"{TOGETHER}: {words}.", hint, LOOK_AGAIN)


def _outdated(health: Health) -> _Notice | None:
    if health.is_known and health.is_outdated:
        return _Notice("info", "Blocks or labels have changed since this was looked at.", action=LOOK_AGAIN)
    if health.found and not health.is_known and health.failure is None:
        return _Notice("info", "The search was stopped: more may be hidden.", action=LOOK_AGAIN)
    return None
