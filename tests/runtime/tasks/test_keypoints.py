"""From outputs to places in the original."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Points, Skeleton
from studio.runtime.card import ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.keypoints import decode, shares
from studio.runtime.view import View

METHODS = ("crop", "pad", "squish")
SIDES = st.integers(8, 400)


def plain_view(preprocess: Preprocess, original_wh: tuple[int, int], kept_wh: tuple[int, int]) -> View:
    return View.of(original_wh, kept_wh, preprocess.base_homography(*kept_wh))


def test_the_middle_is_the_middle_whatever_the_method(card_of: Callable[..., ModelCard]) -> None:
    for method in METHODS:
        preprocess = Preprocess(48, method, height_px=32)
        card = card_of(2, task="keypoints", skeleton=Skeleton(("nose",)), preprocess=preprocess)
        (answer,) = decode(np.zeros((1, 2)), card, [plain_view(preprocess, (300, 200), (75, 50))])
        assert isinstance(answer.target, Points)
        (place,) = answer.target.places
        assert place is not None
        assert (place.x_px, place.y_px) == pytest.approx((150, 100))


@given(
    method=st.sampled_from(METHODS),
    original_wh=st.tuples(SIDES, SIDES),
    shrink=st.floats(0.2, 1),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_place_comes_back_to_where_it_was(
    card_of: Callable[..., ModelCard],
    method: str,
    original_wh: tuple[int, int],
    shrink: float,
    place: tuple[float, float],
) -> None:
    preprocess = Preprocess(40, method, height_px=30)  # type: ignore[arg-type]
    card = card_of(2, task="keypoints", skeleton=Skeleton(("nose",)), preprocess=preprocess)
    kept_wh = max(1, round(original_wh[0] * shrink)), max(1, round(original_wh[1] * shrink))
    view = plain_view(preprocess, original_wh, kept_wh)
    here = np.array([place]) * original_wh
    x, y, w = view.matrix @ [*here[0], 1]
    outputs = np.array([[2 * x / w / 40 - 1, 2 * y / w / 30 - 1]])
    (answer,) = decode(outputs, card, [view])
    assert isinstance(answer.target, Points)
    (found,) = answer.target.places
    assert found is not None
    np.testing.assert_allclose([[found.x_px, found.y_px]], here, atol=1e-6 * max(original_wh))


def test_no_number_is_no_answer(card_of: Callable[..., ModelCard]) -> None:
    card = card_of(2, task="keypoints", skeleton=Skeleton(("nose",)))
    view = plain_view(card.preprocess, (64, 64), (64, 64))
    broken, whole = decode(np.array([[np.nan, 0], [-1, 1]]), card, [view, view])
    assert broken.target is None
    assert whole.target is not None
    np.testing.assert_allclose(shares(np.array([[-1, 1]]), card), [[0, 1]])
