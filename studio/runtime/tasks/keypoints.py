"""Points in a picture: from a model's outputs to places in the original."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import Place, Points
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.heat_maps import peaks
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """A place for every point, in pixels of the original; of heat maps, also how bright each is. outputs: see
    `find_points`."""
    return [answer_of(row, card, view) for row, view in zip(find_points(outputs, card), views, strict=True)]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Shares of the model's picture, (N, 2 * points); of heat maps their values. NaN where one is not finite."""
    found = np.asarray(outputs, dtype=np.float64)
    return np.where(np.isfinite(found), found if _has_maps(card) else (found + 1) / 2, np.nan)


def find_points(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Of each point where it is, as shares of the model's picture, and how bright it is in its heat map, (N, points,
    3); NaN where there is no number, and for brightness without a heat map.

    outputs: (N, 2 * points), x and y of each in turn, -1 at the left or upper edge of the model's picture and 1 at the
    other one; or heat maps, (N, points, down, across).
    """
    if _has_maps(card):
        return peaks(outputs)
    places = shares(outputs, card).reshape(len(outputs), -1, 2)
    return np.concatenate([places, np.full_like(places[..., :1], np.nan)], axis=2)


def answer_of(found_n3: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
    """The answer where the points have been found in the model's picture already, see `find_points`."""
    if np.isnan(found_n3[:, :2]).any():
        return Answer(None, reason=NO_NUMBERS)
    places = view.in_original(found_n3[:, :2] * card.preprocess.size_wh)
    names = card.skeleton.names if card.skeleton else ()
    bright = dict(zip(names, found_n3[:, 2].tolist(), strict=True)) if _has_maps(card) else {}
    return Answer(Points(tuple(Place(x, y) for x, y in places.tolist())), bright)


def _has_maps(card: ModelCard) -> bool:
    return card.head.kind == "heat_maps"
