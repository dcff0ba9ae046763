"""Encoders, and the list of them that the window shows."""

import subprocess
import sys

import pytest
import timm
import torch

from studio.base.errors import UserError
from studio.blocks.encoders import ShippedEncoder, listed_encoders, shipped_encoder, shipped_names
from studio.engine import encoders
from studio.engine.encoders import create_encoder, encoder_facts

SMALL = "test_resnet"  # the smallest resnet that there is


def architecture(name: str) -> str:
    shipped = shipped_encoder(name)
    return shipped.architecture if shipped else name


@pytest.mark.parametrize("listed", listed_encoders(), ids=lambda listed: listed.name)
def test_the_list_says_what_is_true(listed) -> None:  # type: ignore[no-untyped-def]
    name = architecture(listed.name)
    with torch.device("meta"):  # shapes alone
        body = timm.create_model(name, num_classes=0, global_pool="")
        whole = timm.create_model(name)
    parameters = sum(parameter.numel() for parameter in body.parameters())
    assert listed.parameters_m == pytest.approx(parameters / 1e6, abs=0.005)
    assert listed.about.endswith(".")
    if listed.shipped:
        assert listed.weights_mb == pytest.approx(shipped_encoder(listed.name).weights_file.stat().st_size / 1e6, 0.1)  # type: ignore[union-attr]
        return
    size_bytes = sum(tensor.numel() * tensor.element_size() for tensor in whole.state_dict().values())
    assert listed.weights_mb == pytest.approx(size_bytes / 1e6, abs=0.06)
    facts = encoder_facts(listed.name)
    assert listed.licence.lower() == facts.pretrained["license"].lower()
    assert facts.pretrained["hf_hub_id"]


def test_every_shipped_encoder_is_listed() -> None:
    assert shipped_names() == sorted(listed.name for listed in listed_encoders() if listed.shipped)


def test_the_list_goes_from_small_to_large_and_names_are_unique() -> None:
    sizes = [listed.parameters_m for listed in listed_encoders()]
    assert sizes == sorted(sizes)
    names = [listed.name for listed in listed_encoders()]
    assert len(names) == len(set(names)) >= 12


def test_the_list_is_read_without_torch() -> None:
    script = (
        "import sys; from studio.blocks.encoders import listed_encoders; n = len(listed_encoders())\n"
        "sys.exit(n < 1 or 'torch' in sys.modules or 'timm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60).returncode == 0


@pytest.mark.parametrize(
    "name",
    [SMALL, "mobilenetv3_small_050", "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "efficientnet_lite0"],
)
def test_every_kind_of_network_gives_a_map_and_learns(name: str) -> None:
    encoder = create_encoder(name, side_px=64)
    found = encoder(torch.rand(2, 3, 64, 64))
    assert found.ndim == 4
    assert found.shape[:2] == (2, encoder.features)
    found.sum().backward()
    grouped = [parameter for group in encoder.layer_groups() for parameter in group]
    assert len(grouped) == len(set(grouped)) == len(list(encoder.parameters()))
    assert sum(parameter.grad is None for parameter in grouped) <= 1  # the class token of a transformer


def test_a_resnet_has_the_groups_of_fastai() -> None:
    early, late = create_encoder("resnet18", side_px=64).layer_groups()
    net = create_encoder("resnet18", side_px=64).net
    parts = {part: sum(p.numel() for p in getattr(net, part).parameters()) for part, _ in net.named_children()}
    assert sum(p.numel() for p in late) == parts["layer3"] + parts["layer4"]
    assert sum(p.numel() for p in early) == sum(parts.values()) - parts["layer3"] - parts["layer4"]


def test_other_networks_are_one_group() -> None:
    assert len(create_encoder("mobilenetv3_small_050", side_px=64).layer_groups()) == 1


def test_the_same_seed_makes_the_same_encoder() -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        states.append(create_encoder(SMALL, side_px=64).state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_trying_it_out_leaves_no_trace() -> None:
    encoder = create_encoder(SMALL, side_px=64)
    assert encoder.training
    assert int(encoder.net.bn1.num_batches_tracked) == 0


def test_statistics_are_those_of_its_training() -> None:
    assert encoder_facts("resnet18").mean == (0.485, 0.456, 0.406)
    assert encoder_facts("vit_tiny_patch16_224").std == (0.5, 0.5, 0.5)


def test_a_misspelt_name_gets_a_proposal() -> None:
    with pytest.raises(UserError) as caught:
        create_encoder("resnet81", side_px=64)
    assert "resnet18" in caught.value.hint


@pytest.mark.parametrize("name", ["hf-hub:somebody/network", "local-dir:/etc", "../encoders", "encoders", " "])
def test_names_that_lead_elsewhere_are_unknown(name: str) -> None:
    with pytest.raises(UserError, match="no encoder named"):
        encoder_facts(name)


def test_a_training_that_never_was_is_named() -> None:
    with pytest.raises(UserError, match="never trained under the name 'foo'") as caught:
        encoder_facts("resnet18.foo")
    assert "a1_in1k" in caught.value.hint
    assert encoder_facts("resnet18.a1_in1k").pretrained["tag"] == "a1_in1k"


def test_a_size_that_does_not_suit_is_named() -> None:
    with pytest.raises(UserError, match="vit_tiny_patch16_224 cannot be used with pictures of 8 x 8 px"):
        create_encoder("vit_tiny_patch16_224", side_px=8)


def test_a_shipped_name_stands_for_its_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = ShippedEncoder(name="ours", architecture=SMALL, mean=(0.1, 0.2, 0.3), std=(1, 1, 1), licence="x")
    monkeypatch.setattr(encoders, "shipped_encoder", lambda name: shipped if name == "ours" else None)
    facts = encoder_facts("ours")
    assert (facts.architecture, facts.mean, facts.pretrained) == (SMALL, (0.1, 0.2, 0.3), {})
    assert create_encoder("ours", side_px=64).features == create_encoder(SMALL, side_px=64).features
