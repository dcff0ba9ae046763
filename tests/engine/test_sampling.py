"""A batch sampled at once against picture by picture: the same to 2 of 255, whatever the sizes and the border."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.base.geometry import Matrix, apply_to_points, compose, corners, fit, identity, invert, scale, translate
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.chance import generator
from studio.engine.change import Change, draw_all
from studio.engine.sampling import PaddedBatch, pad, sample_masks, sample_pictures
from studio.imaging.warp import Border, warp_and_light, warp_image

STRONG = (
    Flip(sides="all"),
    Rotate(max_degrees=90, probability=1),
    Zoom(max_factor=1.5, probability=1),
    Warp(max_change=0.4, probability=1),
    Lighting(max_change=0.5, probability=1),
)
sizes = st.tuples(st.integers(1, 90), st.integers(1, 90))
borders = st.sampled_from(["reflect", "replicate", "constant"])


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[NDArray[np.uint8]], list[Matrix], list[Change], tuple[int, int]]:
    """Noise pictures of sizes of their own, the hardest ones to sample alike, and what is to be done to each: more than
    the blocks ever draw, with half the picture moved out of view."""
    target_wh, method = draw(sizes), draw(st.sampled_from(["crop", "squish", "pad"]))
    random, images, matrices, changes = np.random.default_rng(draw(st.integers(0, 2**32))), [], [], []
    for size_wh in draw(st.lists(sizes, min_size=1, max_size=4)):
        images.append(random.integers(0, 256, (size_wh[1], size_wh[0], 3), dtype=np.uint8))
        changes.append(draw_all(STRONG, generator(draw(st.integers(0, 1000)), 0, 0), target_wh))
        away = translate(draw(st.floats(-0.5, 0.5)) * target_wh[0], draw(st.floats(-0.5, 0.5)) * target_wh[1])
        matrices.append(compose(fit(size_wh, target_wh, method), changes[-1].matrix, away))
        depths = np.insert(corners(target_wh), 2, 1, axis=1) @ invert(matrices[-1])[2]
        assume(depths.min() > 0.05 * depths.max())  # no horizon in view: there places run away to infinity
    return images, matrices, changes, target_wh


@settings(max_examples=200, deadline=None)
@given(batch=batches(), border=borders)
def test_pictures_are_those_of_the_processors_way(
    batch: tuple[list[NDArray[np.uint8]], list[Matrix], list[Change], tuple[int, int]], border: Border
) -> None:
    images, matrices, changes, target_wh = batch
    brightness, contrast = [c.brightness for c in changes], [c.contrast for c in changes]
    sampled = sample_pictures(pad(images), matrices, target_wh, border, brightness, contrast)
    assert sampled.dtype == torch.float32
    for place, (image, matrix, change) in enumerate(zip(images, matrices, changes, strict=True)):
        expected = warp_and_light(
            image, matrix, target_wh, border=border, brightness=change.brightness, contrast=change.contrast
        )
        difference = np.abs(255 * sampled[place].permute(1, 2, 0).numpy() - expected)
        assert difference.max() <= 2


@settings(max_examples=100, deadline=None)
@given(batch=batches(), border=borders)
def test_masks_are_those_of_the_processors_way(
    batch: tuple[list[NDArray[np.uint8]], list[Matrix], list[Change], tuple[int, int]], border: Border
) -> None:
    """Everywhere but half-way between two pixels, where either is the nearest one."""
    images, matrices, _, target_wh = batch
    masks = [image[..., 0] for image in images]
    sampled = sample_masks(pad([mask[..., None] for mask in masks]), matrices, target_wh, border, outside=7)
    rows, columns = np.mgrid[: target_wh[1], : target_wh[0]] + 0.5
    for place, (mask, matrix) in enumerate(zip(masks, matrices, strict=True)):
        expected = warp_image(mask, matrix, target_wh, border=border, interpolation="nearest", outside=7)
        places = apply_to_points(invert(matrix), np.stack([columns.ravel(), rows.ravel()], axis=1))
        is_half_way = (np.abs(places - np.rint(places)) < 1e-2).any(axis=1).reshape(rows.shape)
        np.testing.assert_array_equal(sampled[place].numpy()[~is_half_way], expected[~is_half_way])


@pytest.mark.parametrize("border", ["reflect", "replicate", "constant"])
def test_what_lies_beside_a_picture_in_the_batch_is_never_seen(border: Border) -> None:
    random = np.random.default_rng(0)
    batch = pad([random.integers(0, 256, shape, dtype=np.uint8) for shape in ((20, 33, 3), (31, 17, 3))])
    noisy = PaddedBatch(batch.pixels_nchw.clone(), batch.sizes_wh)
    for pixels, (width_px, height_px) in zip(noisy.pixels_nchw, batch.sizes_wh.tolist(), strict=True):
        pixels[:, height_px:] = 255
        pixels[:, :, width_px:] = 255
    matrices = [compose(scale(0.7), translate(5, 4)), compose(scale(1.4), translate(-3, 6))]
    for sample in (sample_pictures, sample_masks):
        assert torch.equal(sample(batch, matrices, (40, 40), border), sample(noisy, matrices, (40, 40), border))


def test_without_a_change_the_values_stay_exactly() -> None:
    images = [np.random.default_rng(0).integers(0, 256, (24, 37, 3), dtype=np.uint8)]
    sampled = sample_pictures(pad(images), [identity()], (37, 24), "reflect")
    assert torch.equal((255 * sampled[0]).round().byte().permute(1, 2, 0), torch.from_numpy(images[0]))


def test_a_horizon_in_the_picture_gives_numbers() -> None:
    """A perspective so strong that some target pixels show no place at all."""
    matrix = np.array([[1, 0, 0], [0, 1, 0], [0.05, 0, 1]])
    beyond = compose(invert(matrix), translate(15, 0))
    for border in ("reflect", "replicate", "constant"):
        sampled = sample_pictures(pad([np.full((20, 20, 3), 200, np.uint8)]), [beyond], (40, 20), border)
        assert sampled.isfinite().all()
        assert sampled.max() <= 1
