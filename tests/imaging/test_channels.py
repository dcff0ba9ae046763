"""Pictures of which Pillow alone would keep fewer channels or bits."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from studio.base.errors import UserError
from studio.imaging.decode import check_image, read_header, read_image, read_sized
from studio.imaging.opencv import opencv

WriteTiff = Callable[..., Path]
A_WHILE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def noise(shape: tuple[int, ...], dtype: type, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return random.random(shape).astype(dtype)
    return random.integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


@A_WHILE
@given(
    st.integers(1, 16), st.sampled_from([np.uint8, np.uint16]), st.booleans(), st.booleans(), st.integers(0, 1 << 30)
)
def test_every_value_of_a_tiff_is_kept(
    write_tiff: WriteTiff, tmp_path: Path, channels: int, dtype: type, planar: bool, deflated: bool, seed: int
) -> None:
    image_hwc = noise((13, 21, channels), dtype, seed)
    path = write_tiff(tmp_path / "a.tif", image_hwc, planar=planar, deflated=deflated)
    found = read_image(path, mode="native")
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, image_hwc)
    header = read_header(path)
    assert (header.width_px, header.height_px, header.channels) == (21, 13, channels)
    assert header.depth_bits == 8 * np.dtype(dtype).itemsize
    check_image(path)
    shrunk, own_wh = read_sized(path, max_side_px=10, mode="native")
    assert (shrunk.shape, shrunk.dtype, own_wh) == ((6, 10, channels), dtype, (21, 13))
    np.testing.assert_allclose(shrunk.mean(axis=(0, 1)), image_hwc.mean(axis=(0, 1)), atol=0.2 * np.iinfo(dtype).max)


def test_decimal_numbers_are_shares_of_the_brightest(write_tiff: WriteTiff, tmp_path: Path) -> None:
    image_hwc = noise((8, 9, 5), np.float32)
    path = write_tiff(tmp_path / "a.tif", image_hwc)
    found = read_image(path, mode="native")
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, np.rint(image_hwc * 65535).astype(np.uint16))
    write_tiff(path, image_hwc * 300)
    with pytest.raises(UserError, match=r"a\.tif holds decimal numbers outside 0 to 1"):
        read_image(path, mode="native")


@pytest.mark.parametrize("channels", [2, 4, 5, 16])
def test_channels_are_not_taken_for_colours(write_tiff: WriteTiff, tmp_path: Path, channels: int) -> None:
    path = write_tiff(tmp_path / "a.tif", noise((8, 9, channels), np.uint16))
    with pytest.raises(UserError, match=rf"a\.tif has {channels} channels, and it is not said which") as caught:
        read_image(path)
    assert "'Channels'" in caught.value.hint


def test_sixteen_bits_of_colours_by_another_program(tmp_path: Path) -> None:
    """OpenCV packs TIFF with LZW, as differences."""
    image_hwc = noise((40, 30, 3), np.uint16)
    for name in ("a.tif", "a.png"):
        opencv().imwrite(str(tmp_path / name), image_hwc[..., ::-1])
        np.testing.assert_array_equal(read_image(tmp_path / name, mode="native"), image_hwc)
        assert read_header(tmp_path / name).is_stack
        np.testing.assert_allclose(read_image(tmp_path / name), image_hwc / 257, atol=1)
    opencv().imwrite(str(tmp_path / "b.png"), noise((40, 30, 4), np.uint16)[..., [2, 1, 0, 3]])
    np.testing.assert_array_equal(read_image(tmp_path / "b.png", mode="native"), noise((40, 30, 4), np.uint16))


@pytest.mark.parametrize(
    ("description", "channels"),
    [
        ("ImageJ=1.53\nimages=5\nchannels=5\nhyperstack=true\n", 5),
        ("ImageJ=1.53\nimages=5\nslices=5\n", 1),
        ('{"shape": [5, 12, 10]}', 5),
        ('{"shape": [12, 10, 5]}', 1),
        ('<OME><Pixels SizeC="5" SizeZ="1" SizeT="1"></Pixels></OME>', 5),
        ('<OME><Pixels SizeC="1" SizeZ="5" SizeT="1"></Pixels></OME>', 1),
        ("a scanned document", 1),
        ('{"shape": [9, 12, 10]}', 1),  # more than there are pages
    ],
)
def test_pages_are_channels_where_the_file_says_so(tmp_path: Path, description: str, channels: int) -> None:
    image_hwc = noise((12, 10, 5), np.uint16)
    first, *others = (Image.fromarray(np.ascontiguousarray(image_hwc[..., place])) for place in range(5))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = description
    first.save(tmp_path / "a.tif", save_all=True, append_images=others, tiffinfo=tags)
    found = read_image(tmp_path / "a.tif", mode="native")
    np.testing.assert_array_equal(found, image_hwc[..., :channels])
    assert read_header(tmp_path / "a.tif").channels == channels
    np.testing.assert_allclose(read_image(tmp_path / "a.tif")[..., 0], image_hwc[..., 0] / 257, atol=1)


@pytest.mark.parametrize("deflated", [False, True])
def test_a_missing_part_is_told(write_tiff: WriteTiff, tmp_path: Path, deflated: bool) -> None:
    path = write_tiff(tmp_path / "a.tif", noise((40, 40, 5), np.uint16), deflated=deflated)
    content = path.read_bytes()
    for share in (0.3, 0.6, 0.95):
        path.write_bytes(content[: round(share * len(content))])
        with pytest.raises(UserError, match=r"a\.tif (ends too early|is damaged)"):
            read_image(path, mode="native")


@A_WHILE
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_spoiled_byte_ends_in_an_array_or_a_reason(
    write_tiff: WriteTiff, tmp_path: Path, place: int, value: int
) -> None:
    path = write_tiff(tmp_path / "a.tif", noise((9, 7, 5), np.uint8), deflated=place % 2 == 0)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    try:
        dimensions, hint = read_image(path, mode="native").ndim, ""
    except UserError as error:
        dimensions, hint = 0, error.hint
    assert dimensions == 3 or hint


def test_too_many_channels_or_pixels_are_refused(write_tiff: WriteTiff, tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", noise((4, 4, 17), np.uint8))
    with pytest.raises(UserError, match="has 17 channels; at most 16 are read"):
        read_image(path, mode="native")
    write_tiff(path, noise((4, 4, 5), np.uint8))
    content = path.read_bytes()
    claimed = struct.pack("<HHII", 256, 4, 1, 4), struct.pack("<HHII", 256, 4, 1, 300_000_000)
    assert content.count(claimed[0]) == 1
    path.write_bytes(content.replace(*claimed))
    with pytest.raises(UserError, match="is too large"):
        read_image(path, mode="native")


def test_it_is_turned_as_its_tag_says(write_tiff: WriteTiff, tmp_path: Path) -> None:
    image_hwc = noise((8, 9, 5), np.uint16)
    content = write_tiff(tmp_path / "a.tif", image_hwc).read_bytes()
    compression, orientation = struct.pack("<HHII", 317, 4, 1, 1), struct.pack("<HHII", 274, 4, 1, 6)
    assert content.count(compression) == 1  # "no predictor" is what the tag's absence says as well
    (tmp_path / "a.tif").write_bytes(content.replace(compression, orientation))
    found = read_image(tmp_path / "a.tif", mode="native")
    np.testing.assert_array_equal(found, np.rot90(image_hwc, -1))
    header = read_header(tmp_path / "a.tif")
    assert (header.width_px, header.height_px) == (8, 9)


@pytest.mark.parametrize("name", ["apng/mode_16bit.png", "16bit.cropped.tif", "16bit.MM.cropped.tif", "12in16bit.tif"])
def test_real_files_of_16_bits_are_what_another_program_reads(shared_data: Path, name: str) -> None:
    path = shared_data / "odd_inputs" / "pillow" / name
    found = read_image(path, mode="native")
    theirs = opencv().imread(str(path), opencv().IMREAD_UNCHANGED).reshape(*found.shape[:2], -1)
    if theirs.shape[2] == 4:
        theirs = theirs[..., [2, 1, 0, 3]]  # blue comes first there
    assert found.dtype == theirs.dtype == np.uint16
    np.testing.assert_array_equal(found, theirs)
