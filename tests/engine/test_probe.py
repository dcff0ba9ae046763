"""The probe looks, and touches nothing."""

from pathlib import Path

import pytest
import torch

from studio.engine import probe
from studio.engine.encoders import create_encoder
from studio.engine.model import add_head
from studio.engine.probe import is_channels_last_faster
from studio.runtime.card import HeadCard


def test_weights_and_generators_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    torch.manual_seed(1)
    model = add_head(create_encoder("test_resnet", side_px=32), HeadCard(outputs=2))
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    answer = is_channels_last_faster(model, "test_resnet", (32, 32), 4, "cpu", 1)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())

    def again(*arguments: object) -> bool:
        raise AssertionError("measured again")

    monkeypatch.setattr(probe, "_measure", again)
    assert is_channels_last_faster(model, "test_resnet", (32, 32), 4, "cpu", 1) is answer
    with pytest.raises(AssertionError, match="measured again"):
        is_channels_last_faster(model, "test_resnet", (64, 64), 4, "cpu", 1)


def test_a_damaged_memory_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "probes.json").write_text("[half of")
    monkeypatch.setattr(probe, "_measure", lambda *arguments: True)
    assert is_channels_last_faster(torch.nn.Identity(), "nothing", (32, 32), 4, "cpu", 1)
