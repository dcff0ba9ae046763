"""From outputs to places in the original."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Points, Skeleton
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.keypoints import answer_of, decode, find_points, shares
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


# --- heat maps --------------------------------------------------------------------------------------------------------

TWO = Skeleton(("nose", "tail"))


def map_card() -> ModelCard:
    return ModelCard(
        task="keypoints",
        skeleton=TWO,
        grids=((10, 8),),
        preprocess=Preprocess(40, "squish", height_px=32),
        encoder=EncoderCard(name="e", architecture="e", features=1),
        head=HeadCard(kind="heat_maps", outputs=2),
    )


def spot(x: float, y: float, height: float) -> np.ndarray:
    """A map of 10 x 8 cells that is bright at a place, in cells."""
    columns, rows = np.arange(10) + 0.5 - x, np.arange(8)[:, None] + 0.5 - y
    return height * np.exp(-(columns**2 + rows**2) / 2)


def test_the_brightest_place_is_the_point_and_its_brightness_a_score() -> None:
    card = map_card()
    assert card.output_shape == (2, 8, 10)
    maps = np.array([[spot(2.25, 6.0, 0.5), spot(7.0, 3.5, 1.25)]])
    view = plain_view(card.preprocess, (80, 64), (80, 64))  # of a picture twice as large, eight times as the map
    (answer,) = decode(maps, card, [view])
    assert isinstance(answer.target, Points)
    nose, tail = answer.target.places
    assert nose is not None
    assert tail is not None
    assert (nose.x_px, nose.y_px, tail.x_px, tail.y_px) == pytest.approx((18, 48, 56, 28))
    assert list(answer.probabilities) == ["nose", "tail"]
    assert answer.probabilities["nose"] == pytest.approx(0.5 * np.exp(-0.5 * (0.25**2 + 0.5**2)))
    assert answer.probabilities["tail"] == 1
    found = find_points(maps, card)
    assert answer_of(found[0], card, view) == answer
    assert shares(maps, card) == pytest.approx(maps)


def test_a_map_without_numbers_is_no_answer() -> None:
    card = map_card()
    maps = np.array([[spot(2, 3, 1), spot(7, 3, 1)]] * 2)
    maps[0, 1, 0, 0] = np.inf
    view = plain_view(card.preprocess, (40, 32), (40, 32))
    broken, whole = decode(maps, card, [view, view])
    assert broken.target is None
    assert not broken.probabilities
    assert whole.target is not None
    assert np.isnan(shares(maps, card)).sum() == 1
