"""Enlarging maps: fours that begin alike."""

import torch
from torch.nn import functional

from studio.engine.pixel_shuffle import PixelShuffle


def test_begins_as_nearest_neighbour_without_a_checkerboard() -> None:
    torch.manual_seed(0)
    layer, maps = PixelShuffle(8, 5), torch.randn(2, 8, 6, 7)
    enlarged = layer(maps)
    assert enlarged.shape == (2, 5, 12, 14)
    assert torch.equal(enlarged, functional.interpolate(enlarged[..., ::2, ::2], scale_factor=2, mode="nearest"))
    assert enlarged.std() > 0.1


def test_is_drawn_as_wide_as_he_et_al_say() -> None:
    torch.manual_seed(0)
    weight = PixelShuffle(256, 128)[0].weight
    assert abs(float(weight.detach().std()) - (2 / 256) ** 0.5) < 0.001
    assert torch.equal(weight[::4], weight[3::4])
    assert not torch.equal(weight[0], weight[4])


def test_blur_averages_with_above_and_left() -> None:
    torch.manual_seed(0)
    sharp, soft = PixelShuffle(3, 2), PixelShuffle(3, 2, blur=True)
    soft.load_state_dict(sharp.state_dict())
    maps = torch.rand(1, 3, 4, 4)
    one, other = sharp(maps), soft(maps)
    assert other.shape == one.shape
    expected = (one[..., 1:, 1:] + one[..., :-1, 1:] + one[..., 1:, :-1] + one[..., :-1, :-1]) / 4
    torch.testing.assert_close(other[..., 1:, 1:], expected)
    torch.testing.assert_close(other[..., 0, 0], one[..., 0, 0])
