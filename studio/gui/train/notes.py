"""What there is to say about a run beside its figures: how it failed, what corrections changed, what did not fit."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.run_words import corrections_words, weights_line
from studio.app.training import RunWatcher, death_notice
from studio.base.wording import count_words
from studio.blocks.task import Task
from studio.gui.blocks.messages import one_line
from studio.gui.style import px
from studio.gui.widgets.message_strip import MessageStrip
from studio.jobs.messages import CorrectionsLearned, Failed, Warned, WeightsTaken


class RunNotes(QWidget):
    """Strips, the worst first. Emits `resume_asked()`. One that was put away comes back only with something new."""

    resume_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.failure = MessageStrip()
        self.failure.action_asked.connect(self.resume_asked)
        self.warnings = MessageStrip()
        self.left_out = MessageStrip()
        self.weights = MessageStrip()
        self.corrections = MessageStrip()
        self._strips = (self.failure, self.corrections, self.warnings, self.left_out, self.weights)
        self._said: dict[MessageStrip, object] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px("gap_xs"))
        for strip in self._strips:
            strip.closed.connect(self._show)
            column.addWidget(strip)
        self.hide()

    def show_run(self, watcher: RunWatcher, task: Task) -> None:
        """Say what there is to say; the trace of a failure stands under "Details"."""
        history = watcher.history
        self._say_failure(watcher)
        self._say_warnings(history.warnings, watcher.run.name)
        self._say_left_out(history.left_out, watcher.run.name)
        self._say_weights(history.weights, watcher.run.name)
        self._say_corrections(history.corrections, watcher.run.name, task)
        self._show()

    def _say_failure(self, watcher: RunWatcher) -> None:
        end = watcher.history.end
        failed: Failed | None = None
        if watcher.state in ("died", "new"):
            failed = death_notice(watcher.run)
        elif watcher.state == "failed" and isinstance(end, Failed):
            failed = end
        if not self._is_new(self.failure, (watcher.run.name, failed)):
            return
        if failed is None:
            self.failure.hide()
            return
        action = "Resume" if watcher.history.checkpoint_step is not None else "Try again"
        self.failure.say("error", failed.message, failed.hint, failed.traceback, action=action)

    def _say_warnings(self, warnings: list[Warned], run: str) -> None:
        """The first one; the others unfold from it. A resumed run may warn of the same thing again."""
        texts = list(dict.fromkeys((item.message, item.hint) for item in warnings))
        if not self._is_new(self.warnings, (run, *texts)):
            return
        if not texts:
            self.warnings.hide()
            return
        message, hint = texts[0]
        rest = "\n".join(" ".join(text).strip() for text in texts[1:])
        self.warnings.say("warning", message, hint, rest, fold=f"Show {len(texts) - 1} more")

    def _say_left_out(self, images: list[tuple[str, str]], run: str) -> None:
        if not self._is_new(self.left_out, (run, tuple(images))):
            return
        if not images:
            self.left_out.hide()
            return
        count = count_words(len(images), "picture")
        verb = "was" if len(images) == 1 else "were"
        listed = "\n".join(f"{one_line(name)}: {one_line(reason)}" for name, reason in images)
        self.left_out.say("warning", f"{count} {verb} left out of this run.", "", listed, fold="Show them")

    def _say_weights(self, weights: WeightsTaken | None, run: str) -> None:
        """Only where something did not fit."""
        if not self._is_new(self.weights, (run, weights)):
            return
        if weights is None or not weights.not_taken:
            self.weights.hide()
            return
        first, *others = weights.not_taken
        self.weights.say(
            "info",
            f"{weights_line(weights)}; what did not fit starts from random values.",
            f"{first}.",
            "\n".join(others),
            fold=f"Show {len(others)} more",
        )

    def _say_corrections(self, learned: CorrectionsLearned | None, run: str, task: Task) -> None:
        if not self._is_new(self.corrections, (run, learned)):
            return
        if learned is None:
            self.corrections.hide()
        else:
            self.corrections.say("info" if learned.kept_start else "good", corrections_words(learned, task))

    def _is_new(self, strip: MessageStrip, said: object) -> bool:
        is_new = self._said.get(strip) != said
        self._said[strip] = said
        return is_new

    def _show(self) -> None:
        self.setVisible(any(not strip.isHidden() for strip in self._strips))
