"""The U-Net: fastai's layout and numbers, any size, any encoder that goes from fine to coarse."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.base.errors import UserError
from studio.engine.encoders import create_encoder
from studio.engine.export import onnx_bytes
from studio.engine.skips import find_skips
from studio.engine.unet import DynamicUnet, make_unet
from studio.runtime.card import UnetSettings
from studio.runtime.preprocess import Preprocess


def unet(
    name: str = "test_resnet",
    size_hw: tuple[int, int] = (64, 64),
    outputs: int = 3,
    channels: int = 3,
    settings: UnetSettings | None = None,
) -> DynamicUnet:
    torch.manual_seed(0)
    encoder = create_encoder(name, side_px=size_hw[1], height_px=size_hw[0], channels=channels)
    return make_unet(encoder, outputs, size_hw, channels=channels, settings=settings, name=name)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("outputs", "bottle", "parameters"), [(12, True, 41_133_018), (32, False, 41_224_168), (2, False, 41_221_168)]
)
def test_as_many_parameters_as_fastai_has(outputs: int, bottle: bool, parameters: int) -> None:
    model = unet("resnet34", outputs=outputs, settings=UnetSettings(bottle=bottle))
    assert count(model) == parameters
    norms = [layer for layer in model.encoder.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert sum(map(count, norms)) == 17_024
    if bottle:  # what the lecture's summary calls trainable and frozen
        assert count(model.head) + 17_024 == 19_865_370
        assert count(model.encoder) - 17_024 == 21_267_648


def test_layout_of_the_smaller_resnet() -> None:
    """resnet18 and resnet34 have the same maps, so all but the encoder is the same."""
    model = unet("resnet18", outputs=32)
    assert count(model) == 11_176_512 + 41_224_168 - 21_284_672
    assert [(skip.layer, skip.features, skip.size_hw) for skip in model.skips] == [
        ("act1", 64, (32, 32)),
        ("layer1", 64, (16, 16)),
        ("layer2", 128, (8, 8)),
        ("layer3", 256, (4, 4)),
    ]
    assert [block.outputs for block in model.head.blocks] == [512, 384, 256, 96]
    assert [len(group) for group in model.layer_groups()] == [30, 30, len(list(model.head.parameters()))]
    assert {name.split(".")[0] for name in model.state_dict()} == {"encoder", "head"}


@pytest.mark.parametrize("size_hw", [(32, 32), (33, 45), (50, 32), (64, 96), (97, 61)])
def test_every_size_gives_a_score_a_pixel_and_teaches_every_layer(size_hw: tuple[int, int]) -> None:
    model = unet(size_hw=size_hw)
    scores = model(torch.randn(2, 3, *size_hw))
    assert scores.shape == (2, 3, *size_hw)
    scores.square().mean().backward()
    assert [name for name, parameter in model.named_parameters() if parameter.grad is None] == []
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.head.parameters() if parameter.grad is not None)


def test_the_same_weights_work_at_another_size() -> None:
    small, large = unet(size_hw=(32, 32)), unet(size_hw=(65, 96))
    large.load_state_dict(small.state_dict())
    pictures = torch.randn(2, 3, 65, 96)
    torch.testing.assert_close(small.eval()(pictures), large.eval()(pictures))


@pytest.mark.parametrize(
    ("name", "size_hw", "shapes"),
    [
        ("test_efficientnet", (45, 64), [(16, (23, 32)), (24, (12, 16)), (32, (6, 8)), (48, (3, 4))]),
        ("test_convnext", (64, 96), [(24, (16, 24)), (32, (8, 12)), (48, (4, 6))]),
        ("convnext_atto", (33, 64), [(40, (8, 16)), (80, (4, 8)), (160, (2, 4))]),
        ("mobilenetv3_small_050", (32, 64), [(16, (16, 32)), (8, (8, 16)), (16, (4, 8)), (24, (2, 4))]),
        ("test_nfnet", (64, 64), [(64, (32, 32)), (32, (16, 16)), (64, (8, 8)), (96, (4, 4))]),
    ],
)
def test_encoders_of_other_families(
    name: str, size_hw: tuple[int, int], shapes: list[tuple[int, tuple[int, int]]]
) -> None:
    model = unet(name, size_hw)
    assert [(skip.features, skip.size_hw) for skip in model.skips] == shapes
    pictures = torch.randn(2, 3, *size_hw)
    assert model(pictures).shape == (2, 3, *size_hw)


def test_an_encoder_whose_maps_have_their_features_last() -> None:
    encoder = create_encoder("swin_tiny_patch4_window7_224", side_px=64)
    assert encoder.channels_last
    assert [(skip.features, skip.size_hw) for skip in find_skips(encoder, (64, 64))] == [
        (96, (16, 16)),
        (192, (8, 8)),
        (384, (4, 4)),
    ]


def test_an_encoder_that_knows_one_size_says_so() -> None:
    with pytest.raises(UserError, match="test_vit looks at a picture in one size only"):
        unet("test_vit", (64, 64))


@pytest.mark.parametrize("channels", [1, 2, 4, 16])
def test_any_number_of_channels(channels: int) -> None:
    model = unet(channels=channels, size_hw=(32, 48))
    assert model(torch.randn(2, channels, 32, 48)).shape == (2, 3, 32, 48)


def hooks(model: nn.Module) -> int:
    return sum(len(layer._forward_hooks) for layer in model.modules())


def test_no_hook_stays() -> None:
    model = unet()
    assert hooks(model) == 0
    model(torch.randn(2, 3, 64, 64))
    assert hooks(model) == 0
    with pytest.raises(RuntimeError):
        model(torch.randn(2, 5, 64, 64))
    assert hooks(model) == 0


def test_looking_for_skips_changes_nothing() -> None:
    encoder = create_encoder("test_resnet", side_px=64)
    before, state = copy.deepcopy(encoder.state_dict()), torch.get_rng_state()
    find_skips(encoder, (64, 64))
    assert encoder.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in encoder.state_dict().items())


def test_a_copy_looks_at_its_own_maps() -> None:
    model = unet().eval()
    other, pictures = copy.deepcopy(model), torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(other(pictures), model(pictures))
    with torch.no_grad():
        for parameter in other.encoder.parameters():
            parameter.mul_(2)
    assert not torch.allclose(other(pictures), model(pictures))


def test_the_order_in_memory_changes_nothing() -> None:
    model = unet().eval()
    pictures = torch.randn(2, 3, 64, 64)
    expected = model(pictures)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    found = model(pictures.to(memory_format=torch.channels_last))
    assert found.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_what_can_be_chosen_changes_the_layout() -> None:
    plain = unet()
    assert count(unet(settings=UnetSettings(blur=True))) == count(plain)
    assert count(unet(settings=UnetSettings(last_cross=False))) < count(plain)
    attending = unet(settings=UnetSettings(self_attention=True))
    names = [name for name, layer in attending.named_modules() if type(layer).__name__ == "SelfAttention"]
    assert names == ["head.blocks.1.mix.2"]  # the third from the end
    pictures = torch.randn(2, 3, 64, 64)
    plain.load_state_dict(attending.state_dict(), strict=False)
    # Without strength at first: as if it were not there.
    torch.testing.assert_close(attending.eval()(pictures), plain.eval()(pictures))


def output_of(model: DynamicUnet, pictures: Tensor) -> np.ndarray:
    with torch.inference_mode():
        return np.asarray(model(pictures).numpy())


@pytest.mark.parametrize("settings", [UnetSettings(), UnetSettings(blur=True, self_attention=True)])
def test_says_the_same_without_torch(settings: UnetSettings) -> None:
    size_hw = 33, 45
    model = unet(size_hw=size_hw, settings=settings).eval()
    content = onnx_bytes(model, Preprocess(size_hw[1], "crop", height_px=size_hw[0]), "test_resnet")
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for number in (1, 3):
        pictures = torch.randn(number, 3, *size_hw)
        (found,) = session.run(None, {"pictures": pictures.numpy()})
        np.testing.assert_allclose(found, output_of(model, pictures), atol=1e-4)
