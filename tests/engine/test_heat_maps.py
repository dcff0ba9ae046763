"""Heat maps: the network, the spots that it is taught, and how wrong its maps are."""

import math

import numpy as np
import pytest
import torch

from studio.base.errors import UserError
from studio.engine.encoders import create_encoder
from studio.engine.export import onnx_bytes
from studio.engine.heat_maps import Enlargement, HeatMapHead, HeatMapNetwork, differences, make_heat_maps, spots
from studio.runtime.heat_maps import peaks
from studio.runtime.preprocess import Preprocess


def network_of(encoder: str = "test_resnet", size_hw: tuple[int, int] = (64, 64), points: int = 2) -> HeatMapNetwork:
    torch.manual_seed(0)
    return make_heat_maps(create_encoder(encoder, side_px=size_hw[1], height_px=size_hw[0]), points, size_hw)


@pytest.mark.parametrize(
    ("encoder", "size_hw", "grid"),
    [
        ("test_resnet", (64, 64), (16, 16)),
        ("test_resnet", (96, 160), (40, 24)),
        ("test_resnet", (50, 70), (18, 13)),
        ("test_convnext", (64, 96), (24, 16)),
        ("test_efficientnet", (64, 64), (16, 16)),
    ],
)
def test_a_map_a_point_four_times_as_coarse_as_the_picture(
    encoder: str, size_hw: tuple[int, int], grid: tuple[int, int]
) -> None:
    network = network_of(encoder, size_hw)
    assert network.grid == grid
    maps = network(torch.randn(2, 3, *size_hw))
    assert maps.shape == (2, 2, grid[1], grid[0])
    maps.square().sum().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []
    assert {name.split(".")[0] for name in network.state_dict()} == {"encoder", "head"}


def test_as_in_the_paper_on_a_wide_encoder() -> None:
    """Three doublings of 256 maps each, and beside them what the encoder saw at their sizes."""
    network = network_of("resnet18", (64, 64), points=17)
    steps = [step for step in network.head.steps if isinstance(step, Enlargement)]
    assert [tuple(step.enlarge.weight.shape) for step in steps] == [(512, 256, 4, 4)] + [(256, 256, 4, 4)] * 2
    assert [None if step.beside is None else step.beside.in_channels for step in steps] == [256, 128, 64]
    assert tuple(network.head.last.weight.shape) == (17, 256, 1, 1)


def test_what_the_encoder_never_saw_is_enlarged_alone() -> None:
    head = HeatMapHead(96, [32, 48], points=3, doublings=2)
    maps = head(torch.randn(2, 96, 2, 3), [torch.randn(2, 32, 7, 12), torch.randn(2, 48, 4, 6)])
    assert maps.shape == (2, 3, 28, 48)


def test_an_encoder_without_maps_is_refused_by_its_name() -> None:
    with pytest.raises(UserError, match="test_vit looks at a picture of 160 x 160 px in one size") as caught:
        network_of("test_vit", (160, 160))
    assert "coordinates" in caught.value.hint


def test_a_spot_lies_where_its_point_is() -> None:
    places = torch.tensor([[[0.0, 0.0], [-0.55, 0.3]]], dtype=torch.float64)
    maps = spots(places, (20, 10), 1.5)
    assert maps.shape == (1, 2, 10, 20)
    # The middle of the picture is the corner of four cells, half a cell from the middle of each.
    around = maps[0, 0, 4:6, 9:11]
    assert torch.allclose(around, torch.full_like(around, math.exp(-0.25 / 1.5**2)))
    found = peaks(maps.numpy())[..., :2]
    np.testing.assert_allclose(2 * found - 1, places.numpy(), atol=1e-6)


def test_an_empty_map_is_wrong_by_one() -> None:
    places = torch.tensor([[[0.1, -0.2], [0.3, 0.3]]])
    maps = torch.zeros(1, 2, 30, 40)
    maps[0, 1] = spots(places, (40, 30), 2.0)[0, 1]
    assert differences(maps, places, 2.0)[0].tolist() == pytest.approx([1, 0], abs=1e-3)


def test_says_the_same_without_torch() -> None:
    import onnxruntime

    network = network_of(size_hw=(64, 96)).eval()
    content = onnx_bytes(network, Preprocess(96, "squish", height_px=64), "test_resnet")
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    pictures = torch.randn(3, 3, 64, 96)
    (found,) = session.run(None, {"pictures": pictures.numpy()})
    with torch.inference_mode():
        np.testing.assert_allclose(found, network(pictures).numpy(), atol=1e-4)
