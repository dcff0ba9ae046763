"""The two steps from a file to numbers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.base.errors import UserError
from studio.base.geometry import apply_to_points
from studio.runtime.preprocess import LONGEST_SHAPE, Preprocess

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


def save(path: Path, image_hwc: np.ndarray) -> Path:
    Image.fromarray(image_hwc).save(path)
    return path


def stripes(width_px: int, height_px: int) -> np.ndarray:
    """Columns of black and white, one pixel each: averaged they are grey, sampled they are anything."""
    image = np.zeros((height_px, width_px, 3), np.uint8)
    image[:, ::2] = 255
    return image


@given(st.integers(1, 1024))
def test_the_cache_is_a_little_larger_and_even(side_px: int) -> None:
    cache_px = Preprocess(side_px, "crop").cache_px
    assert cache_px % 2 == 0
    assert side_px * 1.15 <= cache_px < side_px * 1.15 + 2


@pytest.mark.parametrize(
    ("method", "size_wh", "expected_wh"),
    [
        ("crop", (600, 300), (296, 148)),
        ("crop", (300, 600), (148, 296)),
        ("crop", (100, 60), (100, 60)),
        ("pad", (600, 300), (148, 74)),
        ("squish", (600, 300), (148, 148)),
        ("squish", (600, 60), (148, 60)),
        ("squish", (100, 60), (100, 60)),
    ],
)
def test_read_keeps_what_step_two_needs_and_no_more(
    tmp_path: Path, method: str, size_wh: tuple[int, int], expected_wh: tuple[int, int]
) -> None:
    path = save(tmp_path / "a.png", np.zeros((size_wh[1], size_wh[0], 3), np.uint8))
    image = Preprocess(128, method).read(path)  # type: ignore[arg-type]
    assert image.shape == (expected_wh[1], expected_wh[0], 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    ("method", "size_wh", "expected_wh"),
    [
        ("crop", (640, 480), (184, 138)),  # the shape of the model's own picture: nothing is over
        ("crop", (480, 640), (184, 245)),
        ("crop", (1000, 300), (460, 138)),
        ("crop", (100, 60), (100, 60)),
        ("pad", (640, 480), (184, 138)),
        ("pad", (480, 640), (104, 138)),
        ("squish", (1000, 300), (184, 138)),
        ("squish", (1000, 60), (184, 60)),
    ],
)
def test_a_rectangle_keeps_what_it_needs_too(
    tmp_path: Path, method: str, size_wh: tuple[int, int], expected_wh: tuple[int, int]
) -> None:
    path = save(tmp_path / "a.png", np.zeros((size_wh[1], size_wh[0], 3), np.uint8))
    preprocess = Preprocess(160, method, height_px=120)  # type: ignore[arg-type]
    image = preprocess.read(path)
    assert image.shape == (expected_wh[1], expected_wh[0], 3)
    assert preprocess(path).shape == (1, 3, 120, 160)


def test_a_rectangle_shows_the_whole_picture_of_its_shape(tmp_path: Path) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:240, :320, 0], image[240:, 320:, 1] = 255, 255
    path = save(tmp_path / "a.png", image)
    for method in ("crop", "squish", "pad"):
        preprocess = Preprocess(160, method, height_px=120)  # type: ignore[arg-type]
        placed = preprocess.place(preprocess.read(path))
        assert placed.shape == (120, 160, 3)
        assert (placed[2:58, 2:78] == (255, 0, 0)).all()
        assert (placed[62:118, 82:158] == (0, 255, 0)).all()


def test_a_square_is_the_same_with_and_without_its_height(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.random.default_rng(2).integers(0, 256, (90, 140, 3), dtype=np.uint8))
    for method in ("crop", "squish", "pad"):
        one, other = Preprocess(64, method), Preprocess(64, method, height_px=64)  # type: ignore[arg-type]
        np.testing.assert_array_equal(one(path), other(path))


def test_a_larger_margin_keeps_more(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.zeros((600, 600, 3), np.uint8))
    assert Preprocess(128, "crop", margin=2.0).read(path).shape == (256, 256, 3)
    assert Preprocess(128, "crop", margin=1.0).read(path).shape == (128, 128, 3)


def test_a_panorama_stays_small(tmp_path: Path) -> None:
    path = save(tmp_path / "wide.png", np.zeros((40, 20_000, 3), np.uint8))
    preprocess = Preprocess(128, "crop")
    assert max(preprocess.read(path).shape) == preprocess.cache_px * LONGEST_SHAPE
    assert preprocess(path).shape == (1, 3, 128, 128)


@pytest.mark.parametrize("method", ["crop", "squish", "pad"])
def test_fine_detail_is_averaged_not_sampled(tmp_path: Path, method: str) -> None:
    path = save(tmp_path / "stripes.png", stripes(1500, 500))
    preprocess = Preprocess(96, method)  # type: ignore[arg-type]
    square = preprocess.place(preprocess.read(path)).astype(float)
    picture = square[40:56]  # within the picture for every method
    assert np.abs(picture - 127.5).max() < 26


def test_crop_shows_the_middle_and_pad_shows_everything(tmp_path: Path) -> None:
    image = np.full((100, 300, 3), 255, np.uint8)
    image[:, :100, 0] = 0  # left third without red
    image[:, 200:, 2] = 0  # right third without blue
    path = save(tmp_path / "thirds.png", image)
    crop, pad = Preprocess(60, "crop"), Preprocess(60, "pad")
    middle = crop.place(crop.read(path))
    assert (middle[5:-5, 5:-5] == 255).all()
    whole = pad.place(pad.read(path))
    assert (whole[:15] == 0).all()
    assert (whole[-15:] == 0).all()
    assert whole[30, 5].tolist() == [0, 255, 255]
    assert whole[30, 55].tolist() == [255, 255, 0]


def test_a_small_picture_is_enlarged_once(tmp_path: Path) -> None:
    path = save(tmp_path / "small.png", np.full((10, 10, 3), 90, np.uint8))
    assert (Preprocess(64, "crop").place(Preprocess(64, "crop").read(path)) == 90).all()


@given(st.sampled_from(["crop", "squish", "pad"]), st.integers(1, 3000), st.integers(1, 3000))
def test_the_centre_stays_the_centre(method: str, width_px: int, height_px: int) -> None:
    preprocess = Preprocess(128, method)  # type: ignore[arg-type]
    matrix = preprocess.base_homography(width_px, height_px)
    np.testing.assert_allclose(apply_to_points(matrix, [(width_px / 2, height_px / 2)]), [(64, 64)], atol=1e-9)


def test_normalise_is_the_formula() -> None:
    batch = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    normalised = Preprocess(8, "crop", **IMAGENET).normalise(batch)
    expected = (batch / 255 - IMAGENET["mean"]) / np.array(IMAGENET["std"])
    assert normalised.dtype == np.float32
    assert normalised.flags.c_contiguous
    np.testing.assert_allclose(normalised, expected.transpose(0, 3, 1, 2), atol=2e-6)


def test_a_whole_call_is_read_place_normalise(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.random.default_rng(1).integers(0, 256, (70, 90, 3), dtype=np.uint8))
    preprocess = Preprocess(32, "crop", **IMAGENET)
    by_hand = preprocess.normalise(preprocess.place(preprocess.read(path))[None])
    assert (preprocess(path) == by_hand).all()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0 nothing")
    with pytest.raises(UserError, match=r"broken\.jpg"):
        Preprocess(32, "crop")(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"side_px": 0},
        {"height_px": 0},
        {"margin": 3.0},
        {"channels": 4},
        {"mean": (0.5,)},
        {"std": (0.0, 1.0, 1.0)},
        {"mean": (float("nan"), 0.0, 0.0)},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"px|channels|mean|larger"):
        Preprocess(**{"side_px": 32, "method": "crop", **wrong})  # type: ignore[arg-type]


def test_grey_is_one_channel_whatever_the_file_has(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", np.full((64, 64, 3), (200, 100, 50), np.uint8))
    grey = Preprocess(32, "crop", channels=1, mean=(0.5,), std=(0.25,), read_as="grey")
    image = grey.read(path)
    assert (image.shape, image.dtype) == ((38, 38, 1), np.uint8)
    assert image.max() == image.min() == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    assert grey(path).shape == (1, 1, 32, 32)


@pytest.mark.parametrize(("stored", "wanted"), [(np.uint8, np.uint16), (np.uint16, np.uint8)])
def test_pictures_as_stored_come_in_one_depth(
    write_tiff: Callable[..., Path], tmp_path: Path, stored: type, wanted: type
) -> None:
    image_hwc = np.linspace(0, np.iinfo(stored).max, 30 * 30 * 5).reshape(30, 30, 5).astype(stored)
    numbers = {"channels": 5, "mean": (0.0,) * 5, "std": (1.0,) * 5}
    preprocess = Preprocess(30, "crop", read_as="stored", depth_bits=8 * np.dtype(wanted).itemsize, **numbers)  # type: ignore[arg-type]
    found = preprocess.read(write_tiff(tmp_path / "a.tif", image_hwc))
    assert found.dtype == wanted
    np.testing.assert_allclose(found / np.iinfo(wanted).max, image_hwc / np.iinfo(stored).max, atol=0.5 / 255)


@pytest.mark.parametrize(
    "kind",
    [{"channels": 1}, {"read_as": "grey"}, {"depth_bits": 16}, {"read_as": "stored", "channels": 17},
     {"read_as": "stored", "depth_bits": 12}],
)  # fmt: skip
def test_kinds_of_pictures_that_there_are_not(kind: dict[str, object]) -> None:
    channels = int(str(kind.get("channels", 3)))
    with pytest.raises(ValueError, match="channels of"):
        Preprocess(32, "crop", mean=(0.0,) * channels, std=(1.0,) * channels, **kind)  # type: ignore[arg-type]
