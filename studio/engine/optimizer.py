"""The optimizer: Adam with weight decay of its own, in groups of layers."""

from collections.abc import Sequence

import torch
from torch import nn

# Source: fastai 2 `Adam` and `fit_one_cycle`; the momentum is moved by the schedule.
_MOMENTUM, _SQUARES, _EPSILON = 0.95, 0.99, 1e-5


def make_optimizer(layer_groups: Sequence[Sequence[nn.Parameter]], weight_decay: float) -> torch.optim.AdamW:
    """Each of its groups says as `layer_group` which group of layers it belongs to.

    Biases and the weights of norm layers, all of one dimension, are not decayed.
    """
    groups = []
    for number, parameters in enumerate(layer_groups):
        for decays in (True, False):
            chosen = [parameter for parameter in parameters if (parameter.ndim > 1) is decays]
            decay = weight_decay if decays else 0.0
            groups.append({"params": chosen, "weight_decay": decay, "layer_group": number})
    return torch.optim.AdamW(groups, lr=0.0, betas=(_MOMENTUM, _SQUARES), eps=_EPSILON, fused=True)


def set_rates(optimizer: torch.optim.Optimizer, learning_rates: Sequence[float], momentum: float) -> None:
    """`learning_rates`: one a group of layers."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rates[group["layer_group"]]
        group["betas"] = (momentum, _SQUARES)
