"""Several looks at a picture with one answer: a class, tags or numbers. What is averaged are shares, from 0 to 1."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard
from studio.runtime.decoding import DECODINGS
from studio.runtime.several_looks.averaging import Averaging, average
from studio.runtime.several_looks.look import Look
from studio.runtime.view import View

_LEAST = 1e-30  # a probability; its logarithm must be a number


def merge(outputs: NDArray[np.floating], looks: Sequence[Look], card: ModelCard, how: Averaging) -> NDArray[np.float64]:
    """Outputs that say what all looks say together, as one picture's from the model, (...)."""
    shares = DECODINGS[card.task].shares(outputs, card)
    if card.task == "regression":
        return average(shares[0], shares[1:], Averaging(how.plain_share))
    together = average(shares[0], shares[1:], how)
    logs = np.log(np.maximum(together, _LEAST))
    # A class by itself is a logit; of several, logarithms are as good as logits.
    return logs if card.task == "classification" else np.asarray(logs - np.log(np.maximum(1 - together, _LEAST)))


def answer(merged: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
    """The answer to what `merge` gives."""
    return DECODINGS[card.task].decode(merged[None], card, [view])[0]
