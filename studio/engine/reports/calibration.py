"""Whether a model is as sure as it is right.

Source: Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.base.wording import count_words, number_words, percent_words
from studio.runs.report import Chart, Line

BINS = 15  # as in the paper
FEW = 200  # answers: in 15 bins there is much chance
FEWEST = 10  # answers: fewer say nothing about how sure a model may be
_WARMEST, _COLDEST = 20.0, 0.05
_STEPS = 60  # of the search for a temperature: each makes the range 0.618 times as long
_LEAST = 1e-12

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Reliability:
    """By bins of how sure the model was, those with any answers: the mean sureness, the share that was right, and how
    many answers there were, (bins,) each. error: the expected calibration error, from 0 to 1."""

    sureness: Numbers
    right: Numbers
    counts: NDArray[np.int64]
    error: float


def reliability(sure: Numbers, is_right: NDArray[np.bool_], bins: int = BINS) -> Reliability:
    """sure: (n,), from 0 to 1. Source: section 2 of the paper; bins are equally wide, (low, high]."""
    at = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(at, minlength=bins)
    there = counts > 0
    sureness = np.bincount(at, sure, bins)[there] / counts[there]
    right = np.bincount(at, is_right.astype(np.float64), bins)[there] / counts[there]
    error = float((counts[there] * np.abs(right - sureness)).sum() / max(1, len(sure)))
    return Reliability(sureness, right, counts[there], error)


def of_classes(shares: Numbers, right: NDArray[np.int64]) -> Chart | None:
    """Of the most probable class. shares: (N, classes) probabilities; right: (N,) places."""
    at = np.arange(len(right))

    def cooled(temperature: float) -> Numbers:
        powers = np.log(shares.clip(_LEAST)) / temperature
        powers = np.exp(powers - powers.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def loss(temperature: float) -> float:
        return float(-np.log(cooled(temperature)[at, right].clip(_LEAST)).mean())

    def sure(found: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        return found.max(axis=1), found.argmax(axis=1) == right

    if len(right) < FEWEST:
        return None
    temperature = best_temperature(loss)
    return _chart(sure(shares), sure(cooled(temperature)), temperature, "answers")


def of_tags(shares: Numbers, right: NDArray[np.bool_]) -> Chart | None:
    """Of every tag by itself: how probable it is said to be, and how often it is there. Both (N, tags)."""
    logits = np.log(shares.clip(_LEAST)) - np.log((1 - shares).clip(_LEAST))

    def cooled(temperature: float) -> Numbers:
        return np.asarray(1 / (1 + np.exp(-logits / temperature)))

    def loss(temperature: float) -> float:
        found = cooled(temperature).clip(_LEAST, 1 - _LEAST)
        return float(-np.where(right, np.log(found), np.log(1 - found)).mean())

    if right.size < FEWEST:
        return None
    temperature = best_temperature(loss)
    return _chart((shares.ravel(), right.ravel()), (cooled(temperature).ravel(), right.ravel()), temperature, "tags")


def of_boxes(scores: Numbers, is_right: NDArray[np.bool_]) -> Chart | None:
    """Of the boxes that were found: the score, and how often there is such a thing; (n,) both."""
    return _chart((scores, is_right), None, 1.0, "boxes") if len(scores) >= FEWEST else None


def best_temperature(loss: Callable[[float], float]) -> float:
    """The one with the least loss, which has one minimum: golden-section search over its logarithm.

    Source of the temperature: section 4.2 of the paper.
    """
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(_COLDEST), np.log(_WARMEST)
    left, right = high - golden * (high - low), low + golden * (high - low)
    left_loss, right_loss = loss(float(np.exp(left))), loss(float(np.exp(right)))
    for _ in range(_STEPS):
        if left_loss <= right_loss:
            high, right, right_loss = right, left, left_loss
            left = high - golden * (high - low)
            left_loss = loss(float(np.exp(left)))
        else:
            low, left, left_loss = left, right, right_loss
            right = low + golden * (high - low)
            right_loss = loss(float(np.exp(right)))
    return float(np.exp((low + high) / 2))


def _chart(
    plain: tuple[Numbers, NDArray[np.bool_]],
    cooled: tuple[Numbers, NDArray[np.bool_]] | None,
    temperature: float,
    what: str,
) -> Chart:
    found = reliability(*plain)
    lines = [
        Line(name="As sure as right", x=(0.0, 1.0), y=(0.0, 1.0), style="reference"),
        _line("This model", found),
    ]
    figures: dict[str, float | None] = {"expected_calibration_error": found.error}
    mean_sure, share_right = float(plain[0].mean()), float(plain[1].mean())
    lean = "more sure than right" if mean_sure > share_right else "less sure than right"
    note = (
        f"The model is {percent_words(mean_sure)} sure on average, and {percent_words(share_right)} is right: {lean}. "
        f"Expected calibration error {percent_words(found.error)}."
    )
    # At its limits a temperature says only that nothing was wrong, or nothing was known.
    if len(plain[0]) < FEW:
        note += f" That is of {count_words(len(plain[0]), 'answer')} only: a rough figure."
    if cooled is not None and _COLDEST * 1.01 < temperature < _WARMEST / 1.01:
        better = reliability(*cooled)
        lines.append(_line(f"With a temperature of {number_words(temperature)}", better))
        figures |= {"temperature": temperature, "expected_calibration_error_with_temperature": better.error}
        note += (
            f" With its outputs divided by {number_words(temperature)} it would be {percent_words(better.error)} on "
            "the same pictures; the model is not changed."
        )
    return Chart(
        id="calibration",
        tab="Calibration",
        title="How sure, and how often right",
        explanation=f"The {what}, by how sure the model was of them. On the thin line it is as sure as it is right; "
        "below it is too sure, above it too careful.",
        note=note,
        figures=figures,
        axes=("how sure the model was", "share that is right"),
        lines=tuple(lines),
    )


def _line(name: str, found: Reliability) -> Line:
    return Line(name=name, x=tuple(found.sureness.tolist()), y=tuple(found.right.tolist()), style="points")
