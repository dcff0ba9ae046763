"""What chance does to a picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.base.geometry import apply_to_points, compose, corners, invert
from studio.blocks.block import Block
from studio.blocks.recipe import block_types
from studio.blocks.transforms.cutmix import CutMix
from studio.blocks.transforms.erase import Erase
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.mixup import Mixup
from studio.blocks.transforms.normalise import Normalise
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.augment import Augment
from studio.engine.chance import generator
from studio.engine.change import draw, draw_all
from studio.runtime.preprocess import Preprocess

ALL = (Resize(), Flip(sides="all"), Rotate(max_degrees=40, probability=1), Zoom(max_factor=1.5, probability=1))
STRONG = (
    *ALL,
    RandomCrop(),
    Warp(max_change=0.3, probability=1),
    Lighting(max_change=0.5, probability=1),
    Erase(probability=1),
    Normalise(),
)
rows = st.integers(0, 10_000)
places = st.floats(0.4, 0.6)  # shares of the side


@pytest.mark.parametrize("block", block_types()["transforms"], ids=lambda block: block.__name__)
def test_every_transform_has_one_draw_of_its_own(block: type[Block]) -> None:
    assert block in draw.registry


def blob_picture(x_px: float, y_px: float, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """A soft bright blob, so that its centre can be measured to a fraction of a pixel."""
    y, x = np.mgrid[:height_px, :width_px] + 0.5
    blob = np.exp(-((x - x_px) ** 2 + (y - y_px) ** 2) / (2 * 4.0**2))
    return np.repeat(np.rint(blob * 250).astype(np.uint8)[..., None], 3, axis=2)


def centre_of(image_hwc: NDArray[np.uint8]) -> tuple[float, float]:
    weights = image_hwc[..., 0].astype(float)
    y, x = np.mgrid[: image_hwc.shape[0], : image_hwc.shape[1]] + 0.5
    return float((x * weights).sum() / weights.sum()), float((y * weights).sum() / weights.sum())


@settings(max_examples=150, deadline=None)
@given(
    row=rows,
    x=st.floats(0.4, 0.6),
    y=st.floats(0.4, 0.6),
    wide=st.booleans(),
    method=st.sampled_from(["crop", "squish", "pad"]),
)
def test_what_lies_in_a_picture_goes_where_the_matrix_says(
    row: int, x: float, y: float, wide: bool, method: str
) -> None:
    width_px, height_px = (180, 148) if wide else (148, 160)
    preprocess = Preprocess(128, method)  # type: ignore[arg-type]
    picture = blob_picture(x * width_px, y * height_px, width_px, height_px)
    square = Augment(preprocess, ALL, seed=1)(picture, 0, row)
    change = draw_all(ALL, generator(1, 0, row), 128)
    matrix = compose(preprocess.base_homography(width_px, height_px), change.matrix)
    expected = apply_to_points(matrix, [x * width_px, y * height_px])[0]
    if (expected < 20).any() or (expected > 108).any():
        return  # its mirror image at the border would pull the centre
    assert centre_of(square) == pytest.approx(tuple(expected), abs=1.0)


@pytest.mark.parametrize("method", ["crop", "squish", "pad"])
def test_without_chance_it_is_the_plain_resize(method: str) -> None:
    never = (Resize(), Rotate(probability=0), Zoom(probability=0), Lighting(probability=0), Normalise())
    preprocess = Preprocess(32, method)  # type: ignore[arg-type]
    picture = np.random.default_rng(0).integers(0, 255, (38, 60, 3)).astype(np.uint8)
    for row in range(20):
        np.testing.assert_array_equal(Augment(preprocess, never, 0)(picture, 0, row), preprocess.place(picture))


@settings(max_examples=50, deadline=None)
@given(row=rows)
def test_a_white_picture_stays_white_to_the_corners(row: int) -> None:
    white = np.full((40, 60, 3), 255, np.uint8)
    assert (Augment(Preprocess(32, "crop"), ALL, 0)(white, 3, row) >= 254).all()


@given(row=rows, epoch=st.integers(0, 100))
def test_the_draw_does_not_depend_on_what_came_before(row: int, epoch: int) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (38, 38, 3)).astype(np.uint8)
    augment = Augment(Preprocess(32, "crop"), STRONG, 5)
    first = augment(picture, epoch, row)
    augment(picture, epoch + 1, row)
    np.testing.assert_array_equal(augment(picture, epoch, row), first)


def test_a_prefix_of_the_transforms_draws_the_same() -> None:
    """The preview shows the transforms one after another: an earlier one must not change when a later one is added."""
    for upto in range(1, len(ALL)):
        part = draw_all(ALL[:upto], generator(0, 0, 9), 64).matrix
        rest = draw(ALL[upto], _advanced(upto, 9), (64, 64)).matrix
        np.testing.assert_allclose(draw_all(ALL[: upto + 1], generator(0, 0, 9), 64).matrix, rest @ part, atol=1e-9)


def _advanced(upto: int, row: int) -> np.random.Generator:
    random = generator(0, 0, row)
    for block in ALL[:upto]:
        draw(block, random, (64, 64))
    return random


def test_shares_and_limits() -> None:
    """Over many draws: as often as declared, and never beyond the limits."""
    flips = [draw(Flip(), generator(0, 0, row), (10, 10)).matrix[0, 0] for row in range(2000)]
    assert np.mean(np.array(flips) < 0) == pytest.approx(0.5, abs=0.04)
    dihedrals = [draw(Flip(sides="all"), generator(0, 0, row), (10, 10)).matrix for row in range(2000)]
    same = [np.array_equal(matrix, np.eye(3)) for matrix in dihedrals]
    assert np.mean(same) == pytest.approx(0.5625, abs=0.04)  # half are not flipped at all, an eighth of the rest
    turned = [draw(Rotate(), generator(0, 0, row), (10, 10)).matrix for row in range(2000)]
    degrees = np.rad2deg([np.arctan2(matrix[1, 0], matrix[0, 0]) for matrix in turned])
    assert np.mean(degrees != 0) == pytest.approx(0.75, abs=0.04)
    assert 9 < np.abs(degrees).max() <= 10
    factors = np.array([draw(Zoom(probability=1), generator(0, 0, row), (10, 10)).matrix[0, 0] for row in range(2000)])
    assert factors.min() >= 1
    assert 1.095 < factors.max() <= 1.1


def test_warp_is_as_fastai_draws_it() -> None:
    """Two draws, each with its own chance. Where the corners of the picture look, in units of half a side:
    (-1 - y, -1 - x), (-1 + y, 1 + x), (1 + y, -1 + x), (1 - y, 1 - x) for (-1, -1), (-1, 1), (1, -1), (1, 1)."""
    warp, is_turned, is_tilted = Warp(max_change=0.2, probability=0.75), [], []
    for row in range(2000):
        matrix = draw(warp, generator(0, 0, row), (64, 32)).matrix
        seen = apply_to_points(invert(matrix), [[0, 0], [0, 32], [64, 0], [64, 32]]) / [32, 16] - 1
        y, x = -1 - seen[0]
        expected = [(-1 - y, -1 - x), (-1 + y, 1 + x), (1 + y, -1 + x), (1 - y, 1 - x)]
        np.testing.assert_allclose(seen, expected, atol=1e-9)
        assert max(abs(x), abs(y)) <= 0.2 + 1e-9
        is_turned.append(abs(x) > 1e-9)
        is_tilted.append(abs(y) > 1e-9)
    assert np.mean(is_turned) == pytest.approx(0.75, abs=0.04)
    assert np.mean(is_tilted) == pytest.approx(0.75, abs=0.04)
    assert np.mean(np.array(is_turned) & np.array(is_tilted)) == pytest.approx(0.75**2, abs=0.04)


def test_a_random_crop_shows_the_declared_shares_and_shapes() -> None:
    parts = [draw(RandomCrop(min_share=0.35), generator(0, 0, row), (64, 64)).part for row in range(3000)]
    shares = np.array([part.share for part in parts if part])
    stretches = np.log([part.stretch for part in parts if part])
    assert len(shares) == 3000
    assert shares.min() == pytest.approx(0.35, abs=0.002)
    assert shares.mean() == pytest.approx(0.675, abs=0.01)
    assert np.abs(stretches).max() == pytest.approx(np.log(1.33), abs=0.002)
    assert np.median(stretches) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("changed", [Erase(probability=0), Mixup(alpha=2), CutMix(alpha=3), Lighting(probability=0)])
def test_a_setting_changes_no_other_transforms_draw(changed: Block) -> None:
    """While a slider moves, all else in the picture stays where it is."""
    ways = []
    for first in (changed, type(changed)()):
        ways.append(draw_all((first, Rotate(probability=1), RandomCrop()), generator(0, 0, 5), 64))
    np.testing.assert_array_equal(ways[0].matrix, ways[1].matrix)
    assert ways[0].part == ways[1].part


@settings(max_examples=60, deadline=None)
@given(row=rows, wide=st.booleans())
def test_a_turned_rectangle_shows_no_mirrored_edge(row: int, wide: bool) -> None:
    """The eight symmetries of a picture that is not square: what lies on its side is cut, never filled up."""
    preprocess = Preprocess(64, "crop", height_px=48) if wide else Preprocess(48, "crop", height_px=64)
    width_px, height_px = preprocess.cache_wh
    change = Augment(preprocess, (Flip(sides="all"),), 0).change(0, row)
    seen = apply_to_points(invert(change.homography(preprocess, width_px, height_px)), corners(preprocess.size_wh))
    assert seen.min() >= -1e-9
    assert (seen.max(axis=0) <= np.array([width_px, height_px]) + 1e-9).all()


def test_lighting_is_as_fastai_draws_it() -> None:
    changes = [draw(Lighting(max_change=0.2, probability=1), generator(0, 0, row), (10, 10)) for row in range(3000)]
    brightness = np.array([change.brightness for change in changes])
    contrast = np.array([change.contrast for change in changes])
    assert 0.4 <= brightness.min() < 0.402
    assert 0.598 < brightness.max() <= 0.6
    assert 0.8 <= contrast.min() < 0.802
    assert 1.245 < contrast.max() <= 1.25
    assert np.median(contrast) == pytest.approx(1, abs=0.02)
