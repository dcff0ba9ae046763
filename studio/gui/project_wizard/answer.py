"""The answer to one question: why it was proposed, what else there is, and its settings."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from studio.app.drafting import QUESTIONS, Draft
from studio.blocks.block import Step
from studio.blocks.recipe import block_types
from studio.gui.blocks.settings import BlockSettings
from studio.gui.form_fields.editor import Surroundings
from studio.gui.looks import ClassLook
from studio.gui.project_wizard.task_tiles import TaskTiles
from studio.gui.style import px
from studio.gui.widgets.message_strip import MessageStrip
from studio.gui.widgets.text import plain

SURE = ((0.85, "This is almost certainly right."), (0.5, "This is likely right."), (0.0, "This is a guess."))


class AnswerPane(QWidget):
    """Shows the answer to `step` of a draft and changes it."""

    changed = Signal()

    def __init__(self, draft: Draft, around: Surroundings) -> None:
        super().__init__()
        self._draft = draft
        self.step: Step = "kind"
        self.question = plain("", "section", wrap=True)
        self.reason = plain("", "quiet", wrap=True)
        self.strip = MessageStrip()
        self.tiles = TaskTiles(block_types()["kind"])
        self.tiles.chosen.connect(lambda kind: self._draft.set_kind("kind", kind))
        self.settings = BlockSettings(around)
        self.settings.changed.connect(lambda block: self._draft.set_block(self.step, block))
        self.settings.kind_asked.connect(lambda kind: self._draft.set_kind(self.step, kind))
        self._tiles_area = QScrollArea()
        self._tiles_area.setWidgetResizable(True)
        self._tiles_area.setWidget(self.tiles)
        self._tiles_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(px("gap_l"), 0, 0, 0)
        column.setSpacing(px("gap_s"))
        for part in (self.question, self.reason, self.strip):
            column.addWidget(part)
        column.addWidget(self._tiles_area, 1)
        column.addWidget(self.settings, 1)

    def show_step(self, step: Step) -> None:
        """Turn to a question."""
        self.step = step
        self.show_draft()

    def show_draft(self) -> None:
        """Bring everything up to date with the draft."""
        draft = self._draft
        if draft.recipe is None:
            return
        self.question.setText(QUESTIONS[self.step])
        reason = draft.reason(self.step)
        self.reason.setText(f"{reason.reason} {_sure_words(reason.sure)}" if reason else "")
        self.reason.setVisible(reason is not None)
        is_kind = self.step == "kind"
        self._tiles_area.setVisible(is_kind)
        self.settings.setVisible(not is_kind)
        block = draft.block(self.step)
        if is_kind:
            self.tiles.show_task(block)
        else:
            classes, skeleton = draft.vocabulary()
            look = ClassLook(classes, skeleton=skeleton)
            self.settings.show_block(block, draft.steps.get(self.step), draft.kinds(self.step), "", look)
        self._show_findings()

    def _show_findings(self) -> None:
        shown = [] if self.step == "kind" else set(self.settings.form.editors)
        found = [finding for finding in self._draft.findings(self.step) if finding.field not in shown]
        worst = next((finding for finding in found if finding.level == "error"), found[0] if found else None)
        self.strip.setVisible(worst is not None)
        if worst is not None:
            self.strip.say(worst.level, worst.message, worst.hint)


def _sure_words(sure: float) -> str:
    return next(words for least, words in SURE if sure >= least)
