"""Things in a picture: from a model's outputs to boxes in the original, each with its class and a score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Objects, Thing
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.boxes import Boxes, in_original, is_there, suppress
from studio.runtime.card import ModelCard
from studio.runtime.detectors import Detector
from studio.runtime.view import View

# Source of the next three: torchvision's FCOS and RetinaNet.
MOST_BOXES = 100
CANDIDATES = 1000  # so many of the best are compared with each other
LEAST_SCORE = 0.05  # what is less likely is not even counted in the metrics
_PX = 1e-3  # 0.1 px is to weigh as much as 1e-4 of a probability


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """The things above the card's threshold, the surest first.

    outputs: (N, anchors, outputs), as the card's detector reads them.
    """
    detector, anchors, size_wh = card.detector, card.anchors, card.preprocess.size_wh
    return [
        answer_of(find_boxes(row, detector, anchors, size_wh), card, view)
        for row, view in zip(outputs, views, strict=True)
    ]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Scores of classes, and boxes, as far as they are in the picture, in thousands of pixels: (N, anchors,
    classes + 4); NaN where one is not finite."""
    size_wh = card.preprocess.size_wh
    scores, boxes = card.detector.read(np.asarray(outputs, dtype=np.float64), card.anchors)
    found = np.concatenate([scores, boxes.clip(0, [*size_wh, *size_wh]) * _PX], axis=-1)
    return np.where(np.isfinite(found), found, np.nan)


def find_in_picture(outputs_pk: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64] | None:
    """The boxes in the model's picture that one picture's outputs tell, see `find_boxes`."""
    return find_boxes(outputs_pk, card.detector, card.anchors, card.preprocess.size_wh)


def find_boxes(
    outputs_pk: NDArray[np.floating], detector: Detector, anchors_p4: Boxes, size_wh: tuple[int, int]
) -> NDArray[np.float64] | None:
    """The boxes in the model's picture that one picture's outputs tell, the best first: (n, 6), each left, top, right,
    bottom, score, and its class's place. None where an output is not finite."""
    if not np.isfinite(outputs_pk).all():
        return None
    scores, boxes = detector.read(np.asarray(outputs_pk, dtype=np.float64), anchors_p4)
    anchor, place = np.nonzero(scores > LEAST_SCORE)
    score = scores[anchor, place]
    best = np.argsort(-score, kind="stable")[:CANDIDATES]
    anchor, place, score = anchor[best], place[best], score[best]
    box = boxes[anchor].clip(0, [*size_wh, *size_wh])
    is_box = is_there(box)
    box, place, score = box[is_box], place[is_box], score[is_box]
    kept = suppress(box, score, place, overlap=detector.overlap, most=MOST_BOXES)
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
