"""One resample: what happens to a place happens to the pixel there."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base import geometry as g
from studio.imaging import warp
from studio.imaging.warp import lighting, lighting_table, warp_and_light, warp_image

WIDTH, HEIGHT = 96, 72
places = st.tuples(st.floats(30, 66), st.floats(24, 48))
stretches = st.floats(-0.25, 0.25)


def blob(x: float, y: float, sigma_px: float = 2.0) -> np.ndarray:
    """A soft dot, uint8 (HEIGHT, WIDTH, 1); the pixel in row r, column c is centred at (c + 0.5, r + 0.5)."""
    columns, rows = np.arange(WIDTH) + 0.5, np.arange(HEIGHT)[:, None] + 0.5
    dot = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma_px**2))
    return np.rint(255 * dot).astype(np.uint8)[..., None]


def centroid(image_hwc: np.ndarray) -> tuple[float, float]:
    weights = image_hwc[..., 0].astype(float)
    columns, rows = np.arange(weights.shape[1]) + 0.5, np.arange(weights.shape[0]) + 0.5
    return float(weights.sum(0) @ columns / weights.sum()), float(weights.sum(1) @ rows / weights.sum())


@st.composite
def transforms(draw: st.DrawFn) -> tuple[g.Matrix, tuple[int, int]]:
    size = (WIDTH, HEIGHT)
    k = draw(st.integers(0, 7))
    matrix = g.compose(
        g.symmetric_warp(
            size, top=draw(stretches), bottom=draw(stretches), left=draw(stretches), right=draw(stretches)
        ),
        g.rotate(draw(st.floats(-30, 30)), about=(WIDTH / 2, HEIGHT / 2)),
        g.zoom(draw(st.floats(0.8, 1.3)), size, focus=(draw(st.floats(0.3, 0.7)), draw(st.floats(0.3, 0.7)))),
        g.dihedral(k, size),
    )
    target = (80, 80)
    method = draw(st.sampled_from(["squish", "crop", "pad"]))
    return g.compose(matrix, g.fit(g.dihedral_size(k, size), target, method)), target


@given(transforms(), places)
@settings(deadline=None, max_examples=150)
def test_a_dot_follows_its_place(transform: tuple[g.Matrix, tuple[int, int]], place: tuple[float, float]) -> None:
    matrix, target = transform
    expected = g.apply_to_points(matrix, [place])[0]
    if (expected < 12).any() or (expected > np.array(target) - 12).any():
        return  # a dot that is cut by the frame has its centre elsewhere
    warped = warp_image(blob(*place), matrix, target, border="constant")
    np.testing.assert_allclose(centroid(warped), expected, atol=0.5)


@pytest.mark.parametrize("move", ["translate", "scale", "rotate", "flip", "zoom", "warp", "corner"])
def test_each_transform_alone_to_a_tenth_of_a_pixel(move: str) -> None:
    size = (WIDTH, HEIGHT)
    matrix = {
        "translate": g.translate(7.25, -3.5),
        "scale": g.scale(1.1, 0.9),
        "rotate": g.rotate(17, about=(40, 30)),
        "flip": g.flip_horizontal(WIDTH),
        "zoom": g.zoom(1.2, size, focus=(0.25, 0.75)),
        "warp": g.symmetric_warp(size, top=0.1, left=-0.1),
        "corner": g.corner_warp(size, [[2, 1], [-3, 2], [1, -2], [0, 3]]),
    }[move]
    warped = warp_image(blob(41.3, 33.8), matrix, size, border="constant")
    np.testing.assert_allclose(centroid(warped), g.apply_to_points(matrix, [[41.3, 33.8]])[0], atol=0.1)


def noise(channels: int, dtype: type = np.uint8, shape: tuple[int, int] = (40, 56)) -> np.ndarray:
    top = 1 if dtype is np.float32 else np.iinfo(dtype).max
    values = np.random.default_rng(0).random((*shape, channels)) * top
    return values.astype(dtype)


@pytest.mark.parametrize("channels", range(1, 17))
@pytest.mark.parametrize("border", ["reflect", "replicate", "constant"])
def test_fit_to_the_same_size_is_exact_for_any_channels(channels: int, border: str) -> None:
    image = noise(channels)
    for method in ("squish", "crop", "pad"):
        matrix = g.fit((56, 40), (56, 40), method)  # type: ignore[arg-type]
        for interpolation in ("linear", "nearest"):
            same = warp_image(image, matrix, (56, 40), border=border, interpolation=interpolation)  # type: ignore[arg-type]
            assert np.array_equal(same, image)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("k", range(8))
def test_dihedral_moves_whole_pixels(k: int, dtype: type) -> None:
    image = noise(3, dtype)
    expected = image.swapaxes(0, 1) if k & 4 else image
    expected = expected[:, ::-1] if k & 1 else expected
    expected = expected[::-1] if k & 2 else expected
    width_px, height_px = g.dihedral_size(k, (56, 40))
    warped = warp_image(image, g.dihedral(k, (56, 40)), (int(width_px), int(height_px)))
    assert np.array_equal(warped, expected)
    assert warped.dtype == image.dtype


def test_a_mask_keeps_its_classes_and_its_shape() -> None:
    mask = (noise(1)[..., 0] // 64 * 7).astype(np.uint8)
    warped = warp_image(mask, g.rotate(20, about=(28, 20)), (31, 33), interpolation="nearest")
    assert warped.shape == (33, 31)
    assert set(np.unique(warped)) <= set(np.unique(mask))


def test_borders() -> None:
    image = np.arange(1, 5, dtype=np.uint8).reshape(1, 4, 1).repeat(4, axis=0) * 10
    shift = g.translate(3, 0)
    rows = {
        b: warp_image(image, shift, (7, 4), border=b)[0, :, 0].tolist() for b in ("reflect", "replicate", "constant")
    }  # type: ignore[arg-type]
    assert rows == {
        "reflect": [30, 20, 10, 10, 20, 30, 40],
        "replicate": [10, 10, 10, 10, 20, 30, 40],
        "constant": [0, 0, 0, 10, 20, 30, 40],
    }


@pytest.mark.parametrize("channels", range(1, 9))
def test_linear_sampling_is_bilinear(channels: int) -> None:
    """Against bilinear sampling in float64. OpenCV alone would round places to 1/32 px for 2, 5 and more channels."""
    image = blob(48, 36, sigma_px=8).repeat(channels, axis=2)
    matrix = g.rotate(13, about=(48, 36))
    rows, columns = np.mgrid[10:60, 10:80]
    places = np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], axis=1)
    x, y = (g.apply_to_points(g.invert(matrix), places) - 0.5).T
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - left, y - top
    p = image[..., 0].astype(float)
    exact = (p[top, left] * (1 - fx) + p[top, left + 1] * fx) * (1 - fy)
    exact += (p[top + 1, left] * (1 - fx) + p[top + 1, left + 1] * fx) * fy
    warped = warp_image(image, matrix, (WIDTH, HEIGHT))[10:60, 10:80, -1].ravel()
    assert np.abs(warped - exact).max() < 0.51


def test_many_threads_give_what_one_gives() -> None:
    images = [noise(3, shape=(60 + i, 80)) for i in range(32)]
    matrix = g.rotate(9, about=(30, 30))
    alone = [warp_image(image, matrix, (64, 64)) for image in images]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda image: warp_image(image, matrix, (64, 64)), images))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def by_formula(x: np.ndarray, brightness: float, contrast: float) -> np.ndarray:
    x = np.clip(x, 1 / 64 / 255, 1 - 1 / 64 / 255)
    odds = (x / (1 - x) * brightness / (1 - brightness)) ** contrast
    return odds / (1 + odds)


@given(st.floats(0.2, 0.8), st.floats(0.5, 2))
def test_lighting_of_bytes_is_the_float_formula_rounded(brightness: float, contrast: float) -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    expected = by_formula(image / 255, brightness, contrast)
    lit = lighting(image, brightness, contrast)
    assert lit.dtype == np.uint8
    assert np.abs(lit / 255 - expected).max() <= 0.5 / 255 + 1e-9
    assert (np.diff(lighting_table(brightness, contrast).astype(int)) >= 0).all()
    floats = (image / 255).astype(np.float32)
    np.testing.assert_allclose(lighting(floats, brightness, contrast), expected, atol=1e-4)


@given(st.floats(0.25, 0.75), st.floats(0.5, 2))
@settings(deadline=None)
def test_warp_and_light_rounds_once(brightness: float, contrast: float) -> None:
    """Against the same in float. With rounding in between, dark and bright parts would be off by up to 19."""
    image, matrix = noise(3), g.compose(g.rotate(20, about=(28, 20)), g.zoom(1.4, (56, 40)))
    lit = warp_and_light(image, matrix, (48, 36), brightness=brightness, contrast=contrast)
    expected = by_formula(warp_image(image.astype(np.float32), matrix, (48, 36)) / 255, brightness, contrast)
    assert lit.dtype == np.uint8
    assert np.abs(lit - 255 * expected).max() <= 2


@given(transforms(), st.sampled_from(["reflect", "replicate", "constant"]), st.sampled_from([1, 3, 4]))
@settings(deadline=None)
def test_small_and_large_pictures_of_bytes_are_sampled_alike(
    transform: tuple[g.Matrix, tuple[int, int]], border: warp.Border, channels: int
) -> None:
    matrix, target = transform
    image = noise(channels, shape=(HEIGHT, WIDTH))
    small = warp_image(image, matrix, target, border=border)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warp, "_SMALL_BYTES", 0)
        large = warp_image(image, matrix, target, border=border)
    assert np.abs(small.astype(int) - large).max() <= 1  # where a processor adds in another order, halves may differ
    assert (small != large).mean() < 0.001


def test_warp_and_light_without_a_change_of_light_is_the_warp() -> None:
    image, matrix = noise(3), g.rotate(20, about=(28, 20))
    np.testing.assert_array_equal(warp_and_light(image, matrix, (48, 36)), warp_image(image, matrix, (48, 36)))


def test_lighting_without_change_changes_nothing() -> None:
    image = noise(3)
    assert np.array_equal(lighting(image), image)


def test_lighting_of_a_batch_is_picture_by_picture() -> None:
    batch = np.stack([noise(3), noise(3)[::-1]])
    lit = lighting(batch, [0.4, 0.6], 1.2)
    assert np.array_equal(lit[0], lighting(batch[0], 0.4, 1.2))
    assert np.array_equal(lit[1], lighting(batch[1], 0.6, 1.2))
    assert lit[0].mean() < batch[0].mean() < lit[1].mean()
