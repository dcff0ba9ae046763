"""What other thresholds would give: scores by the threshold, with the best one marked."""

import numpy as np
from numpy.typing import NDArray

from studio.base.wording import percent_words
from studio.runs.report import Chart, Choice, Line

THRESHOLDS = np.arange(1, 100) / 100
TAB = "Threshold"

Numbers = NDArray[np.float64]


def of_tags(shares: Numbers, right: NDArray[np.bool_], beta: float, now: float) -> Chart:
    """The F score of each picture, averaged, by the threshold of all tags. shares and right: (N, tags)."""
    rows = [tags_at(shares > threshold, right, beta) for threshold in THRESHOLDS]
    f_beta, precision, recall = np.array(rows).T
    lines = {f"F{beta:g}": f_beta, "Precision": precision, "Recall": recall}
    explanation = (
        f"The F{beta:g} score of each picture, averaged; precision and recall of all tags together. A lower threshold "
        "gives more tags."
    )
    return _chart(lines, f"F{beta:g}", now, explanation, "threshold", can_be_taken=True)


def of_boxes(scores: Numbers, is_right: NDArray[np.bool_], there: int, now: float, least: float) -> Chart:
    """Of the boxes that were found and may count, (n,): how many are right, by the least score that is drawn.

    there: how many things there are. least: lower scores were never looked at.
    """
    kept = [scores > threshold for threshold in THRESHOLDS]
    hits = np.array([is_right[chosen].sum() for chosen in kept], dtype=np.float64)
    drawn = np.array([chosen.sum() for chosen in kept], dtype=np.float64)
    precision, recall = _divided(hits, drawn), hits / max(1, there)
    lines = {"F1": _f_scores(precision, recall), "Precision": precision, "Recall": recall}
    never = THRESHOLDS < least - 1e-9  # noqa: SIM300
    lines = {name: np.where(never, np.nan, values) for name, values in lines.items()}
    explanation = "A box is right where it overlaps a thing of its class by half. A lower score draws more boxes."
    return _chart(lines, "F1", now, explanation, "least score", can_be_taken=True)


def of_two_classes(shares: Numbers, is_it: NDArray[np.bool_], name: str) -> Chart:
    """Of two classes the second: what taking a picture for it from a threshold on would give. (N,) both."""
    chosen = [shares > threshold for threshold in THRESHOLDS]
    hits = np.array([(is_it & one).sum() for one in chosen], dtype=np.float64)
    precision = _divided(hits, np.array([one.sum() for one in chosen], dtype=np.float64))
    recall = hits / max(1, int(is_it.sum()))
    lines = {"F1": _f_scores(precision, recall), "Precision": precision, "Recall": recall}
    explanation = f"A picture is taken for '{name}' above this probability. The model itself takes the more probable "
    return _chart(lines, "F1", 0.5, explanation + "class: 0.5.", f"probability of '{name}'", can_be_taken=False)


def tags_at(given: NDArray[np.bool_], right: NDArray[np.bool_], beta: float) -> tuple[float, float, float]:
    """A picture without tags that was given none is right. Elsewhere F = (1 + b2) h / (b2 r + g), which is what follows
    from precision h / g and recall h / r."""
    hits, said, there = (counted.sum(axis=1).astype(np.float64) for counted in (given & right, given, right))
    under = beta**2 * there + said
    f_beta = np.where(under > 0, np.divide((1 + beta**2) * hits, under, where=under > 0, out=np.ones_like(hits)), 1.0)
    precision = float(hits.sum() / said.sum()) if said.sum() else float("nan")
    return float(f_beta.mean()), precision, float(hits.sum() / max(1.0, there.sum()))


def _divided(part: Numbers, whole: Numbers) -> Numbers:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _f_scores(precision: Numbers, recall: Numbers) -> Numbers:
    precision = np.nan_to_num(precision)
    total = precision + recall
    return np.divide(2 * precision * recall, total, out=np.zeros_like(total), where=total > 0)


def _chart(
    lines: dict[str, Numbers], main: str, now: float, explanation: str, axis: str, *, can_be_taken: bool
) -> Chart:
    scores = lines[main]
    # The middle of all that are best: a threshold at the edge of a plateau would be luck.
    best_places = np.flatnonzero(scores >= np.nanmax(scores) - 1e-12)
    place, place_now = int(best_places[len(best_places) // 2]), int(np.abs(THRESHOLDS - now).argmin())
    best, at_best, at_now = float(THRESHOLDS[place]), float(scores[place]), float(scores[place_now])
    if place_now in best_places:  # nothing is gained by another one
        best = now
    shown_now = percent_words(at_now) if at_now == at_now else "unknown"
    return Chart(
        id="threshold",
        tab=TAB,
        title="What other thresholds give",
        explanation=explanation,
        note=f"{main} is best at {best:g}: {percent_words(at_best)}. At {now:g}, as it is now, "
        f"it is {shown_now}. Found on the pictures that the model was checked on.",
        figures={"best_threshold": best, "best_score": at_best, "threshold": now, "score": at_now},
        axes=(axis, "score"),
        lines=tuple(
            Line(name=name, x=tuple(THRESHOLDS.tolist()), y=tuple(values.tolist())) for name, values in lines.items()
        ),
        marked=(main, best, f"best {best:g}"),
        choice=Choice(best=best, now=now) if can_be_taken else None,
    )
