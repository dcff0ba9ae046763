"""What the next run will be: its model, its training, and on how many pictures; or why it cannot begin."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.app.actions import start_refusal
from studio.app.workspace import Workspace
from studio.base.wording import count_words
from studio.blocks.block import Block
from studio.gui.form_fields.editor import Surroundings
from studio.gui.forms import Form
from studio.gui.style import px, set_property
from studio.gui.widgets.buttons import ActionButton, button
from studio.gui.widgets.text import plain
from studio.jobs.messages import FindingMade

SHOWN = ("model", "training")


class TrainSettings(QScrollArea):
    """Emits `changed(place, block)`, the place counting in Recipe.steps(), and `blocks_asked()`."""

    changed = Signal(int, object)
    blocks_asked = Signal()

    def __init__(self, work: Workspace, find_rate: QAction) -> None:
        """find_rate: what the button beside the training's settings does."""
        super().__init__()
        self._work = work
        self._places: dict[str, int] = {}
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Settings of the next run")
        around = Surroundings(folder=self._folder, runs=work.runs.with_model)
        self.forms = {step: Form(around) for step in SHOWN}
        for step, form in self.forms.items():
            form.changed.connect(lambda block, step=step: self.changed.emit(self._places[step], block))
        self.data = plain("", wrap=True)
        self.refusal = plain("", wrap=True)
        self.to_blocks = button("Go to Blocks", "link", dense=True)
        self.to_blocks.clicked.connect(self.blocks_asked)
        self.find_rate = ActionButton(find_rate)
        self.find_rate.setProperty("dense", True)
        self._lay_out()

    def show_recipe(self) -> None:
        """Show the project's recipe as it is now."""
        recipe = self._work.pipeline.recipe
        steps: list[Block] = recipe.steps() if recipe else []
        self._places = {block.step: place for place, block in enumerate(steps) if block.step in SHOWN}
        for step, form in self.forms.items():
            form.setVisible(step in self._places)
            if step in self._places:
                form.show_block(steps[self._places[step]])

    def show_check(self) -> None:
        """Show what the last check found: how many pictures there are, and what stands in the way."""
        pipeline = self._work.pipeline
        for step, form in self.forms.items():
            form.show_findings(self._findings_of(step))
        self.data.setText(data_words(self._work))
        self.show_refusal()
        waits = pipeline.recipe is None or pipeline.is_checking
        set_property(self.refusal, "tone", "" if waits else "wrong")

    def show_refusal(self) -> None:
        """Say why a run cannot begin now, if it cannot; that one is being trained is said elsewhere."""
        words = "" if self._work.runs.is_training else start_refusal(self._work)
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        self.to_blocks.setVisible(bool(words) and not self._work.pipeline.is_checking)

    def _findings_of(self, step: str) -> tuple[FindingMade, ...]:
        steps, place = self._work.pipeline.steps, self._places.get(step, -1)
        explained = steps[place] if 0 <= place < len(steps) else None
        return explained.findings if explained else ()

    def _folder(self) -> Path | None:
        project = self._work.session.project
        return project.folder if project else None

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(px("gap_l"), px("gap_l"), px("gap_l"), px("gap_l"))
        column.setSpacing(px("gap_s"))
        column.addWidget(plain("The next run", "section"))
        column.addWidget(self.data)
        column.addWidget(self.refusal)
        column.addWidget(self.to_blocks, 0, Qt.AlignmentFlag.AlignLeft)
        for step, title in zip(SHOWN, ("Model", "Training"), strict=True):
            column.addSpacing(px("gap_s"))
            head = QHBoxLayout()
            head.addWidget(plain(title, "section"), 1)
            if step == "training":
                head.addWidget(self.find_rate)
            column.addLayout(head)
            column.addWidget(self.forms[step])
        column.addStretch(1)
        self.setWidget(inside)


def data_words(work: Workspace) -> str:
    """What will be trained on, in words: "816 pictures to train on, 204 to check on, in 4 classes"."""
    pipeline = work.pipeline
    rows = pipeline.rows
    labeled = [part for part, target in zip(rows.parts, rows.targets, strict=True) if target is not None]
    train, valid = labeled.count("train"), labeled.count("valid")
    if not pipeline.rows or pipeline.recipe is None:
        return ""
    words = f"{count_words(train, 'picture')} to train on, {valid} to check on"
    words += f", in {count_words(len(pipeline.classes), 'class')}." if pipeline.classes else "."
    unlabeled = len(pipeline.rows) - len(labeled)
    return words + (f" {count_words(unlabeled, 'picture')} without a label stay out." if unlabeled else "")
