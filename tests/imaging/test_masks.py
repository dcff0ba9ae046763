"""The values of masks: places in palettes, not colours."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from studio.base.errors import UserError
from studio.imaging.masks import mask_png, read_mask

VALUES = np.array([[0, 1, 2], [3, 30, 255]], dtype=np.uint8)


def palette_png(path: Path, values: np.ndarray) -> Path:
    image = Image.fromarray(values)
    image.putpalette([channel for value in range(256) for channel in (255 - value, value, 7 * value % 256)])
    assert image.mode == "P"
    image.save(path)
    return path


def test_a_palette_gives_places_not_colours(tmp_path: Path) -> None:
    mask_hw = read_mask(palette_png(tmp_path / "m.png", VALUES))
    assert mask_hw.dtype == np.uint8
    assert (mask_hw == VALUES).all()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
def test_grey_values_are_kept(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(VALUES).save(tmp_path / f"m{suffix}")
    assert (read_mask(tmp_path / f"m{suffix}") == VALUES).all()


def test_sixteen_bits(tmp_path: Path) -> None:
    values = np.array([[0, 300], [65535, 7]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "m.png")
    mask_hw = read_mask(tmp_path / "m.png")
    assert mask_hw.dtype == np.uint16
    assert (mask_hw == values).all()


def test_one_bit(tmp_path: Path) -> None:
    Image.fromarray(VALUES > 2).save(tmp_path / "m.png")
    assert (read_mask(tmp_path / "m.png") == np.where(VALUES > 2, 255, 0)).all()


@pytest.mark.parametrize("channels", [3, 4])
def test_equal_channels_are_one(tmp_path: Path, channels: int) -> None:
    colours = np.repeat(VALUES[..., None], channels, axis=2)
    if channels == 4:
        colours[..., 3] = 255
    Image.fromarray(colours).save(tmp_path / "m.png")
    assert (read_mask(tmp_path / "m.png") == VALUES).all()


def test_colours_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([VALUES, VALUES, VALUES // 2])).save(tmp_path / "m.png")
    with pytest.raises(UserError, match=r"m\.png holds colours"):
        read_mask(tmp_path / "m.png")


def test_jpeg_is_refused(tmp_path: Path) -> None:
    Image.fromarray(VALUES).save(tmp_path / "m.jpg")
    with pytest.raises(UserError, match="does not keep the values") as refused:
        read_mask(tmp_path / "m.jpg")
    assert "PNG" in refused.value.hint


def test_it_is_upright_as_pictures_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(VALUES).save(tmp_path / "m.png", exif=exif)
    assert (read_mask(tmp_path / "m.png") == np.rot90(VALUES, -1)).all()


def test_its_size_is_capped(tmp_path: Path) -> None:
    Image.new("1", (4000, 4000)).save(tmp_path / "m.png")
    with pytest.raises(UserError, match="too large"):
        read_mask(tmp_path / "m.png", pixel_cap=1_000_000)


@given(values=arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8))))
def test_every_palette_mask_comes_back(tmp_path_factory: pytest.TempPathFactory, values: np.ndarray) -> None:
    path = palette_png(tmp_path_factory.mktemp("masks") / "m.png", values)
    assert (read_mask(path) == values).all()


def test_camvid(shared_data: Path) -> None:
    masks = sorted((shared_data / "camvid_tiny" / "labels").glob("*_P.png"))
    assert len(masks) == 100
    seen = set()
    for path in masks:
        mask_hw = read_mask(path)
        assert mask_hw.shape == (96, 128)
        seen |= set(np.unique(mask_hw).tolist())
    assert max(seen) < 32
    assert len(seen) == 30


def test_a_mask_comes_back_from_its_file(tmp_path: Path) -> None:
    mask_hw = np.arange(256, dtype=np.uint8).reshape(8, 32)
    (tmp_path / "mask.png").write_bytes(mask_png(mask_hw))
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png"), mask_hw)
