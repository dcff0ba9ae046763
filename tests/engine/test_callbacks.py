"""Freezing, and losses."""

import math

import pytest
import torch

from studio.engine.callbacks import Losses, freeze_before
from studio.engine.encoders import create_encoder
from studio.engine.model import EncoderAndHead, add_head, norm_layers
from studio.runtime.card import HeadCard


@pytest.fixture(scope="module")
def model() -> EncoderAndHead:
    torch.manual_seed(0)
    return add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=3))


def test_a_frozen_encoder_learns_in_its_norm_layers_only(model: EncoderAndHead) -> None:
    freeze_before(model, len(model.layer_groups()) - 1)
    statistics = {name: value.clone() for name, value in model.encoder.named_buffers() if name.endswith("running_mean")}
    model.train()(torch.rand(4, 3, 32, 32)).sum().backward()
    with_gradient = {name for name, parameter in model.named_parameters() if parameter.grad is not None}
    norms = {name for name, value in model.encoder.named_parameters() if value.ndim == 1}
    head = {name for name, _ in model.head.named_parameters()}
    assert with_gradient == {f"encoder.{name}" for name in norms} | {f"head.{name}" for name in head}
    now = dict(model.encoder.named_buffers())
    assert statistics
    assert all(not torch.equal(now[name], value) for name, value in statistics.items())


def test_a_thawed_encoder_learns_everywhere(model: EncoderAndHead) -> None:
    freeze_before(model, 0)
    assert all(parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("name", ["test_efficientnet", "mobilenetv3_small_050", "test_convnext", "test_vit"])
def test_norm_layers_of_other_networks_are_found(name: str) -> None:
    """Each has its own classes for them; some carry their activation with them."""
    encoder = create_encoder(name, side_px=64)
    found = {id(parameter) for layer in norm_layers(encoder) for parameter in layer.parameters(recurse=False)}
    named = {id(p) for key, p in encoder.named_parameters() if ".norm" in key or ".bn" in key}
    assert found >= named
    assert named
    assert len(found) < len(list(encoder.parameters()))


@pytest.mark.parametrize("name", ["resnet18", "resnet10t", "test_resnet"])
def test_residual_blocks_have_an_effect_from_the_start(name: str) -> None:
    encoder = create_encoder(name, side_px=32)
    scales = [value for key, value in encoder.named_parameters() if value.ndim == 1 and key.endswith("weight")]
    assert scales
    assert all((scale == 1).all() for scale in scales)


def test_smoothed_loss_starts_at_the_first_loss() -> None:
    """An exponential average with its bias taken out: 0.98 and 0.02, as fastai's."""
    losses = Losses()
    for step, loss in enumerate([2.0, 1.0, 0.5], start=1):
        losses.last = loss
        losses.after_step(None)  # type: ignore[arg-type]
        if step == 1:
            assert losses.shown(1) == pytest.approx(2.0)
    assert losses.shown(3) == pytest.approx((2.0 * 0.98**2 + 1.0 * 0.98 + 0.5) * 0.02 / (1 - 0.98**3))
    assert losses.epoch_loss == 3.5
    losses.last = math.nan
    assert not losses.is_number
