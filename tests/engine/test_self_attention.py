"""Places that look at all other places."""

import torch

from studio.engine.self_attention import SelfAttention


def test_does_nothing_at_first_and_can_learn_to() -> None:
    torch.manual_seed(0)
    layer, maps = SelfAttention(16), torch.randn(2, 16, 3, 5)
    assert torch.equal(layer(maps), maps)
    layer(maps).square().sum().backward()
    assert layer.strength.grad is not None
    assert layer.strength.grad.abs() > 0


def test_every_place_sees_every_other() -> None:
    torch.manual_seed(0)
    layer = SelfAttention(16).eval()
    with torch.no_grad():
        layer.strength.fill_(1)
    maps = torch.randn(1, 16, 4, 4)
    changed = maps.clone()
    changed[..., 0, 0] += 1
    difference = (layer(changed) - layer(maps)).abs().sum(1)[0]
    assert (difference > 0).all()


def test_a_place_takes_a_mean_of_all() -> None:
    """With keys that are all alike every place counts the same."""
    torch.manual_seed(0)
    layer = SelfAttention(8).eval()
    with torch.no_grad():
        layer.strength.fill_(2)
    maps = torch.randn(1, 8, 1, 1).expand(1, 8, 3, 3).clone()
    expected = 2 * layer.value(maps.flatten(2)).mean(2, keepdim=True).unsqueeze(-1) + maps
    torch.testing.assert_close(layer(maps), expected)
