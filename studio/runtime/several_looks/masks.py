"""Several looks at the pixels of a picture: each look's probabilities are brought back to where they belong."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.imaging.warp import warp_image
from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard
from studio.runtime.several_looks.averaging import Averaging, average
from studio.runtime.several_looks.look import Look
from studio.runtime.tasks import segmentation
from studio.runtime.view import View

_LEAST = 1e-30  # a probability; its logarithm must be a number


def merge(outputs: NDArray[np.floating], looks: Sequence[Look], card: ModelCard, how: Averaging) -> NDArray[np.float64]:
    """Scores (classes, height, width) of the plain picture: logarithms of what all looks say together. A pixel counts
    in those looks that show it. outputs: (looks, classes, height, width)."""
    size_wh = card.preprocess.size_wh
    shares = segmentation.shares(outputs, card)
    others = np.empty_like(shares[1:])
    for place, look in enumerate(looks[1:]):
        back_hwk = warp_image(_as_picture(shares[place + 1]), look.back, size_wh, border="replicate")
        others[place] = back_hwk.transpose(2, 0, 1)
    is_seen = np.array([_is_seen(look, size_wh) for look in looks[1:]]).reshape(-1, 1, size_wh[1], size_wh[0])
    return np.asarray(np.log(np.maximum(average(shares[0], others, how, is_seen), _LEAST)))


def answer(merged: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
    """The answer to what `merge` gives."""
    return segmentation.decode(merged[None], card, [view])[0]


def _as_picture(planes_khw: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.ascontiguousarray(planes_khw.transpose(1, 2, 0), dtype=np.float32)


def _is_seen(look: Look, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Which pixels of the plain picture this look shows, (height, width)."""
    x, y = np.meshgrid(np.arange(size_wh[0]) + 0.5, np.arange(size_wh[1]) + 0.5)
    return look.sees(np.column_stack([x.ravel(), y.ravel()]), size_wh).reshape(size_wh[1], size_wh[0])
