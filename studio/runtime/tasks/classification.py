"""One class a picture: from a model's outputs to a class name with probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Answer:
    """What the model sees: the most probable class, and all of them with their probabilities, best first.

    `label` is None where the model gave no numbers; `reason` then says so.
    """

    label: str | None
    probabilities: dict[str, float]
    reason: str = ""


def decode(outputs: NDArray[np.floating], classes: Sequence[str]) -> list[Answer]:
    """An answer a row of `outputs`, which are (N, classes) logits."""
    return [_answer(row, classes) for row in probabilities(outputs)]


def probabilities(outputs: NDArray[np.floating]) -> NDArray[np.float64]:
    """Softmax over each row, (N, classes); NaN where an output is not finite."""
    logits = np.asarray(outputs, dtype=np.float64)
    logits = np.where(np.isfinite(logits).all(axis=1, keepdims=True), logits, np.nan)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _answer(row: NDArray[np.float64], classes: Sequence[str]) -> Answer:
    if np.isnan(row).any():
        return Answer(None, {}, "The model gives no numbers for this picture; train it with a smaller learning rate.")
    order = np.argsort(-row, kind="stable")
    return Answer(classes[order[0]], {classes[place]: float(row[place]) for place in order})
