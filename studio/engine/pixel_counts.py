"""How well each class is found, from how often its pixels were taken for each other class."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torchmetrics import Metric

from studio.imaging.class_places import UNDECIDED


@dataclass(frozen=True)
class ClassOverlap:
    """IoU: overlap divided by union. Dice: overlap divided by the mean of both. NaN where the class is neither there
    nor answered, and for the class that is left out. pixels: how many there are."""

    iou: float = float("nan")
    dice: float = float("nan")
    pixels: int = 0


class PixelCounts(Metric):
    """Exact sums, so that batches and processes can be put together in any way.

    counts: (classes, classes) int64, rows are the right classes, columns the answers; undecided pixels are in none.
    void: the place of the class that is left out of the score. pictures: those of batches with anything to score;
    batch_shares: of each of them the share of right pixels in its batch.
    """

    counts: Tensor
    pictures: Tensor
    batch_shares: Tensor

    def __init__(self, classes: int, void: int | None = None) -> None:
        super().__init__()
        self.classes, self.void = classes, void
        self.add_state("counts", torch.zeros(classes, classes, dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("pictures", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("batch_shares", torch.tensor(0.0), dist_reduce_fx="sum")

    def update(self, chosen: Tensor, targets: Tensor) -> None:
        """Count a batch: class places, (N, H, W) both."""
        cells = targets.long() * self.classes + chosen
        batch = torch.bincount(cells[targets != UNDECIDED], minlength=self.classes**2).view_as(self.counts)
        self.counts += batch
        scored = _without(batch, self.void)
        total = scored.sum()
        self.pictures += len(targets) * (total > 0)
        self.batch_shares += len(targets) * scored.trace() / total.clamp(min=1)

    def compute(self) -> dict[str, float]:
        """The metrics that the Segmentation block declares; NaN where nothing can be scored.

        batch_pixel_accuracy: the mean over the batches, each weighted with its pictures. Source: the lecture's
        `acc_camvid`; of a batch without anything to score it has no number, and here it is left out.
        """
        scored, by_class = _without(self.counts, self.void), self.by_class()
        return {
            "pixel_accuracy": _share(int(scored.trace()), int(scored.sum())),
            "mean_iou": _mean([overlap.iou for overlap in by_class]),
            "mean_dice": _mean([overlap.dice for overlap in by_class]),
            "batch_pixel_accuracy": _share(float(self.batch_shares), int(self.pictures)),
        }

    def by_class(self) -> list[ClassOverlap]:
        """By the classes' places; pixels of the void class count for none."""
        scored = _without(self.counts, self.void).cpu()
        found = []
        for place in range(self.classes):
            if place == self.void:
                found.append(ClassOverlap(pixels=int(self.counts[place].sum())))
                continue
            right, there, answered = int(scored[place, place]), int(scored[place].sum()), int(scored[:, place].sum())
            iou, dice = _share(right, there + answered - right), _share(2 * right, there + answered)
            found.append(ClassOverlap(iou, dice, there))
        return found


def _without(counts: Tensor, place: int | None) -> Tensor:
    """The counts with one right class left out."""
    if place is None:
        return counts
    kept = counts.clone()
    kept[place] = 0
    return kept


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _mean(values: Sequence[float]) -> float:
    """Of those that are numbers."""
    known = [value for value in values if value == value]
    return _share(sum(known), len(known))
