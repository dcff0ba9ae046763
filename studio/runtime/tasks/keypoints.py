"""Points in a picture: from a model's outputs to places in the original."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Place, Points
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """A place for every point, in pixels of the original. outputs: (N, 2 * points), x and y of each in turn, -1 at the
    left or upper edge of the model's picture and 1 at the other one."""
    places = shares(outputs, card).reshape(len(outputs), -1, 2) * card.preprocess.size_wh
    return [_answer(row, view) for row, view in zip(places, views, strict=True)]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Shares of the model's picture, (N, 2 * points); NaN where one is not finite."""
    found = np.asarray(outputs, dtype=np.float64)
    return np.where(np.isfinite(found), (found + 1) / 2, np.nan)


def _answer(places_n2: NDArray[np.float64], view: View) -> Answer:
    if np.isnan(places_n2).any():
        return Answer(None, reason=NO_NUMBERS)
    return Answer(Points(tuple(Place(x, y) for x, y in view.in_original(places_n2).tolist())))
