"""A class for each pixel."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from studio.base.errors import UserError
from studio.blocks.tasks.segmentation import Segmentation
from studio.engine.augment import Placed
from studio.engine.evidence import Evidence
from studio.engine.pixel_counts import PixelCounts
from studio.engine.reports import disagreements
from studio.engine.reports.pixels import PixelNote, pixel_note, pixel_parts
from studio.engine.rows import RunRows
from studio.engine.task import EngineTask, TaskMetrics
from studio.imaging.class_places import UNDECIDED
from studio.jobs.messages import Event
from studio.runs.report import AnyPart
from studio.runtime.answer import Answer
from studio.runtime.card import HeadCard, ModelCard, UnetSettings
from studio.runtime.tasks.segmentation import answer_of
from studio.runtime.view import View


class SegmentationTask(EngineTask):
    """outputs: (N, classes, H, W) scores, not yet probabilities. targets: (N, H, W) class places, uint8, UNDECIDED
    where nothing is known. kept: the answer of each pixel, (N, H, W) uint8, UNDECIDED where there are no numbers."""

    answers_are_small: ClassVar[bool] = False

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        if len(rows.classes) < 2:
            found = f"only {rows.classes[0]!r}" if rows.classes else "none"
            raise UserError(f"At least two classes are needed; there is {found}.", "Look at the Labels block.")
        if len(rows.classes) > UNDECIDED:
            raise UserError(
                f"There are {len(rows.classes)} classes; masks tell at most {UNDECIDED} apart.",
                "Put classes together in the Labels block.",
            )

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        """Which classes are in a mask is not known before it is read."""

    @property
    def head(self) -> HeadCard:
        assert isinstance(self.block, Segmentation)
        block = self.block
        unet = UnetSettings(
            blur=block.blur != "none",
            blur_final=block.blur != "inner",
            self_attention=block.self_attention,
            last_cross=block.last_cross != "none",
            bottle=block.last_cross == "narrow",
        )
        return HeadCard(kind="unet", outputs=len(self.rows.classes), unet=unet)

    @property
    def void(self) -> int | None:
        """The place of the class that is left out of the score. Raises UserError when there is no such class."""
        assert isinstance(self.block, Segmentation)
        name = self.block.void
        if not name:
            return None
        if name not in self.rows.classes:
            raise UserError(
                f"The class {name!r}, which is to be left out of the score, is not among the classes: "
                f"{', '.join(self.rows.classes)}.",
                "Choose one of them in the task's settings, or none.",
            )
        return self.rows.classes.index(name)

    @property
    def unlearned(self) -> int | None:
        """The place of the class that teaches nothing and is never an answer."""
        assert isinstance(self.block, Segmentation)
        return None if self.block.learns_void else self.void

    def facts(self) -> dict[str, object]:
        return {"unlearned": () if self.unlearned is None else (self.rows.classes[self.unlearned],)}

    def collate(self, placed: Sequence[Placed]) -> NDArray[np.uint8]:
        nothing = np.full(self.preprocess.size_wh[::-1], UNDECIDED, dtype=np.uint8)
        return np.stack([nothing if one.mask_hw is None else one.mask_hw for one in placed])

    def mixable(self, targets: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise UserError(
            "Pictures cannot be mixed where each pixel has a class.", "Remove mixup and CutMix from the transforms."
        )

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean cross entropy of the decided pixels; 0 where there are none."""
        counted = self._counted(targets)
        total = functional.cross_entropy(outputs, counted, ignore_index=UNDECIDED, reduction="sum")
        return total / (counted != UNDECIDED).sum().clamp(min=1)

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        counted = self._counted(targets)
        pixels = functional.cross_entropy(outputs, counted, ignore_index=UNDECIDED, reduction="none")  # (N, H, W)
        return pixels.sum((1, 2)) / (counted != UNDECIDED).sum((1, 2)).clamp(min=1)

    def weights(self, targets: Tensor, losses: Tensor) -> Tensor:
        return (self._counted(targets) != UNDECIDED).sum((1, 2)).to(losses.dtype)

    def metrics(self) -> "SegmentationMetrics":
        return SegmentationMetrics(len(self.rows.classes), self.void, self.unlearned)

    def kept(self, outputs: Tensor) -> NDArray[Any]:
        chosen = best_places(outputs, self.unlearned).to(torch.uint8)
        is_number = outputs.isfinite().flatten(start_dim=1).all(1)
        return np.asarray(chosen.masked_fill(~is_number[:, None, None], UNDECIDED).cpu().numpy())

    def answers(self, kept: NDArray[Any], card: ModelCard, views: Sequence[View]) -> list[Answer]:
        """In the originals' frame, as fine as the model sees it and no finer."""
        return [answer_of(places_hw, card, view.no_finer()) for places_hw, view in zip(kept, views, strict=True)]

    def noted(self, kept: NDArray[Any], targets: Tensor) -> Sequence[PixelNote]:
        """Counts of pixels, a few hundred bytes a picture."""
        classes, right = len(self.rows.classes), targets.cpu().numpy()
        return [pixel_note(said, there, classes, self.void) for said, there in zip(kept, right, strict=True)]

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        images, names = evidence.images, card.classes
        notes: list[PixelNote] = [one.noted for one in evidence.seen]
        return [
            *pixel_parts(images, notes, names, self.void),
            disagreements.of_masks(images, [note.matrix(len(names)) for note in notes], names),
        ]

    def _counted(self, targets: Tensor) -> Tensor:
        places = targets.long()
        return places if self.unlearned is None else places.masked_fill(places == self.unlearned, UNDECIDED)


class SegmentationMetrics(TaskMetrics):
    def __init__(self, classes: int, void: int | None, unlearned: int | None) -> None:
        super().__init__()
        self.counts = PixelCounts(classes, void)
        self.unlearned = unlearned

    def update(self, outputs: Tensor, targets: Tensor) -> None:
        self.counts.update(best_places(outputs, self.unlearned), targets)

    def compute(self) -> dict[str, float]:
        return self.counts.compute()


def best_places(outputs: Tensor, unlearned: int | None) -> Tensor:
    """The class of each pixel, (N, H, W) int64, of (N, classes, H, W) scores."""
    if unlearned is not None:
        outputs = outputs.clone()
        outputs[:, unlearned] = -torch.inf
    return outputs.argmax(1)
