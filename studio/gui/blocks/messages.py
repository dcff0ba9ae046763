"""What the last check found about the selected step, and what failed, in strips above the pictures."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.style import px
from studio.gui.widgets.message_strip import MessageStrip
from studio.jobs.messages import Failed, FindingMade


class StepMessages(QWidget):
    """One strip a finding that belongs to no field. Emits `again_asked()` for the button of a failure."""

    again_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.failure = MessageStrip()
        self.failure.action_asked.connect(self.again_asked)
        self.strips: list[MessageStrip] = []
        self._shown: object = None
        self._failed: Failed | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), 0)
        self._column.setSpacing(px("gap_s"))
        self._column.addWidget(self.failure)
        self.hide()

    def show_findings(
        self, findings: Sequence[FindingMade], left_out: Sequence[tuple[str, str]] = (), root: str = ""
    ) -> None:
        """Say these; the files that were left out are unfolded from the first warning. Paths are told below `root`."""
        now = (tuple(findings), tuple(left_out))
        if now == self._shown:
            return  # a strip that was put away stays away until something else is found
        self._shown = now
        while len(self.strips) < len(findings):
            self.strips.append(MessageStrip())
            self._column.addWidget(self.strips[-1])
        files = [reason if name in reason else f"{name}: {reason}" for name, reason in left_out]
        details = "\n".join(one_line(below(root, file)) for file in files)
        for strip, finding in zip(self.strips, findings, strict=False):
            message = below(root, finding.message)
            if finding.level == "warning" and details:
                strip.say("warning", message, finding.hint, details, fold="Show the files")
                details = ""
            else:
                strip.say(finding.level, message, finding.hint)
        for strip in self.strips[len(findings) :]:
            strip.hide()
        self._show()

    def show_failure(self, failed: Failed | None) -> None:
        """Say that a job failed, or that none has."""
        if failed is self._failed:
            return
        self._failed = failed
        if failed is None:
            self.failure.hide()
        else:
            self.failure.say("error", failed.message, failed.hint, failed.traceback, action="Try again")
        self._show()

    def _show(self) -> None:
        self.setVisible(any(not strip.isHidden() for strip in [self.failure, *self.strips]))


def below(root: str, text: str) -> str:
    """The text with its paths shortened to what they are below the folder."""
    return text.replace(f"{root}/", "") if root else text


def one_line(text: str) -> str:
    """A file's name as one line, whatever is in it."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
