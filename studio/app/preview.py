"""A batch of the recipe as the model will see it, drawn by a child; only the newest wish is answered."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.app.session import Session, Ticket
from studio.base.listeners import Listeners
from studio.base.targets import Target
from studio.blocks.recipe import Recipe
from studio.jobs.frames import drop_frame, take_frame
from studio.jobs.messages import Event, Failed, Finished, FrameWritten, PreviewBatch, Progressed, Stopped

CHILD = "preview"
MOST_PICTURES = 64
TIMES = 8  # one picture under the transforms, to see what they do
MOST_BYTES = 32 * 2**20  # of shared memory a batch; large pictures are shown in smaller number


@dataclass(frozen=True)
class Batch:
    """Pictures as the model sees them (N, H, W, 3), each with its target and its path; `whole` is the batch's size.

    masks_nhw: uint8, the class of each pixel by its place in the table's classes, 255 where nothing is said.
    """

    pixels: NDArray[np.uint8]
    targets: tuple[Target | None, ...]
    paths: tuple[str, ...]
    whole: int
    masks_nhw: NDArray[np.uint8] | None = None


def batch_of(event: FrameWritten, whole: int) -> Batch:
    """The batch in a message; its files are taken."""
    masks = take_frame(event.masks, event.shape[:3]) if event.masks else None
    return Batch(take_frame(event.frame, event.shape), event.targets, event.paths, whole, masks)


def drop_batch(event: FrameWritten) -> None:
    """Nobody wants the batch: its files go."""
    drop_frame(event.frame)
    if event.masks:
        drop_frame(event.masks)


class Preview:
    """`batch` is the last one that came; it stays until the next comes or nothing is wanted any more."""

    def __init__(self, session: Session) -> None:
        self.changed: Listeners[str] = Listeners()  # tells "asked", "progress", "came", "failed", "ended"
        self.part: Literal["train", "valid"] = "train"
        self.draw = 0
        self.image = ""  # one picture, many times over, instead of a batch
        self.batch: Batch | None = None
        self.failure: Failed | None = None
        self.progress: Progressed | None = None
        self._session = session
        self._ticket: Ticket | None = None
        self._asked = 0
        session.project_changed.subscribe(lambda project: self.forget())

    @property
    def is_busy(self) -> bool:
        return self._ticket is not None

    def ask(self, recipe: Recipe, upto: int | None) -> None:
        """Draw a batch with the first `upto` transforms (None: all); what was asked before is given up."""
        self.cancel()
        project = self._session.project
        shown = recipe.model_copy(update={"batch": recipe.batch.model_copy(update={"size": shown_count(recipe)})})
        request = PreviewBatch(
            recipe=shown,
            project=str(project.folder) if project else None,
            part=self.part,
            draw=self.draw * (TIMES if self.image else 1),
            upto=upto,
            images=(self.image,) if self.image else (),
            times=TIMES if self.image else 1,
        )
        self._send(request, TIMES if self.image else recipe.batch.size)

    def ask_for(self, recipe: Recipe, images: tuple[str, ...]) -> None:
        """Draw these pictures with their labels, without chance; what was asked before is given up."""
        self.cancel()
        project = self._session.project
        request = PreviewBatch(
            recipe=recipe, project=str(project.folder) if project else None, part="valid", images=images
        )
        self._send(request, len(images))

    def cancel(self) -> None:
        """Nobody waits any more; the batch that is there stays."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
            self.changed.tell("ended")

    def forget(self) -> None:
        """Nothing is wanted and nothing is shown."""
        self.cancel()
        self.batch, self.failure = None, None
        self.draw, self.image = 0, ""

    def _send(self, request: PreviewBatch, whole: int) -> None:
        self._asked += 1
        number = self._asked
        self._ticket = self._session.ask(CHILD, request, lambda event: self._hear(event, number, whole))
        self.failure, self.progress = None, None
        self.changed.tell("asked")

    def _hear(self, event: Event, number: int, whole: int) -> None:
        is_wanted = number == self._asked and self._ticket is not None
        if isinstance(event, FrameWritten):
            if not is_wanted:
                drop_batch(event)
                return
            self.batch = batch_of(event, whole)
            self.changed.tell("came")
        elif is_wanted and isinstance(event, Progressed):
            self.progress = event
            self.changed.tell("progress")
        elif is_wanted and isinstance(event, Finished | Stopped | Failed):
            self._ticket = None
            if isinstance(event, Failed):
                self.failure, self.batch = event, None
                self.changed.tell("failed")
            self.changed.tell("ended")


def shown_count(recipe: Recipe) -> int:
    """How many pictures of a batch are drawn to be looked at."""
    width_px, height_px = next(item.size_wh for item in recipe.transforms if item.kind == "resize")
    room = MOST_BYTES // (3 * width_px * height_px)
    return max(2, min(recipe.batch.size, MOST_PICTURES, room))
