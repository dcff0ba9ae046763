"""Labels of places and numbers that a model disagrees with: no probability of being wrong, only how far apart they are.

The scores lie between 0 and 1 and rank the pictures; half is where a disagreement becomes unusual.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.wording import count_words, number_words, percent_words
from studio.engine.reports.label_errors import MOST, ONLY_CHECKED, TAB
from studio.runs.report import Doubt, Doubts

UNUSUAL = 3.0  # robust standard deviations: about 3 of 1000 are farther away where errors are normal
LEAST_SHARE = 0.05  # of a picture's pixels: less is how a border runs
_NORMAL = 1.4826  # what makes the median of distances from the median a standard deviation

Numbers = NDArray[np.float64]


def of_numbers(
    images: Sequence[str], said: Numbers, given: Numbers, names: Sequence[str], units: str = "numbers"
) -> Doubts:
    """said and given: (N, numbers). How far each error lies from the usual one, in robust standard deviations."""
    doubts = []
    for place, name in enumerate(names):
        errors = said[:, place] - given[:, place]
        distances = np.abs(errors - np.median(errors))
        usual = max(_NORMAL * float(np.median(distances)), 1e-12)
        for row in np.flatnonzero(distances / usual > UNUSUAL / 2).tolist():
            doubts.append(
                Doubt(
                    image=images[row],
                    score=float(distances[row] / (distances[row] + UNUSUAL * usual)),
                    given=number_words(float(given[row, place]), 4),
                    suggested=number_words(float(said[row, place]), 4),
                    about=name,
                )
            )
    explanation = "How unusual the difference between label and answer is: half is 3 times the usual difference."
    return _part(doubts, len(images), explanation, units)


def of_points(images: Sequence[str], errors_px: Numbers, close_px: Numbers, names: Sequence[str]) -> Doubts:
    """errors_px: (N, points), NaN where there is no label. close_px: (N,), how near counts as found."""
    doubts = []
    for row, place in np.argwhere(errors_px > close_px[:, None]).tolist():
        error, close = float(errors_px[row, place]), float(close_px[row])
        doubts.append(
            Doubt(
                image=images[row],
                score=error / (error + close),
                given="here",
                suggested=f"{number_words(error)} px off",
                about=names[place],
            )
        )
    explanation = "How far the model puts a point from its label: half is where the point no longer counts as found."
    return _part(doubts, int(np.isfinite(errors_px).sum()), explanation, "points")


def of_masks(images: Sequence[str], counts: Sequence[NDArray[np.int64]], names: Sequence[str]) -> Doubts:
    """counts: of each picture, (classes, classes), rows are the labels and columns the answers."""
    doubts = []
    for image, matrix in zip(images, counts, strict=True):
        total, wrong = int(matrix.sum()), matrix - np.diag(np.diag(matrix))
        if wrong.sum() < LEAST_SHARE * total or not wrong.any():
            continue
        row, column = (int(place) for place in np.unravel_index(int(wrong.argmax()), wrong.shape))
        share = float(wrong[row, column]) / total
        doubts.append(
            Doubt(
                image=image,
                score=float(wrong.sum()) / total,
                given=names[row],
                suggested=names[column],
                about=percent_words(share),
            )
        )
    explanation = (
        "The share of the pixels that the model takes for another class, from 5 % on; named is what differs most."
    )
    return _part(doubts, len(images), explanation, "masks")


def of_boxes(doubts: Sequence[Doubt], checked: int) -> Doubts:
    """checked: how many boxes were found."""
    explanation = (
        "Boxes that the model is sure of and no label agrees with: a thing without a label, one of another class, or "
        "one whose box lies elsewhere. The score is how sure the model is."
    )
    return _part(doubts, checked, explanation, "boxes")


def _part(doubts: Sequence[Doubt], checked: int, explanation: str, many: str) -> Doubts:
    ranked = sorted(doubts, key=lambda doubt: -doubt.score)
    sure = sum(doubt.score > 0.5 for doubt in ranked)
    pictures = count_words(len({doubt.image for doubt in ranked}), "picture")
    note = f"Of {checked} {many} the model disagrees with {len(ranked)}, in {pictures}; with {sure} clearly."
    return Doubts(
        id="doubts",
        tab=TAB,
        title="Labels that the model disagrees with",
        explanation=f"{explanation} {ONLY_CHECKED}",
        note=note if ranked else "The model disagrees with no label.",
        figures={"clear_disagreements": float(sure)},
        checked=checked,
        doubts=tuple(ranked[:MOST]),
    )
