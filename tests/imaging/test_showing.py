"""Pictures of any depth and number of channels, for eyes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.imaging.decode import read_image
from studio.imaging.showing import read_shown, read_shown_sized, shown, window_of
from studio.imaging.thumbnail import cached_thumbnail


@given(st.integers(1, 16), st.sampled_from([np.uint8, np.uint16]), st.integers(0, 17), st.integers(0, 1000))
def test_anything_becomes_three_colours(channels: int, dtype: type, channel: int, seed: int) -> None:
    image_hwc = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, (9, 11, channels)).astype(dtype)
    found = shown(image_hwc, channel=channel)
    assert (found.shape, found.dtype) == ((9, 11, 3), np.uint8)


def test_grey_and_colours_of_8_bits_are_shown_as_they_are() -> None:
    image_hwc = np.random.default_rng(0).integers(0, 100, (9, 11, 3)).astype(np.uint8)
    np.testing.assert_array_equal(shown(image_hwc), image_hwc)
    np.testing.assert_array_equal(shown(image_hwc[..., :1])[..., 2:], image_hwc[..., :1])


def test_measured_values_are_stretched_channel_by_channel() -> None:
    ramp = np.linspace(0, 1, 10_000).reshape(100, 100)
    image_hwc = np.stack([1000 + 500 * ramp, 40_000 + 20_000 * ramp, 7 * np.ones_like(ramp)], axis=2).astype(np.uint16)
    found = shown(image_hwc)
    np.testing.assert_allclose(found[..., 0], 255 * ramp, atol=3)
    np.testing.assert_allclose(found[..., 1], 255 * ramp, atol=3)
    assert (found[..., 2] == 0).all()
    brighter = shown((image_hwc * 1.1).astype(np.uint16), window_of(image_hwc))
    assert brighter[..., 0].mean() > found[..., 0].mean() + 20


def test_one_channel_can_be_chosen() -> None:
    image_hwc = np.zeros((10, 10, 5), np.uint16)
    image_hwc[:5, :, 4] = 900
    found = shown(image_hwc, channel=5)
    assert (found[:5] == 255).all()
    assert (found[5:] == 0).all()
    assert (shown(image_hwc) == 0).all()
    assert (shown(image_hwc, channel=6) == 0).all()  # there is none: the first three


def test_files_are_shown_and_thumbnails_know_the_channel(write_tiff: Callable[..., Path], tmp_path: Path) -> None:
    image_hwc = np.zeros((40, 60, 5), np.uint16)
    image_hwc[:, 30:, 4] = 3000
    path = write_tiff(tmp_path / "a.tif", image_hwc)
    found, own_wh = read_shown_sized(path, max_side_px=30, channel=5)
    assert (found.shape, own_wh) == ((20, 30, 3), (60, 40))
    assert found[:, :10].max() < 10 < 240 < found[:, 20:].min()
    first = cached_thumbnail(path, 32, tmp_path / "cache")
    fifth = cached_thumbnail(path, 32, tmp_path / "cache", channel=5)
    assert first != fifth
    assert read_image(first).max() < 10 < 240 < read_image(fifth).max()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "RGB", "P"])
def test_photographs_are_shown_as_they_are_read(tmp_path: Path, mode: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 4)).astype(np.uint8)
    Image.fromarray(pixels).convert(mode).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_shown(tmp_path / "a.png", channel=2), read_image(tmp_path / "a.png"))
