"""What the selected step makes of the data: messages, and samples of its rows or a batch as the model will see it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.pipeline import Pipeline
from studio.app.preview import TIMES, Batch, Preview
from studio.base.targets import has_places
from studio.blocks.block import Block
from studio.blocks.transforms.channels import Channels
from studio.gui.blocks.messages import StepMessages
from studio.gui.blocks.pictures import StepPictures
from studio.gui.looks import ClassLook
from studio.gui.thumbnails import ThumbnailLoader
from studio.gui.widgets.progress import JobProgress
from studio.jobs.messages import SampleShown

CHECKED_PARTS = {"train": "Training", "valid": "Validation"}
GATHER_MS = 30  # one edit tells several times that something changed: a batch is asked for once


class StepOutcome(QWidget):
    """Shows a step of `pipeline`; asks for a batch only while it can be seen. Emits `opened(path of a picture)`."""

    opened = Signal(str)

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__()
        self._pipeline = pipeline
        self._block: Block | None = None
        self._place = 0
        self._look = ClassLook(())
        self._checks = 0
        self._wish: object = None
        self.preview = Preview(pipeline.session)
        self.preview.changed.subscribe(self._hear_preview)
        self.drawn = Preview(pipeline.session)  # the samples of a step whose labels have places in the picture
        self.drawn.changed.subscribe(lambda what: self._show() if what == "came" else None)
        self._drawn_wish: object = None
        self.messages = StepMessages()
        self.messages.again_asked.connect(self._try_again)
        self.pictures = StepPictures(ThumbnailLoader(pipeline.session))
        self.pictures.opened.connect(self._open)
        self.pictures.back_asked.connect(lambda: self._show_many_times(""))
        self.pictures.draw_asked.connect(self._another_draw)
        self.pictures.part_asked.connect(self._take_part)
        self.pictures.row_opened.connect(lambda image: self.opened.emit(f"{self._pipeline.root}/{image}"))
        self.pictures.view_asked.connect(self._show)
        self.progress = JobProgress()
        self.progress.cancel_asked.connect(self.preview.cancel)
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.pictures.head.addWidget(self.progress)
        column.addWidget(self.messages)
        column.addWidget(self.pictures, 1)

    def show_step(self, block: Block, place: int, look: ClassLook, field_names: set[str]) -> None:
        """Show what this block at this place of Recipe.steps() makes; findings about fields stand at the fields."""
        if self._block is not None and type(block) is not type(self._block):
            self.preview.failure = None
        self._block, self._place, self._look = block, place, look
        if not _is_batch(block):
            self.preview.image = ""
        step = self._pipeline.steps[place]
        findings = [finding for finding in (step.findings if step else ()) if finding.field not in field_names]
        left_out = self._pipeline.left_out if block.step == "source" else ()
        self.messages.show_findings(findings, left_out, self._pipeline.root)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._want_batch()

    def data_changed(self) -> None:
        """A check began: what is on the disk or labeled may be different, so a batch is drawn anew."""
        self._checks += 1
        self._want_batch()

    def _show(self) -> None:
        block = self._block
        if block is None:
            return
        self.messages.show_failure(self._pipeline.failure or (self.preview.failure if _is_batch(block) else None))
        if self._pipeline.failure is not None or self._is_wrong():
            self.pictures.say("Pictures")
            self.pictures.show_nothing("Nothing to show yet", "Mend what is marked in red, then they come.")
        elif _is_batch(block):
            self._show_batch(block)
            self._want_batch()
        else:
            self._show_samples(block)

    def _show_samples(self, block: Block) -> None:
        self.preview.cancel()
        self._wish = None
        if self.pictures.is_table and self._pipeline.rows:
            self.pictures.say("The rows of the data")
            self.pictures.show_rows(self._pipeline.rows, self._pipeline.classes)
            return
        steps = self._pipeline.steps
        # The kind makes no rows of its own: it is shown by what the labels make of it.
        labels = next((step for step in steps if step and step.step == "labels"), None)
        step = labels if block.step == "kind" else steps[self._place]
        samples = step.samples if step else ()
        self.pictures.say("Some of the pictures" if samples else "Pictures")
        if samples:
            is_labeled = block.step != "source"
            self.pictures.show_samples(samples, self._look, is_labeled, self._drawn(samples) if is_labeled else None)
        elif self._pipeline.is_checking:
            self.pictures.show_nothing("Reading the pictures", "They appear here when the folder has been read.")
        else:
            self.pictures.show_nothing("No pictures", "Check the blocks again, or choose another folder.")

    def _drawn(self, samples: Sequence[SampleShown]) -> Batch | None:
        """The samples with their labels drawn on them, once they have come; None for labels that are only words."""
        recipe = self._pipeline.recipe
        if recipe is None or not self.isVisible() or not any(has_places(sample.target) for sample in samples):
            return None
        wish = (self._checks, recipe.source, recipe.labels, tuple(samples))
        if wish != self._drawn_wish and not self._pipeline.is_checking:
            self._drawn_wish, self.drawn.batch = wish, None
            self.drawn.ask_for(recipe, tuple(sample.image for sample in samples))
        batch = self.drawn.batch
        return batch if batch is not None and batch.paths == tuple(sample.path for sample in samples) else None

    def _show_batch(self, block: Block) -> None:
        preview = self.preview
        self.pictures.say(_title(block, preview), _note(block, preview))
        self.pictures.parts.show_value(preview.part)
        if preview.batch is not None:
            self.pictures.show_batch(preview.batch, self._look)
            self.pictures.parts.setVisible(not preview.image)
            self.pictures.back.setVisible(bool(preview.image))
        elif preview.failure is not None:
            self.pictures.show_nothing("No batch to show", "The message above says why.", is_batch=True)
        elif self._wish is not None and not preview.is_busy:
            self.pictures.show_nothing("No batch was drawn", "Ask for another draw to see one.", is_batch=True)
        else:
            self.pictures.show_nothing("Drawing the batch", "A moment: the pictures are read.", is_batch=True)

    def _is_wrong(self) -> bool:
        """Whether something stands in the way of pictures: an error at the selected step or before it."""
        before = self._pipeline.steps[: self._place + 1]
        return any(finding.level == "error" for step in before if step for finding in step.findings)

    # --- the batch --------------------------------------------------------------------------------------------------

    def _want_batch(self) -> None:
        if self._block is not None and _is_batch(self._block):
            self._gather.start()

    def _ask(self) -> None:
        recipe, block, preview = self._pipeline.recipe, self._block, self.preview
        if recipe is None or block is None or not _is_batch(block) or not self.isVisible() or self._is_wrong():
            return
        if self._pipeline.is_checking and not self._pipeline.rows:
            return  # the first look at the pictures is not taken by two children at once
        upto = None if block.step == "batch" else _count_upto(block, recipe.transforms)
        data = (recipe.source, recipe.labels, recipe.split, recipe.transforms, recipe.batch, recipe.training.seed)
        wish = (self._checks, data, upto, preview.part, preview.draw, preview.image)
        if wish != self._wish:
            preview.ask(recipe, upto)
            self._wish = wish

    def _another_draw(self) -> None:
        self.preview.draw += 1
        self._want_batch()

    def _take_part(self, part: str) -> None:
        self.preview.part = "valid" if part == "valid" else "train"
        self._want_batch()

    def _open(self, path: str) -> None:
        """A picture of a batch is shown many times under the transforms; a sample is opened to be labeled."""
        if self._block is not None and _is_batch(self._block) and self.preview.part == "train":
            if not self.preview.image:
                self._show_many_times(relative_to(path, self._pipeline.root))
        else:
            self.opened.emit(path)

    def _show_many_times(self, image: str) -> None:
        self.preview.image, self.preview.draw = image, 0
        self._want_batch()

    def _try_again(self) -> None:
        self._wish = None
        self.preview.failure = None
        self._pipeline.check()
        self._want_batch()

    def _hear_preview(self, what: str) -> None:
        progress = self.preview.progress
        if what == "asked":
            self.progress.start("Drawing the pictures")
        elif what == "progress" and progress is not None:
            self.progress.set_done(progress.done, progress.total)
        elif what == "ended":
            self.progress.finish()
        if what != "progress":
            self._show()


def _is_batch(block: Block) -> bool:
    return block.step in ("transforms", "batch")


def _count_upto(block: Block, transforms: tuple[Block, ...]) -> int:
    """How many transforms are applied up to this one."""
    return 1 + next((place for place, item in enumerate(transforms) if type(item) is type(block)), len(transforms) - 1)


def _title(block: Block, preview: Preview) -> str:
    part = preview.part
    if preview.image:
        return f"{preview.image.rpartition('/')[2]}, {TIMES} times"
    if block.step == "batch":
        return f"{CHECKED_PARTS[part]} batch, as the model sees it"
    return f"{CHECKED_PARTS[part]} pictures after '{block.title}'"


def _note(block: Block, preview: Preview) -> str:
    notes = []
    if preview.image:
        notes.append("The same picture as it comes in one epoch after another.")
    elif preview.part == "train":
        notes.append("Double-click a picture to see what else may become of it.")
    if preview.part == "valid":
        notes.append("Pictures to check on are only resized: nothing is left to chance.")
    if block.step == "batch" or block.title == "Normalise":
        notes.append("Shown in the colours before they are normalised.")
    if isinstance(block, Channels) and block.read_as == "stored":
        notes.append("Stretched for the screen, three channels at most: the settings (Ctrl+,) say which.")
    batch = preview.batch
    if batch is not None and not preview.image and block.step == "batch" and len(batch.paths) < batch.whole:
        notes.append(f"{len(batch.paths)} of the {batch.whole} pictures of a batch.")
    return " ".join(notes)


def relative_to(path: str, root: str) -> str:
    """A picture's path below the folder of the source, with forward slashes."""
    try:
        return Path(path).relative_to(root).as_posix()
    except ValueError:
        return path
