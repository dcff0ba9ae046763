"""Several classes a picture: from a model's outputs to tags, each with its probability."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Tags
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """The tags above the card's threshold, and all of them with their probabilities, best first.

    outputs: (N, classes) logits, one by one.
    """
    return [_answer(row, card) for row in shares(outputs, card)]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Probabilities: the sigmoid of each output, (N, classes); NaN where one is not finite."""
    logits = np.asarray(outputs, dtype=np.float64)
    powers = np.exp(-np.abs(logits))  # at most 1, whichever side it is
    shares = np.where(logits >= 0, 1 / (1 + powers), powers / (1 + powers))
    return np.where(np.isfinite(logits), shares, np.nan)


def _answer(row: NDArray[np.float64], card: ModelCard) -> Answer:
    if np.isnan(row).any():
        return Answer(None, reason=NO_NUMBERS)
    order = np.argsort(-row, kind="stable")
    given = tuple(card.classes[place] for place in order if row[place] > card.threshold)
    return Answer(Tags(given), {card.classes[place]: float(row[place]) for place in order})
