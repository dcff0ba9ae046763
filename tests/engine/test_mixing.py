"""Two pictures in one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.targets import Numbers, Tags
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.mixup import Mixup
from studio.engine.augment import Augment
from studio.engine.chance import generator
from studio.engine.mixing import BatchMixer, Blend, Patch, draw_blend, draw_patch, mix, mix_targets, mixed_target
from studio.runtime.preprocess import Preprocess

BLACK, WHITE = np.zeros((1, 20, 30, 3), np.uint8), np.full((1, 20, 30, 3), 255, np.uint8)


@given(st.floats(0.5, 1))
def test_a_blend_is_the_weighted_mean(share: float) -> None:
    mixed, shares = mix(WHITE, BLACK, [Blend(share)])
    assert np.abs(mixed - 255 * share).max() <= 0.5
    assert shares[0] == pytest.approx(share)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_share_of_a_patch_is_the_area_that_is_there(side: float, x: float, y: float) -> None:
    """A piece that reaches over the edge is cut, and its label counts for no more than what is seen of it."""
    mixed, shares = mix(WHITE, BLACK, [Patch(side, x, y)])
    assert set(np.unique(mixed)) <= {0, 255}
    assert shares[0] == pytest.approx(mixed.mean() / 255, abs=1e-6)


def test_nobodys_pictures_are_changed() -> None:
    before = WHITE.copy()
    mix(WHITE, BLACK, [Patch(0.5, 0.5, 0.5)])
    np.testing.assert_array_equal(WHITE, before)


def test_targets_are_mixed_as_their_pictures_are() -> None:
    own, other = np.array([[1, 0], [0, 1]], np.float32), np.array([[0, 1], [0, 1]], np.float32)
    mixed = mix_targets(own, other, np.array([0.75, 0.5], np.float32))
    np.testing.assert_allclose(mixed, [[0.75, 0.25], [0, 1]])


def test_shares_are_drawn_from_the_declared_distribution() -> None:
    """Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)); the larger share is the picture's own."""
    blends = np.array([draw_blend(generator(0, 0, row), 0.4).own_share for row in range(4000)])
    assert blends.min() >= 0.5
    assert np.mean((blends - 0.5) ** 2) == pytest.approx(1 / (4 * 1.8), rel=0.05)
    areas = np.array([draw_patch(generator(0, 0, row), 1.0).side_share ** 2 for row in range(4000)])
    assert areas.mean() == pytest.approx(0.5, abs=0.02)
    assert areas.var() == pytest.approx(1 / 12, rel=0.05)


@pytest.mark.parametrize("block", [Mixup(), CutMix()])
def test_a_batch_is_mixed_with_the_next_pictures(block: Mixup | CutMix) -> None:
    augment = Augment(Preprocess(16, "crop"), (block,), seed=4)
    assert augment.mixes
    pictures = np.stack([np.full((16, 16, 3), value, np.uint8) for value in (0, 100, 200)])
    mixer = BatchMixer(augment.mixings, lambda numbers: np.eye(3, dtype=np.float32)[numbers])
    mixed, shares = mixer(pictures, np.array([0, 1, 2]), [7, 8, 9], 2)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    for place, other in enumerate((1, 2, 0)):
        assert shares[place, 3 - place - other] == 0
        expected = shares[place, place] * 100 * place + shares[place, other] * 100 * other
        assert mixed[place].mean() == pytest.approx(expected, abs=0.5)
    again, _ = mixer(pictures, np.array([0, 1, 2]), [7, 8, 9], 2)
    np.testing.assert_array_equal(again, mixed)
    assert not np.array_equal(mixer(pictures, np.array([0, 1, 2]), [7, 8, 9], 3)[0], mixed)


def test_what_is_seen_of_mixed_pictures() -> None:
    assert mixed_target("cat", "dog", 0.7) == Tags(("cat", "dog"))
    assert mixed_target("cat", "cat", 0.7) == "cat"
    assert mixed_target("cat", "dog", 1.0) == "cat"
    assert mixed_target(Tags(("a", "b")), Tags(("b", "c")), 0.5) == Tags(("a", "b", "c"))
    assert mixed_target(Numbers((1.0,)), Numbers((3.0,)), 0.75) == Numbers((1.5,))
