"""The Blocks page: the pipeline as cards, the selected block's settings beside it, and what the step makes."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.actions import start_refusal
from studio.app.pipeline import without_transform
from studio.app.preview import Preview
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.blocks.block import Block
from studio.blocks.recipe import block_types
from studio.gui.blocks.flow import BlockFlow
from studio.gui.blocks.messages import StepMessages
from studio.gui.blocks.pictures import StepPictures
from studio.gui.blocks.settings import BlockSettings
from studio.gui.form_fields.editor import Surroundings
from studio.gui.style import px
from studio.gui.tasks.classification import ClassLook
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.ui import WindowUi
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.side_panel import Remembered, SidePanel
from studio.gui.widgets.text import plain_tip
from studio.jobs.messages import StepExplained

SENTENCE = "What the data is, where it comes from, and how it becomes batches that a model can learn from."
SHOWN_HERE = ("kind", "source", "labels", "split", "transforms", "batch")  # model and training: see the Train page


class BlocksPage(QWidget):
    """Draws `work.pipeline`, and asks for a batch whenever the recipe or the selection changes."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._actions, self._ui = work, actions, ui
        self._pipeline = work.pipeline
        self.preview = Preview(work.session)
        self.selected = 1  # the source
        self._wish: object = None
        self._make_parts()
        self._lay_out()
        self._listen()
        self._show_all()

    def visited(self) -> None:
        self._show_all()

    def choose(self, place: int) -> None:
        """Select the block at this place of Recipe.steps()."""
        self.selected = place
        self._show_all()
        self.flow.bring_into_view(place)

    @property
    def _blocks(self) -> list[Block]:
        recipe = self._pipeline.recipe
        return [block for block in recipe.steps() if block.step in SHOWN_HERE] if recipe else []

    @property
    def _step(self) -> StepExplained | None:
        return self._pipeline.steps[self.selected]

    @property
    def _look(self) -> ClassLook:
        return ClassLook.of(self._work.labeling.shown_classes())

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        blocks = self._blocks
        self._stack.setCurrentIndex(0 if blocks else 1)
        self._show_start()
        if not blocks:
            return
        self.selected = min(self.selected, len(blocks) - 1)
        block = blocks[self.selected]
        self.flow.show_unused(self._pipeline.unused_transforms())
        self.settings.show_block(block, self._step, block_types()[block.step], self._keeps(block), self._look)
        self._show_steps()

    def _show_steps(self) -> None:
        """What the check has told so far."""
        blocks, pipeline = self._blocks, self._pipeline
        if not blocks:
            return
        self.flow.show_blocks(blocks, pipeline.steps[: len(blocks)], self.selected, pipeline.is_checking)
        self.settings.show_step(self._step, self._look)
        left_out = pipeline.left_out if blocks[self.selected].step == "source" else ()
        self.messages.show_findings(self._step.findings if self._step else (), left_out)
        self.messages.show_failure(pipeline.failure or self.preview.failure)
        self._show_pictures()

    def _show_start(self) -> None:
        refusal = start_refusal(self._work)
        self._actions["train.start"].setToolTip(plain_tip(refusal))

    def _show_pictures(self) -> None:
        block, pictures = self._blocks[self.selected], self.pictures
        is_batch = block.step in ("transforms", "batch")
        if self._pipeline.failure is not None or self._is_wrong():
            self._drop_wish()
            pictures.say("Pictures")
            pictures.show_nothing("Nothing to show yet", "Mend what is marked in red, then the pictures come here.")
        elif is_batch:
            self._show_batch(block)
        else:
            self._drop_wish()
            self._show_samples(block)

    def _show_samples(self, block: Block) -> None:
        # The kind makes no rows of its own: it is shown by what the labels make of it.
        steps = self._pipeline.steps
        step = next((item for item in steps if item and item.step == "labels"), None) if block.step == "kind" else None
        step = step or self._step
        self.pictures.say("Some of the pictures" if step and step.samples else "Pictures")
        if step is None or not step.samples:
            words = "The pictures are being read." if self._pipeline.is_checking else "No pictures were found."
            self.pictures.show_nothing("No pictures yet", words)
        else:
            self.pictures.show_samples(step.samples, self._look)

    def _show_batch(self, block: Block) -> None:
        recipe, preview = self._pipeline.recipe, self.preview
        assert recipe is not None
        upto = None if block.step == "batch" else recipe.transforms.index(block) + 1  # type: ignore[arg-type]
        wish = (recipe.source, recipe.labels, recipe.split, recipe.transforms, recipe.batch, recipe.training.seed)
        whole_wish = (wish, upto, preview.part, preview.draw, tuple(self._pipeline.rows))
        if whole_wish != self._wish:
            self._wish = whole_wish
            preview.ask(recipe, upto)
        self.pictures.say(_batch_title(block, preview.part), _batch_note(block, preview))
        self.pictures.parts.show_part(preview.part)
        if preview.batch is not None:
            self.pictures.show_batch(preview.batch, self._look)
        elif preview.failure is not None:
            self.pictures.show_nothing("No batch to show", preview.failure.message, is_batch=True)
        else:
            self.pictures.show_nothing("Drawing the batch", "The pictures are read and changed.", is_batch=True)

    def _is_wrong(self) -> bool:
        """Whether an error stands in the way of pictures: at a step up to the selected one."""
        steps = self._pipeline.steps[: self.selected + 1]
        return any(finding.level == "error" for step in steps if step for finding in step.findings)
