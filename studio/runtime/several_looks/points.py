"""Several looks at the points of a picture: each look's places are brought back, left and right ones swapped after a
mirror."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import apply_to_points
from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard
from studio.runtime.several_looks.averaging import Averaging, average
from studio.runtime.several_looks.look import Look
from studio.runtime.tasks.keypoints import answer_of, find_points
from studio.runtime.view import View


def merge(outputs: NDArray[np.floating], looks: Sequence[Look], card: ModelCard, how: Averaging) -> NDArray[np.float64]:
    """Where all looks say together that the points are, as shares of the model's plain picture, and how bright they are
    in their heat maps, (points, 3): see `find_points`.

    A look counts for a point that it shows, by what the plain one says of where that is.
    """
    size_wh = card.preprocess.size_wh
    found = find_points(outputs, card)  # (looks, points, 3)
    places, order = found[..., :2] * size_wh, _after_a_mirror(card, found.shape[1])
    others = np.array([_back(one, look, order) for one, look in zip(places[1:], looks[1:], strict=True)])
    is_seen = np.array([look.sees(places[0], size_wh) for look in looks[1:]]).reshape(-1, found.shape[1], 1)
    how = Averaging(how.plain_share)
    together = average(places[0], others.reshape(-1, *places.shape[1:]), how, is_seen)
    bright = [one[order] if look.is_mirrored else one for one, look in zip(found[1:, :, 2:], looks[1:], strict=True)]
    return np.hstack(
        [together / size_wh, average(found[0, :, 2:], np.array(bright).reshape(is_seen.shape), how, is_seen)]
    )


def answer(merged: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
    """The answer to what `merge` gives."""
    return answer_of(merged, card, view)


def _back(places_n2: NDArray[np.float64], look: Look, order: NDArray[np.intp]) -> NDArray[np.float64]:
    return apply_to_points(look.back, places_n2[order] if look.is_mirrored else places_n2)


def _after_a_mirror(card: ModelCard, points: int) -> NDArray[np.intp]:
    """Which point each point looks like in a mirror."""
    order = np.arange(points)
    for one, other in card.skeleton.partners if card.skeleton else ():
        order[one], order[other] = other, one
    return order
