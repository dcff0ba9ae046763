"""The head, against fastai's."""

import pytest
import torch
from torch import nn

from studio.engine.head import ConcatPool, make_head


@pytest.mark.parametrize(("features", "classes", "parameters"), [(2048, 17, 2_115_072), (512, 2, 528_384)])
def test_as_many_parameters_as_fastai_has(features: int, classes: int, parameters: int) -> None:
    assert sum(parameter.numel() for parameter in make_head(features, classes).parameters()) == parameters


def test_pool_gives_the_largest_then_the_average() -> None:
    features_nchw = torch.tensor([[[[1.0, 3.0], [5.0, 7.0]], [[0.0, 0.0], [0.0, 8.0]]]])
    assert ConcatPool()(features_nchw).tolist() == [[7.0, 8.0, 4.0, 2.0]]


def test_start_of_the_layers() -> None:
    torch.manual_seed(0)
    head = make_head(512, 5)
    norms = [layer for layer in head if isinstance(layer, nn.BatchNorm1d)]
    linears = [layer for layer in head if isinstance(layer, nn.Linear)]
    assert [float(layer.p) for layer in head if isinstance(layer, nn.Dropout)] == [0.25, 0.5]
    assert all((norm.weight == 1).all() and torch.allclose(norm.bias, torch.tensor(1e-3)) for norm in norms)
    assert all(linear.bias is None for linear in linears)
    # Kaiming: the standard deviation is sqrt(2 / inputs).
    assert float(linears[0].weight.detach().std()) == pytest.approx((2 / 1024) ** 0.5, rel=0.02)


def test_scores_have_the_classes_width() -> None:
    assert make_head(8, 3).eval()(torch.rand(4, 8, 2, 5)).shape == (4, 3)
