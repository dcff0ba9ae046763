"""What was learned of red, green and blue, for other numbers of channels."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.engine.encoders import create_encoder
from studio.engine.input_channels import adapted, adapted_kernels
from studio.engine.statistics import adapted_statistics, own_statistics
from studio.engine.tensors import fill
from studio.jobs.messages import WeightsTaken

KERNELS = torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2) + 1


def test_the_formula() -> None:
    red, green, blue = KERNELS.unbind(dim=1)
    mean = (red + green + blue) / 3
    expected = {
        1: [red + green + blue],
        2: [1.5 * red, 1.5 * green],
        4: [0.75 * red, 0.75 * green, 0.75 * blue, 0.75 * mean],
        6: [red / 2, green / 2, blue / 2, mean / 2, mean / 2, mean / 2],
    }
    for channels, kernels in expected.items():
        torch.testing.assert_close(adapted_kernels(KERNELS, channels), torch.stack(kernels, dim=1))


@pytest.mark.parametrize("channels", [1, *range(4, 17)])
def test_channels_that_are_all_alike_give_what_a_grey_picture_gave(channels: int) -> None:
    grey = torch.rand(1, 1, 9, 9)
    before = torch.nn.functional.conv2d(grey.expand(-1, 3, -1, -1), KERNELS)
    after = torch.nn.functional.conv2d(grey.expand(-1, channels, -1, -1), adapted_kernels(KERNELS, channels))
    torch.testing.assert_close(after, before)


def test_statistics_go_with_the_kernels() -> None:
    mean = (0.3, 0.6, 0.9)
    assert adapted_statistics(mean, 3) == mean
    assert adapted_statistics(mean, 1) == pytest.approx((0.6,))
    assert adapted_statistics(mean, 2) == (0.3, 0.6)
    assert adapted_statistics(mean, 5) == pytest.approx((0.3, 0.6, 0.9, 0.6, 0.6))
    assert adapted_statistics((0.1, 0.2), 2) == (0.1, 0.2)


@pytest.mark.parametrize("channels", [1, 2, 4, 16])
@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_an_encoder_is_filled_from_weights_for_colours(name: str, channels: int) -> None:
    torch.manual_seed(0)
    known = create_encoder(name, side_px=64).net.state_dict()
    encoder = create_encoder(name, side_px=64, channels=channels)
    told: list[WeightsTaken] = []
    fill(encoder, known, "weights", told.append)  # type: ignore[arg-type]
    assert told[0].taken == told[0].total
    filled = encoder.net.state_dict()
    changed = [key for key, tensor in filled.items() if tensor.shape != known[key].shape]
    assert all(torch.equal(tensor, known[key]) for key, tensor in filled.items() if key not in changed)
    (first,) = changed
    torch.testing.assert_close(filled[first], adapted_kernels(known[first], channels))


def test_only_kernels_for_colours_are_adapted() -> None:
    given_ = {"first": KERNELS, "deep": torch.ones(4, 8, 3, 3), "other": torch.ones(2, 3, 5, 5)}
    wanted = {"first": torch.zeros(2, 5, 2, 2), "deep": torch.zeros(4, 16, 3, 3), "other": torch.zeros(2, 5, 3, 3)}
    found = adapted(given_, wanted)
    assert found["first"].shape == (2, 5, 2, 2)
    assert found["deep"] is given_["deep"]
    assert found["other"] is given_["other"]


@given(st.integers(1, 16), st.sampled_from([np.uint8, np.uint16]), st.integers(0, 1000))
def test_own_statistics_of_any_number_of_channels(channels: int, dtype: type, seed: int) -> None:
    largest = np.iinfo(dtype).max
    random = np.random.default_rng(seed)
    pictures = [random.integers(0, largest, (5, 7, channels)).astype(dtype) for _ in range(3)]
    mean, std = own_statistics(lambda name: pictures[int(name)], ["0", "1", "2"])
    values = np.stack(pictures).reshape(-1, channels) / largest
    np.testing.assert_allclose(mean, values.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(std, values.std(axis=0), atol=1e-9)
