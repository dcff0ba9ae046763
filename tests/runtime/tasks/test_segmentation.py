"""From scores a pixel to a mask of the original."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.geometry import FitMethod
from studio.base.targets import MaskFile
from studio.imaging.class_places import shrink_mask
from studio.imaging.warp import warp_image
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.segmentation import answer_of, decode, mask_of, pixel_shares, shares
from studio.runtime.view import View

CLASSES = ("sky", "road", "void")


def card_of(preprocess: Preprocess, **facts: Any) -> ModelCard:
    return ModelCard(
        task="segmentation",
        classes=CLASSES,
        preprocess=preprocess,
        encoder=EncoderCard(name="e", architecture="e", features=1),
        head=HeadCard(kind="unet", outputs=len(CLASSES)),
        **facts,
    )


def view_of(preprocess: Preprocess, kept_wh: tuple[int, int], original_wh: tuple[int, int]) -> View:
    return View.of(original_wh, kept_wh, preprocess.base_homography(*kept_wh))


def scores_of(mask_hw: np.ndarray) -> np.ndarray:
    """A model that is sure of every pixel of its picture: (classes, height, width)."""
    return np.stack([np.where(mask_hw == place, 5, 0) for place in range(len(CLASSES))]).astype(np.float32)


METHODS: list[FitMethod] = ["crop", "squish", "pad"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(METHODS),
    st.tuples(st.integers(48, 160), st.integers(48, 160)),
    st.tuples(st.sampled_from([32, 48, 64]), st.sampled_from([32, 48, 64])),
    st.floats(0.35, 0.65),
    st.booleans(),
)
def test_borders_come_back_to_where_they_were(
    method: FitMethod, original_wh: tuple[int, int], model_wh: tuple[int, int], place: float, is_smooth: bool
) -> None:
    """Four fields that meet in one place: through both steps of the resize and back, their borders move by no more
    than one pixel, of the original or of the model's picture, whichever is larger."""
    preprocess = Preprocess(model_wh[0], method, height_px=model_wh[1])
    wide_px, high_px = original_wh
    column_px, row_px = round(place * wide_px), round((1 - place) * high_px)
    truth = np.zeros((high_px, wide_px), np.uint8)
    truth[row_px:, :column_px] = 1
    truth[:row_px, column_px:] = 1
    kept_wh = preprocess._kept_wh(*original_wh)
    view = view_of(preprocess, kept_wh, original_wh)
    seen = warp_image(
        shrink_mask(truth, kept_wh),
        preprocess.base_homography(*kept_wh),
        model_wh,
        border=preprocess.border,
        interpolation="nearest",
        outside=255,
    )
    if is_smooth:
        found = mask_of(scores_of(seen), view)
    else:
        answer = answer_of(seen, card_of(preprocess), view)
        assert answer.mask_hw is not None
        found = answer.mask_hw
    assert found.shape == truth.shape

    scale_x, scale_y = view.matrix[0, 0], view.matrix[1, 1]
    near_x, near_y = 1 + 1 / min(1, scale_x), 1 + 1 / min(1, scale_y)
    far = np.ones(truth.shape, bool)
    far[:, (np.abs(np.arange(wide_px) + 0.5 - column_px)) <= near_x] = False
    far[(np.abs(np.arange(high_px) + 0.5 - row_px)) <= near_y] = False
    # Where the model looked, and a pixel within its edges: a pad's own border is told apart there.
    x = (np.arange(wide_px) + 0.5) * scale_x + view.matrix[0, 2]
    y = (np.arange(high_px) + 0.5) * scale_y + view.matrix[1, 2]
    inside = ((y > 1) & (y < model_wh[1] - 1))[:, None] & ((x > 1) & (x < model_wh[0] - 1))[None]
    if method == "pad":
        inside[:2], inside[-2:], inside[:, :2], inside[:, -2:] = False, False, False, False
    compared = far & inside
    assert compared.any()
    np.testing.assert_array_equal(found[compared], truth[compared])
    beyond = ((y < -1) | (y > model_wh[1] + 1))[:, None] | ((x < -1) | (x > model_wh[0] + 1))[None]
    assert (found[beyond] == 255).all()


def test_scores_are_weighed_between_pixels() -> None:
    """From two pixels to eight: the border lies where both classes are equally likely, not between the pixels."""
    preprocess = Preprocess(2, "squish", height_px=1)
    planes = np.array([[[3.0, 0.0]], [[0.0, 1.0]], [[-9.0, -9.0]]], np.float32)
    view = view_of(preprocess, (8, 1), (8, 1))
    # The difference of scores falls from 3 at x = 2 to -1 at x = 6: 0 at x = 5.
    assert mask_of(planes, view).tolist() == [[0, 0, 0, 0, 0, 1, 1, 1]]
    answer = answer_of(planes.argmax(0).astype(np.uint8), card_of(preprocess), view)
    assert answer.mask_hw is not None
    assert answer.mask_hw.tolist() == [[0, 0, 0, 0, 1, 1, 1, 1]]


def test_an_answer_has_the_share_of_each_class() -> None:
    preprocess = Preprocess(4, "crop")
    card = card_of(preprocess)
    mask_hw = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 2]], np.uint8)
    # Of a picture twice as wide as high the model sees the middle alone.
    (answer,) = decode(scores_of(mask_hw)[None], card, [view_of(preprocess, (8, 4), (8, 4))])
    assert answer.mask_hw is not None
    np.testing.assert_array_equal(answer.mask_hw[:, 2:6], mask_hw)
    assert (answer.mask_hw[:, [0, 1, 6, 7]] == 255).all()
    assert answer.target == MaskFile("")
    assert list(answer.probabilities.items()) == [("road", 11 / 16), ("sky", 4 / 16), ("void", 1 / 16)]


def test_a_class_that_was_not_taught_is_never_the_answer() -> None:
    preprocess = Preprocess(2, "squish")
    planes = np.zeros((1, 3, 2, 2), np.float32)
    planes[:, 2], planes[:, 1, 0] = 9, 1
    view = view_of(preprocess, (2, 2), (2, 2))
    (answer,) = decode(planes, card_of(preprocess, unlearned=("void",)), [view])
    assert answer.mask_hw is not None
    assert answer.mask_hw.tolist() == [[1, 1], [0, 0]]
    (answer,) = decode(planes, card_of(preprocess), [view])
    assert answer.mask_hw is not None
    assert (answer.mask_hw == 2).all()


def test_no_number_is_no_answer_but_leaves_the_others() -> None:
    preprocess = Preprocess(2, "squish")
    planes = np.zeros((2, 3, 2, 2), np.float32)
    planes[0, 1, 0, 0] = np.nan
    views = [view_of(preprocess, (2, 2), (2, 2))] * 2
    broken, whole = decode(planes, card_of(preprocess), views)
    assert (broken.target, broken.mask_hw, broken.probabilities) == (None, None, {})
    assert "no numbers" in broken.reason
    assert whole.mask_hw is not None
    undecided = answer_of(np.full((2, 2), 255, np.uint8), card_of(preprocess), views[0])
    assert undecided.target is None


def test_probabilities_sum_to_one_in_each_pixel() -> None:
    outputs = np.random.default_rng(0).normal(0, 20, (2, 3, 4, 5)).astype(np.float32)
    outputs[1, 0, 0, 0] = np.inf
    found = shares(outputs, card_of(Preprocess(5, "squish", height_px=4)))
    np.testing.assert_allclose(found[0].sum(axis=0), 1)
    np.testing.assert_array_equal(found[0].argmax(axis=0), outputs[0].argmax(axis=0))
    assert np.isnan(found[1]).all()


def test_undecided_pixels_have_no_share() -> None:
    assert pixel_shares(np.array([[255, 1], [1, 0]], np.uint8), CLASSES) == pytest.approx(
        {"road": 2 / 3, "sky": 1 / 3, "void": 0}
    )
    assert pixel_shares(np.full((2, 2), 255, np.uint8), CLASSES) == {"sky": 0, "road": 0, "void": 0}
