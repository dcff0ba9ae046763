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


def reserve(optimizer: torch.optim.Optimizer) -> None:
    """Make room for what the optimizer will remember of the parameters that have a gradient: its next step takes no
    memory then, and cannot fail half-way for want of it."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None and parameter not in optimizer.state:
                moments = {name: torch.zeros_like(parameter.detach()) for name in ("exp_avg", "exp_avg_sq")}
                steps = torch.zeros((), dtype=torch.float32, device=parameter.device)
                optimizer.state[parameter] = {"step": steps, **moments}


def steps_begun(optimizer: torch.optim.Optimizer) -> list[int]:
    """A number for each parameter's counter of steps, which changes when that does; the device is not asked."""
    return [state["step"]._version for state in optimizer.state.values()]


def set_rates(optimizer: torch.optim.Optimizer, learning_rates: Sequence[float], momentum: float) -> None:
    """`learning_rates`: one a group of layers."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rates[group["layer_group"]]
        group["betas"] = (momentum, _SQUARES)
