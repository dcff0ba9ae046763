"""What is decayed, and how fast each group learns."""

import torch
from torch import nn

from studio.engine.optimizer import make_optimizer, set_rates


def test_biases_and_norm_layers_are_not_decayed() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    optimizer = make_optimizer([list(model.parameters())], weight_decay=0.1)
    before = {name: value.clone() for name, value in model.named_parameters()}
    set_rates(optimizer, [0.5], 0.95)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    # Without a gradient only the decay moves a weight: by learning rate times decay.
    assert torch.allclose(model[0].weight, before["0.weight"] * (1 - 0.5 * 0.1))
    for name in ("0.bias", "1.weight", "1.bias"):
        assert torch.equal(dict(model.named_parameters())[name], before[name])


def test_every_parameter_is_in_one_group_with_its_layers_rate() -> None:
    groups = [[nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(2))], [nn.Parameter(torch.ones(3, 1))]]
    optimizer = make_optimizer(groups, 0.01)
    set_rates(optimizer, [1e-4, 1e-2], 0.9)
    rates = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    assert [rates[id(p)] for group in groups for p in group] == [1e-4, 1e-4, 1e-2]
    assert {group["betas"] for group in optimizer.param_groups} == {(0.9, 0.99)}
    assert {group["eps"] for group in optimizer.param_groups} == {1e-5}
