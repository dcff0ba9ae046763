"""A long gradient is shortened before the step, a short one stays."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from studio.engine.gradient_clipping import GradientClipping


@pytest.mark.parametrize(("longest", "length"), [(1.0, 1.0), (5.0, 5.0), (20.0, 13.0)])
def test_all_weights_together_are_no_longer_than_said(longest: float, length: float) -> None:
    model = nn.Linear(2, 1)
    model.weight.grad = torch.tensor([[3.0, 4.0]])
    model.bias.grad = torch.tensor([12.0])
    GradientClipping(longest).after_backward(SimpleNamespace(model=model))  # type: ignore[arg-type]
    gradient = torch.cat([model.weight.grad.flatten(), model.bias.grad])
    assert float(gradient.norm()) == pytest.approx(length, rel=1e-5)
    assert torch.allclose(gradient / gradient.norm(), torch.tensor([3.0, 4.0, 12.0]) / 13)
