"""Labels that are probably wrong, by confident learning.

Source: Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels",
arXiv:1911.00068: the confident joint (section 3.1, equations 1 to 3), its calibration to the counts of the labels,
pruning by noise rate, and the order by the normalised margin (section 3.2). Everything here is for probabilities of
pictures that the model was not trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.base.wording import count_words, whole_words
from studio.runs.report import Doubt, Doubts

MOST = 500  # doubts in a report
TAB = "Labels to look at"
ONLY_CHECKED = "Only pictures that the model was checked on are ranked: of the others it has learned the label."

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Suspects:
    """rows: those whose labels are in doubt, the most doubtful first; suggested: the class that each of them more
    probably has; scores: from 0 to 1, above 0.5 where the suggested class is more probable than the label, (n,) each.
    errors: how many wrong labels there probably are."""

    rows: NDArray[np.int64]
    suggested: NDArray[np.int64]
    scores: Numbers
    errors: float


def find_suspects(shares: Numbers, given: NDArray[np.int64]) -> Suspects:
    """shares: (N, classes) probabilities; given: (N,), the place of each label's class."""
    counted = confident_classes(shares, given)
    joint = estimated_joint(counted, given, shares.shape[1])
    suggested = np.where(counted == given, -1, counted)
    by_rate = by_noise_rate(shares, given, joint)
    suggested = np.where(suggested < 0, by_rate, suggested)
    rows = np.flatnonzero(suggested >= 0)
    scores = (1 - normalised_margins(shares, given)[rows]) / 2
    order = np.argsort(-scores, kind="stable")
    errors = float(joint.sum() - np.trace(joint)) * len(given)
    return Suspects(rows[order], suggested[rows][order], scores[order], errors)


def class_thresholds(shares: Numbers, given: NDArray[np.int64]) -> Numbers:
    """How sure the model is of a class on average where that is the label, (classes,); infinite where no label is."""
    thresholds = np.full(shares.shape[1], np.inf)
    for place in np.unique(given):
        thresholds[place] = shares[given == place, place].mean()
    return thresholds


def confident_classes(shares: Numbers, given: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class that each picture is counted for: the most probable of those that are at least as probable as usual;
    -1 where none is, (N,)."""
    is_sure = shares >= class_thresholds(shares, given)
    best = np.where(is_sure, shares, -1.0).argmax(axis=1)
    return np.where(is_sure.any(axis=1), best, -1)


def estimated_joint(counted: NDArray[np.int64], given: NDArray[np.int64], classes: int) -> Numbers:
    """How probable it is that a picture has a label (row) and is of a class (column), (classes, classes), sum 1."""
    is_counted = counted >= 0
    cells = given[is_counted] * classes + counted[is_counted]
    joint = np.bincount(cells, minlength=classes**2).reshape(classes, classes).astype(np.float64)
    labels = np.bincount(given, minlength=classes).astype(np.float64)
    # A class that nothing is counted for is taken at its word.
    joint[np.diag_indices(classes)] += np.where(joint.sum(axis=1) == 0, labels, 0)
    sums = joint.sum(axis=1, keepdims=True)
    joint = np.divide(joint, sums, out=np.zeros_like(joint), where=sums > 0) * labels[:, None]
    return np.asarray(joint / max(1.0, joint.sum()))


def by_noise_rate(shares: Numbers, given: NDArray[np.int64], joint: Numbers) -> NDArray[np.int64]:
    """Of the pictures with a label as many as are probably of another class, those first where that class is most more
    probable than the label: the other class of each, -1 for those that are not among them, (N,)."""
    found = np.full(len(given), -1)
    for label, other in np.argwhere(joint > 0).tolist():
        if label == other:
            continue
        rows = np.flatnonzero(given == label)
        margins = shares[rows, other] - shares[rows, label]
        most = round(float(joint[label, other]) * len(given))
        first = np.argsort(-margins, kind="stable")[:most]
        found[rows[first[margins[first] > 0]]] = other
    return found


def normalised_margins(shares: Numbers, given: NDArray[np.int64]) -> Numbers:
    """How much more probable the label is than the best other class, (N,), from -1 to 1."""
    at = np.arange(len(given))
    others = shares.copy()
    others[at, given] = -1.0
    return np.asarray(shares[at, given] - others.max(axis=1))


def doubts_of_classes(images: Sequence[str], shares: Numbers, given: NDArray[np.int64], names: Sequence[str]) -> Doubts:
    """The part of a report for pictures with one class each."""
    found = find_suspects(shares, given)
    doubts = [
        Doubt(image=images[row], score=score, given=names[given[row]], suggested=names[other])
        for row, other, score in zip(found.rows.tolist(), found.suggested.tolist(), found.scores.tolist(), strict=True)
    ]
    return doubts_part(doubts, len(images), "label", found.errors)


def doubts_of_tags(images: Sequence[str], shares: Numbers, given: NDArray[np.bool_], names: Sequence[str]) -> Doubts:
    """The part of a report for pictures with tags, each tag a question of its own; shares and given: (N, tags)."""
    doubts, errors = [], 0.0
    for place, name in enumerate(names):
        two = np.stack([1 - shares[:, place], shares[:, place]], axis=1)
        found = find_suspects(two, given[:, place].astype(np.int64))
        errors += found.errors
        for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
            words = ("with", "without") if given[row, place] else ("without", "with")
            given_words, suggested = (f"{word} {name}" for word in words)
            doubts.append(Doubt(image=images[row], score=score, given=given_words, suggested=suggested, about=name))
    doubts.sort(key=lambda doubt: -doubt.score)
    return doubts_part(doubts, given.size, "tag", errors)


def doubts_part(doubts: Sequence[Doubt], checked: int, what: str, errors: float) -> Doubts:
    """errors: how many wrong labels there probably are."""
    found = f"{count_words(len(doubts), what)} of {checked} may be wrong" if doubts else "No label is in doubt"
    return Doubts(
        id="doubts",
        tab=TAB,
        title="Labels that may be wrong",
        explanation="Confident learning: the model is surer of another class than it usually is of that class, on "
        f"pictures that it has not learned from. {ONLY_CHECKED}",
        note=f"{found}; about {whole_words(round(errors))} probably are." if doubts else f"{found}.",
        figures={"estimated_errors": errors},
        checked=checked,
        doubts=tuple(doubts[:MOST]),
    )
