"""A class for each pixel: from a model's outputs to a mask of the original picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.targets import MaskFile
from studio.imaging.class_places import UNDECIDED
from studio.imaging.warp import warp_image
from studio.runtime.answer import NO_NUMBERS, Answer
from studio.runtime.card import ModelCard
from studio.runtime.view import View


def decode(outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
    """A mask of each original, with the share of the picture that each class has. outputs: (N, classes, height, width)
    scores."""
    unlearned = [card.classes.index(name) for name in card.unlearned]
    return [
        _answer(mask_of(planes_khw, view, unlearned) if np.isfinite(planes_khw).all() else None, card)
        for planes_khw, view in zip(outputs, views, strict=True)
    ]


def shares(outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
    """Probabilities: softmax over the classes of each pixel; NaN for a picture with an output that is not finite."""
    scores = np.asarray(outputs, dtype=np.float64)
    scores = np.where(np.isfinite(scores).all(axis=(1, 2, 3), keepdims=True), scores, np.nan)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def answer_of(places_hw: NDArray[np.uint8], card: ModelCard, view: View) -> Answer:
    """The answer where the class of each of the model's pixels is known already: borders are staircases, in a fraction
    of the time. UNDECIDED everywhere: the model gave no numbers."""
    has_numbers = bool((places_hw != UNDECIDED).any())
    return _answer(_nearest(places_hw, view) if has_numbers else None, card)


def mask_of(planes_khw: NDArray[np.floating], view: View, unlearned: Sequence[int] = ()) -> NDArray[np.uint8]:
    """The best class of each pixel of the original, (height, width); UNDECIDED where the model did not look, beyond
    the edges of a crop. Scores lie between pixels, so that borders of classes are as fine as the original is.

    unlearned: places of classes that are never the best.
    """
    planes_khw = np.asarray(planes_khw, dtype=np.float32)
    first, *others = [place for place in range(len(planes_khw)) if place not in unlearned]
    # One plane after the other: all of them, of a large picture with many classes, would fill the memory.
    highest = _enlarged(planes_khw[first], view)
    mask_hw = np.full(highest.shape, first, dtype=np.uint8)
    for place in others:
        plane = _enlarged(planes_khw[place], view)
        mask_hw[plane > highest] = place
        np.maximum(highest, plane, out=highest)
    beyond = _nearest(np.zeros(planes_khw.shape[1:], dtype=np.uint8), view)
    return np.maximum(mask_hw, beyond)  # `beyond` is 0 inside and UNDECIDED outside


def pixel_shares(mask_hw: NDArray[np.uint8], classes: Sequence[str]) -> dict[str, float]:
    """How much of the decided pixels each class has, the largest first."""
    counts = np.bincount(mask_hw.ravel(), minlength=UNDECIDED + 1)[: len(classes)]
    total = max(1, int(counts.sum()))
    return {classes[place]: int(counts[place]) / total for place in np.argsort(-counts, kind="stable")}


def _answer(mask_hw: NDArray[np.uint8] | None, card: ModelCard) -> Answer:
    if mask_hw is None:
        return Answer(None, reason=NO_NUMBERS)
    return Answer(MaskFile(""), pixel_shares(mask_hw, card.classes), mask_hw=mask_hw)


def _enlarged(plane_hw: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    return warp_image(plane_hw, view.back, view.original_wh, border="replicate")


def _nearest(places_hw: NDArray[np.uint8], view: View) -> NDArray[np.uint8]:
    back, size_wh = view.back, view.original_wh
    return warp_image(places_hw, back, size_wh, border="constant", interpolation="nearest", outside=UNDECIDED)
