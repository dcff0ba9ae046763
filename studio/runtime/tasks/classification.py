"""One class a picture: from a model's outputs to a class name with probabilities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """The most probable class, and all of them with their probabilities, best first. outputs: (N, classes) logits."""
    return [_answer(row, card.classes) for row in shares(outputs, card)]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Probabilities: softmax over each row, (N, classes); NaN where an output is not finite."""
    logits = np.asarray(outputs, dtype=np.float64)
    logits = np.where(np.isfinite(logits).all(axis=1, keepdims=True), logits, np.nan)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _answer(row: NDArray[np.float64], classes: Sequence[str]) -> Answer:
    if np.isnan(row).any():
        return Answer(None, reason=NO_NUMBERS)
    order = np.argsort(-row, kind="stable")
    return Answer(classes[order[0]], {classes[place]: float(row[place]) for place in order})
