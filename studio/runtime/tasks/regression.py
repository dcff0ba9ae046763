"""Numbers for a picture: from a model's outputs to numbers in their own units."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Numbers
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """One number or several. outputs: (N, numbers), shares of the card's ranges from 0 to 1."""
    low, high = np.array(card.number_ranges).T
    numbers = low + shares(outputs, card) * (high - low)
    return [_answer(row) for row in numbers]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Shares of the ranges, (N, numbers); NaN where one is not finite."""
    found = np.asarray(outputs, dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def _answer(row: NDArray[np.float64]) -> Answer:
    return Answer(None, reason=NO_NUMBERS) if np.isnan(row).any() else Answer(Numbers(tuple(row.tolist())))
