"""Which of the boxes that were found are right, and what follows: scores of classes, confusion, doubtful labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from studio.runs.confusion import SCORES, confused_part, matrix_part, score
from studio.runs.report import CellPictures, Column, Doubt, Matrix, Table
from studio.runtime.boxes import overlaps

HALF = 0.5  # as much must two boxes overlap to be of the same thing
TOUCHING = 0.1  # less is another thing
SURE = 0.5  # a score from which a box that no label agrees with is worth a look
NOTHING = "nothing"  # the row and the column of a matrix for what is not there
SHOWN_PICTURES = 24

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class FoundBoxes:
    """One picture: what the model found, the surest first, with anything that may count; and its labels.

    boxes: (n, 4) in the original. scores, places: (n,) both. there: the labels, (m, 4), their classes (m,), and which
    of them are crowds.
    """

    image: str
    boxes: Numbers
    scores: Numbers
    places: NDArray[np.int64]
    there: Numbers
    there_places: NDArray[np.int64]
    is_crowd: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        image: str,
        found_n6: Numbers,
        there: Numbers,
        there_places: NDArray[np.int64],
        is_crowd: NDArray[np.bool_],
    ) -> Self:
        """found_n6: box in the original, score and class place, in any order."""
        found_n6 = found_n6[np.argsort(-found_n6[:, 4], kind="stable")]
        places = found_n6[:, 5].astype(np.int64)
        return cls(image, found_n6[:, :4], found_n6[:, 4], places, there.reshape(-1, 4), there_places, is_crowd)


@dataclass(frozen=True)
class Judged:
    """All found boxes that count, (n,): those in crowds are neither right nor wrong. there: how many labels a class."""

    scores: Numbers
    places: NDArray[np.int64]
    is_right: NDArray[np.bool_]
    there: NDArray[np.int64]


def judge(pictures: Sequence[FoundBoxes], classes: int) -> Judged:
    """As COCO does at an overlap of half: the surest box of a class takes the label that it overlaps most."""
    scores, places, is_right = [], [], []
    there = np.zeros(classes, dtype=np.int64)
    for picture in pictures:
        there += np.bincount(picture.there_places[~picture.is_crowd], minlength=classes)
        counts, hits = _judge_one(picture)
        scores.append(picture.scores[counts])
        places.append(picture.places[counts])
        is_right.append(hits[counts])
    empty = np.zeros(0)
    return Judged(
        np.concatenate([empty, *scores]),
        np.concatenate([empty, *places]).astype(np.int64),
        np.concatenate([empty, *is_right]).astype(np.bool_),
        there,
    )


def _judge_one(picture: FoundBoxes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes count, and which are right; (n,) both."""
    free = ~picture.is_crowd
    counts, hits = np.ones(len(picture.scores), dtype=np.bool_), np.zeros(len(picture.scores), dtype=np.bool_)
    for at, (box, place) in enumerate(zip(picture.boxes, picture.places, strict=True)):
        is_same = picture.there_places == place
        shares = np.where(is_same & free, overlaps(box, picture.there), 0.0)
        if len(shares) and shares.max() >= HALF:
            hits[at] = True
            free[int(shares.argmax())] = False
        elif (_inside(box, picture.there) >= HALF)[is_same & picture.is_crowd].any():
            counts[at] = False
    return counts, hits


def _inside(box_4: Numbers, others_n4: Numbers) -> Numbers:
    """Which share of one box lies in each of others, (n,)."""
    left_top, right_bottom = np.maximum(box_4[:2], others_n4[:, :2]), np.minimum(box_4[2:], others_n4[:, 2:])
    own = float((box_4[2:] - box_4[:2]).prod())
    return np.asarray((right_bottom - left_top).clip(min=0).prod(axis=1) / max(own, 1e-12))


def average_precision(scores: Numbers, is_right: NDArray[np.bool_], there: int) -> float:
    """The mean over 101 recalls of the best precision at that recall or a higher one; NaN where nothing is there.

    Source: COCO's evaluation (pycocotools).
    """
    if not there:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(is_right[order])
    recall, precision = hits / there, hits / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.where(at < len(best), np.append(best, 0.0)[np.minimum(at, len(best))], 0.0).mean())


def box_scores(judged: Judged, names: Sequence[str], threshold: float) -> Table:
    """A row for each class: precision and recall are those of the boxes that are drawn."""
    rows = []
    for place, name in enumerate(names):
        of_it = judged.places == place
        drawn = of_it & (judged.scores > threshold)
        each = score(name, int(judged.is_right[drawn].sum()), int(judged.there[place]), int(drawn.sum()))
        precision = average_precision(judged.scores[of_it], judged.is_right[of_it], each.count)
        found = int(judged.is_right[of_it].sum()) / each.count if each.count else None
        rows.append((name, each.count, precision, found, each.precision, each.recall, each.f1))
    drawn_words = f"of the boxes that are drawn, those with a score above {threshold:g}"
    return Table(
        id="class_scores",
        tab=SCORES,
        title="Scores of each class",
        note="A box is right where it overlaps a thing of its class by half.",
        columns=(
            Column(title="Class"),
            Column(title="Things", explanation="How many things of this class the labels have."),
            Column(title="AP", best="high", is_share=True, explanation="Average precision at an overlap of half."),
            Column(title="Found", best="high", is_share=True, explanation="Recall of all boxes, also of unsure ones."),
            Column(title="Precision", best="high", is_share=True, explanation=f"How many are right {drawn_words}."),
            Column(title="Recall", best="high", is_share=True, explanation=f"How many things are found {drawn_words}."),
            Column(title="F1", best="high", is_share=True, explanation="The harmonic mean of precision and recall."),
        ),
        rows=tuple(rows),
    )


def box_confusion(pictures: Sequence[FoundBoxes], names: Sequence[str], threshold: float) -> list[Matrix | Table]:
    """Of the boxes that are drawn: which thing each was put around, whatever its class; what was missed, and what was
    seen where nothing is."""
    nothing = len(names)
    counts = np.zeros((nothing + 1, nothing + 1), dtype=np.int64)
    where: dict[tuple[int, int], dict[str, None]] = {}

    def count(row: int, column: int, image: str) -> None:
        counts[row, column] += 1
        if row != column:
            where.setdefault((row, column), {})[image] = None

    for picture in pictures:
        free = ~picture.is_crowd
        for box, sure, place in zip(picture.boxes, picture.scores, picture.places, strict=True):
            if sure <= threshold:
                break
            shares = np.where(free, overlaps(box, picture.there), 0.0)
            if len(shares) and shares.max() >= HALF:
                taken = int(shares.argmax())
                free[taken] = False
                count(int(picture.there_places[taken]), int(place), picture.image)
            elif not (_inside(box, picture.there) >= HALF)[picture.is_crowd].any():
                count(nothing, int(place), picture.image)
        for place in picture.there_places[free]:
            count(int(place), nothing, picture.image)
    cells = [
        CellPictures(row=row, column=column, images=tuple(images)[:SHOWN_PICTURES])
        for (row, column), images in where.items()
    ]
    named = [*names, NOTHING]
    return [
        matrix_part(named, counts.tolist(), "box", outside=NOTHING, pictures=cells),
        confused_part(named, counts.tolist(), "box"),
    ]


def box_doubts(pictures: Sequence[FoundBoxes], names: Sequence[str]) -> list[Doubt]:
    """Sure boxes that no label agrees with.

    The three kinds are those of Tkachenko, Thyagarajan and Mueller 2023, "ObjectLab: Automated Diagnosis of Mislabeled
    Images in Object Detection Data", arXiv:2309.00832; the score here is the model's own.
    """
    doubts = []
    for picture in pictures:
        for box, sure, place in zip(picture.boxes, picture.scores, picture.places, strict=True):
            if sure < SURE:
                break
            shares = overlaps(box, picture.there)
            at = int(shares.argmax()) if len(shares) else -1
            share = float(shares[at]) if len(shares) else 0.0
            if (_inside(box, picture.there) >= HALF)[picture.is_crowd].any():
                continue
            same = (picture.there_places == place) & (shares >= HALF)
            if same.any():
                continue
            given = names[picture.there_places[at]] if share >= TOUCHING else NOTHING
            name = names[place]
            about = "no label here" if given == NOTHING else "another class" if given != name else "lies elsewhere"
            doubts.append(Doubt(image=picture.image, score=float(sure), given=given, suggested=name, about=about))
    return doubts
