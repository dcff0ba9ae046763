"""The Blocks page: the pipeline as cards, the selected block's settings beside it, and what the step makes."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.app.actions import start_refusal
from studio.app.pipeline import fitting_kinds, without_transform
from studio.app.workspace import Workspace
from studio.base.errors import UserError
from studio.blocks.block import Block
from studio.blocks.transforms.presets import preset_of
from studio.gui.blocks.flow import BlockFlow
from studio.gui.blocks.health.panel import HealthPanel
from studio.gui.blocks.outcome import StepOutcome, relative_to
from studio.gui.blocks.settings import BlockSettings
from studio.gui.form_fields.editor import Surroundings
from studio.gui.looks import ClassLook
from studio.gui.style import px
from studio.gui.ui import WindowUi
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.header import PageHeader
from studio.gui.widgets.progress import JobProgress
from studio.gui.widgets.side_panel import Remembered, SidePanel

SENTENCE = "What the data is, where it comes from, and how it becomes batches that a model can learn from."
SHOWN_HERE = ("kind", "source", "labels", "split", "transforms", "batch")  # model and training: see the Train page
SOURCE = 1  # its place in Recipe.steps(): what somebody looks at first


class BlocksPage(QWidget):
    """Draws `work.pipeline`; every edit goes there at once and is checked again."""

    def __init__(self, work: Workspace, actions: Mapping[str, QAction], ui: WindowUi) -> None:
        super().__init__()
        self._work, self._actions, self._ui = work, actions, ui
        self._pipeline = work.pipeline
        self.selected = SOURCE
        self.flow = BlockFlow()
        self.settings = BlockSettings(
            Surroundings(
                self._label_sets,
                self._project_folder,
                self._pipeline.columns,
                self._pipeline.some_pictures,
                self._pipeline.check,
                work.runs.with_model,
            )
        )
        self.outcome = StepOutcome(work.pipeline)
        self.health = HealthPanel(work, actions["blocks.health"], self._look)
        self.progress = JobProgress()
        self._lay_out()
        self._listen()
        if self._pipeline.is_checking:
            self.progress.start("Checking the blocks")
        self._show()

    def visited(self) -> None:
        self._show()

    def choose(self, place: int) -> None:
        """Select the block at this place of Recipe.steps()."""
        self.selected = place
        self._show()
        self.flow.bring_into_view(place)

    def show_health(self) -> None:
        """Put what the checks of the data found in the place of what the step makes."""
        self._right.setCurrentWidget(self.health)
        self.health.take_focus()

    @property
    def blocks(self) -> list[Block]:
        """The blocks that have a card."""
        recipe = self._pipeline.recipe
        return [block for block in recipe.steps() if block.step in SHOWN_HERE] if recipe else []

    def _lay_out(self) -> None:
        header = PageHeader("Blocks", SENTENCE)
        header.set_sentence_hidden(bool(self._ui.remember("blocks.sentence_hidden", False)))
        header.sentence_hidden.connect(lambda hidden: self._ui.keep("blocks.sentence_hidden", hidden))
        header.add_secondary(self._actions["blocks.check"], "refresh")
        header.add_secondary(self._actions["blocks.health"], "search")
        header.add_rare(self._actions["blocks.open_recipe"])
        header.add_rare(self._actions["blocks.save_recipe"])
        header.add_rare(self._actions["blocks.copy_json"])
        header.add_rare(self._actions["blocks.copy_python"])
        header.set_primary(self._actions["train.start"], "play")
        left = self._panel("blocks.flow_px")
        left.column.addWidget(self.flow, 1)
        below = QVBoxLayout()
        below.setContentsMargins(px("gap_l"), 0, px("gap_l"), px("gap_s"))
        below.addWidget(self.progress)
        left.column.addLayout(below)
        beside = self._panel("blocks.settings_px")
        beside.column.addWidget(self.settings, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(beside)
        self._right = QStackedWidget()
        self._right.addWidget(self.outcome)
        self._right.addWidget(self.health)
        row.addWidget(self._right, 1)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addLayout(row, 1)
        words = "Choose a folder of pictures: each step from there to a trained model becomes a card here."
        self.empty = EmptyState("no_project", "No project is open", words, self._actions["project.new"], "plus")
        self._stack = QStackedWidget()
        self._stack.addWidget(full)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _panel(self, key: str) -> SidePanel:
        remember = Remembered(lambda: self._ui.remember(key, None), lambda width_px: self._ui.keep(key, width_px))
        panel = SidePanel("left", remember)
        panel.column.setContentsMargins(0, 0, 0, 0)
        return panel

    def _listen(self) -> None:
        self.flow.chosen.connect(self._choose_card)
        self.flow.add_asked.connect(lambda kind: self._add(kind))
        self.flow.preset_asked.connect(lambda preset: self._edit(lambda: self._pipeline.set_preset(preset)))
        self.settings.changed.connect(lambda block: self._edit(lambda: self._pipeline.set_block(self.selected, block)))
        self.settings.kind_asked.connect(lambda kind: self._edit(lambda: self._pipeline.set_kind(self.selected, kind)))
        self.settings.remove_asked.connect(self._remove)
        self.outcome.opened.connect(self._open_on_label_page)
        self.health.opened.connect(self._open_on_label_page)
        self.health.block_asked.connect(self._choose_field)
        self.health.back_asked.connect(self._leave_health)
        self.progress.cancel_asked.connect(self._pipeline.stop_check)
        self._pipeline.changed.subscribe(self._hear)
        self._work.labeling.changed.subscribe(lambda what: self._show_steps() if what == "classes" else None)
        self._work.runs.changed.subscribe(lambda what: self._show_start())

    def _hear(self, what: str) -> None:
        pipeline = self._pipeline
        if what == "recipe":
            self._show()
        elif what == "checking" and pipeline.progress is None:
            self.progress.start("Checking the blocks")
            self.outcome.data_changed()
        elif what == "checking" and pipeline.progress is not None:
            self.progress.set_done(pipeline.progress.done, pipeline.progress.total)
        else:
            if what == "checked":
                self.progress.finish()
            self._show_steps()

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        blocks = self.blocks
        self._stack.setCurrentIndex(0 if blocks else 1)
        if not blocks:
            return
        self.selected = min(self.selected, len(blocks) - 1)
        block = blocks[self.selected]
        used = preset_of(self._pipeline.recipe.transforms) if self._pipeline.recipe else None
        self.flow.show_unused(self._pipeline.unused_transforms(), used)
        recipe = self._pipeline.recipe
        kinds = fitting_kinds(recipe, block.step) if recipe and block.step != "transforms" else ()
        self.settings.show_block(block, self._pipeline.steps[self.selected], kinds, self._keeps(block), self._look())
        self._show_steps()

    def _show_steps(self) -> None:
        """What the check has told so far."""
        blocks, pipeline = self.blocks, self._pipeline
        if not blocks:
            return
        look, step = self._look(), pipeline.steps[self.selected]
        self.flow.show_blocks(blocks, pipeline.steps[: len(blocks)], self.selected, pipeline.is_checking)
        self.settings.show_step(step, look)
        self.outcome.show_step(blocks[self.selected], self.selected, look, set(self.settings.form.editors))
        self._show_start()

    def _show_start(self) -> None:
        self._actions["train.start"].setToolTip(start_refusal(self._work))

    def _look(self) -> ClassLook:
        pipeline, labeling = self._pipeline, self._work.labeling
        if labeling.is_by_class:
            return ClassLook.of(labeling.shown_classes())
        return ClassLook(pipeline.classes, skeleton=pipeline.skeleton)

    def _keeps(self, block: Block) -> str:
        """Why a transform cannot be removed; "" where it can, and for every other block."""
        recipe = self._pipeline.recipe
        if recipe is not None and block.step == "transforms":
            try:
                without_transform(recipe, block)
            except UserError as error:
                return error.message
        return ""

    def _label_sets(self) -> list[str]:
        project = self._work.session.project
        return [item.name for item in project.label_sets()] if project else []

    def _project_folder(self) -> Path | None:
        project = self._work.session.project
        return project.folder if project else None

    # --- what the user wants ----------------------------------------------------------------------------------------

    def _choose_card(self, place: int) -> None:
        """Somebody wants to see what a block makes."""
        self._right.setCurrentWidget(self.outcome)
        self.choose(place)

    def _leave_health(self) -> None:
        self._right.setCurrentWidget(self.outcome)
        self.flow.cards[self.selected].setFocus()

    def _choose_field(self, step: str, field: str) -> None:
        """Select the block of a step, of several the one with that field, and go to the field."""
        places = [place for place, block in enumerate(self.blocks) if block.step == step]
        if places:
            fitting = [place for place in places if field in type(self.blocks[place]).model_fields]
            self.choose((fitting or places)[0])
            self.settings.bring_into_view(field)

    def _edit(self, change: Callable[[], None]) -> None:
        if not self._ui.attempt(change):
            self.settings.form.show_block(self.blocks[self.selected])  # as it was before

    def _add(self, kind: type[Block]) -> None:
        if self._ui.attempt(lambda: self._pipeline.add_transform(kind())):
            self.choose(next(place for place, block in enumerate(self.blocks) if isinstance(block, kind)))

    def _remove(self) -> None:
        self._ui.attempt(lambda: self._pipeline.remove_transform(self.selected))

    def _open_on_label_page(self, path: str) -> None:
        if self._work.labeling.go_to(relative_to(path, self._pipeline.root)):
            self._ui.go_to("label")
        elif not self._work.labeling.is_by_class:
            self._ui.say("The labels of this project are read from files; they can be changed there.")
        else:
            self._ui.say("This picture is not in the work list yet: check the blocks again.")
