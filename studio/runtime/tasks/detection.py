"""Things in a picture: from a model's outputs to boxes in the original, each with its class and a score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Objects, Thing
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.boxes import BESIDES_CLASSES, Boxes, cells_of, in_original, is_there, suppress
from studio.runtime.card import ModelCard
from studio.runtime.view import View

# Source of the next three: torchvision's FCOS and RetinaNet.
OVERLAP = 0.6  # boxes of one class that overlap by more are the same thing
MOST_BOXES = 100
CANDIDATES = 1000  # so many of the best are compared with each other
LEAST_SCORE = 0.05  # what is less likely is not even counted in the metrics
_PX = 1e-3  # 0.1 px is to weigh as much as 1e-4 of a probability


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """The things above the card's threshold, the surest first.

    outputs: (N, cells, classes + 5), see `scores_and_boxes`; the cells are those of the card's grids.
    """
    size_wh = card.preprocess.size_wh
    cells = cells_of(card.grids, size_wh)
    return [answer_of(find_boxes(row, cells, size_wh), card, view) for row, view in zip(outputs, views, strict=True)]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Scores of classes, and boxes in thousands of pixels: (N, cells, classes + 4); NaN where one is not finite."""
    cells = cells_of(card.grids, card.preprocess.size_wh)
    scores, boxes = scores_and_boxes(np.asarray(outputs, dtype=np.float64), cells)
    found = np.concatenate([scores, boxes * _PX], axis=-1)
    return np.where(np.isfinite(found), found, np.nan)


def scores_and_boxes(outputs: NDArray[np.float64], cells_p4: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each cell says: scores of the classes (..., cells, classes), and its box (..., cells, 4) in the model's
    picture, not cut at its edges.

    outputs: (..., cells, classes + 5): logits of the classes; how many of its own sides the box reaches from the cell's
    centre to the left, up, right and down; and the logit of being in the thing's centre.
    Source: Tian et al. 2019, "FCOS: Fully Convolutional One-Stage Object Detection", with the score of torchvision's.
    """
    classes, reach, centre = np.split(outputs, [-BESIDES_CLASSES, -1], axis=-1)
    scores = np.sqrt(_sigmoid(classes) * _sigmoid(centre))
    middles, sides = (cells_p4[:, :2] + cells_p4[:, 2:]) / 2, cells_p4[:, 2:] - cells_p4[:, :2]
    boxes = np.concatenate([middles - reach[..., :2] * sides, middles + reach[..., 2:] * sides], axis=-1)
    return scores, boxes


def find_boxes(
    outputs_pk: NDArray[np.floating], cells_p4: Boxes, size_wh: tuple[int, int]
) -> NDArray[np.float64] | None:
    """The boxes in the model's picture that one picture's outputs tell, the best first: (n, 6), each left, top, right,
    bottom, score, and its class's place. None where an output is not finite."""
    if not np.isfinite(outputs_pk).all():
        return None
    scores, boxes = scores_and_boxes(np.asarray(outputs_pk, dtype=np.float64), cells_p4)
    cell, place = np.nonzero(scores > LEAST_SCORE)
    score = scores[cell, place]
    best = np.argsort(-score, kind="stable")[:CANDIDATES]
    cell, place, score = cell[best], place[best], score[best]
    box = boxes[cell].clip(0, [*size_wh, *size_wh])
    is_box = is_there(box)
    box, place, score = box[is_box], place[is_box], score[is_box]
    kept = suppress(box, score, place, overlap=OVERLAP, most=MOST_BOXES)
    return np.column_stack([box[kept], score[kept], place[kept]])


def answer_of(found_n6: NDArray[np.floating] | None, card: ModelCard, view: View) -> Answer:
    """The answer where the boxes have been found in the model's picture already."""
    if found_n6 is None:
        return Answer(None, reason=NO_NUMBERS)
    sure = np.asarray(found_n6, dtype=np.float64)[found_n6[:, 4] > card.threshold]
    boxes = in_original(sure[:, :4], view)
    is_in = is_there(boxes)
    things = [
        Thing(card.classes[int(place)], left_px, top_px, right_px, bottom_px, score=score)
        for left_px, top_px, right_px, bottom_px, score, place in np.hstack([boxes, sure[:, 4:]])[is_in].tolist()
    ]
    return Answer(Objects(tuple(things)))


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(-np.abs(logits))  # at most 1, whichever side it is
    return np.where(logits >= 0, 1 / (1 + powers), powers / (1 + powers))
