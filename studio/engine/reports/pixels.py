"""How the pixels of each picture were taken, as counts: what the report of masks is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.imaging.class_places import UNDECIDED
from studio.runs.confusion import SCORES, confused_part, matrix_part, score
from studio.runs.report import CellPictures, Column, Matrix, Table

SHOWN_PICTURES = 24  # of each cell of the matrix
SHOWN_CELLS = 200


@dataclass(frozen=True, slots=True)
class PixelNote:
    """Of one picture the cells of the matrix (class place times classes plus answer) that are not empty, and how many
    pixels each has; (n,) both."""

    cells: NDArray[np.int32]
    pixels: NDArray[np.int64]

    def matrix(self, classes: int) -> NDArray[np.int64]:
        """(classes, classes), rows are the labels."""
        found = np.zeros(classes * classes, dtype=np.int64)
        found[self.cells] = self.pixels
        return found.reshape(classes, classes)


def pixel_note(said_hw: NDArray[np.uint8], right_hw: NDArray[np.uint8], classes: int, void: int | None) -> PixelNote:
    """Pixels that are undecided on either side, and those of the void class, are in none of the cells."""
    counts = (right_hw != UNDECIDED) & (said_hw != UNDECIDED)
    if void is not None:
        counts &= right_hw != void
    cells = right_hw[counts].astype(np.int32) * classes + said_hw[counts]
    found, pixels = np.unique(cells, return_counts=True)
    return PixelNote(found, pixels.astype(np.int64))


def pixel_parts(
    images: Sequence[str], notes: Sequence[PixelNote], names: Sequence[str], void: int | None
) -> list[Matrix | Table]:
    """Confusion and scores; void: the place of the class that is left out of the score."""
    classes = len(names)
    total = sum((note.matrix(classes) for note in notes), np.zeros((classes, classes), dtype=np.int64))
    counts = total.tolist()
    predicted = total.sum(axis=0).tolist()
    rows = []
    for at, name in enumerate(names):
        right, each = counts[at][at], score(name, counts[at][at], sum(counts[at]), predicted[at])
        either = 0 if at == void else each.count + predicted[at]
        overlap = (right / (either - right), 2 * right / either) if either else (None, None)
        rows.append((name, each.count, *overlap, each.precision, each.recall))
    table = Table(
        id="class_scores",
        tab=SCORES,
        title="Scores of each class",
        note="Counted in pixels of the model's picture, over all pictures that it was checked on.",
        columns=(
            Column(title="Class"),
            Column(title="Pixels", explanation="How many pixels of the labels are of this class."),
            Column(title="IoU", best="high", is_share=True, explanation="Overlap of label and answer over union."),
            Column(title="Dice", best="high", is_share=True, explanation="Overlap of both over their mean size."),
            Column(title="Precision", best="high", is_share=True, explanation="Of what was taken for it, what is it."),
            Column(title="Recall", best="high", is_share=True, explanation="Of what is it, what was recognised."),
        ),
        rows=tuple(rows),
        pictures=tuple(_most_of(images, notes, at, classes) for at in range(classes)),
    )
    cells = _cell_pictures(images, notes, total)
    return [matrix_part(names, counts, "pixel", pictures=cells), confused_part(names, counts, "pixel"), table]


def _most_of(images: Sequence[str], notes: Sequence[PixelNote], place: int, classes: int) -> tuple[str, ...]:
    """The pictures with most pixels that are wrongly of a class, or wrongly not."""
    amounts = []
    for image, note in zip(images, notes, strict=True):
        row, column = np.divmod(note.cells, classes)
        amounts.append((int(note.pixels[(row == place) != (column == place)].sum()), image))
    return _first(amounts)


def _cell_pictures(images: Sequence[str], notes: Sequence[PixelNote], total: NDArray[np.int64]) -> list[CellPictures]:
    """Of the largest cells off the diagonal, the pictures that have most of them."""
    classes = len(total)
    wrong = total - np.diag(np.diag(total))
    largest = np.argsort(-wrong, axis=None, kind="stable")[:SHOWN_CELLS]
    amounts: dict[int, list[tuple[int, str]]] = {int(cell): [] for cell in largest if wrong.flat[cell]}
    for image, note in zip(images, notes, strict=True):
        for cell, pixels in zip(note.cells.tolist(), note.pixels.tolist(), strict=True):
            if cell in amounts:
                amounts[cell].append((pixels, image))
    return [
        CellPictures(row=cell // classes, column=cell % classes, images=_first(found))
        for cell, found in amounts.items()
    ]


def _first(amounts: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    ranked = sorted(amounts, key=lambda pair: -pair[0])
    return tuple(image for amount, image in ranked[:SHOWN_PICTURES] if amount)
