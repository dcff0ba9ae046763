"""Pictures of 1 to 16 channels and 8 or 16 bits on their way from the file to the model, and through a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from studio.blocks.recipe import Recipe
from studio.blocks.table import DataTable, Row
from studio.engine.augment import Augment
from studio.engine.cache import PictureCache
from studio.engine.preview import preview_batch
from studio.engine.recipe_steps import preprocess_of
from studio.engine.train import train_run
from studio.jobs.messages import Finished, Stopped
from studio.runs.run import Run
from studio.runtime.card import read_card

MakeRun = Callable[..., Run]
WriteTiff = Callable[..., Path]
kinds = st.tuples(st.integers(1, 16), st.sampled_from([np.uint8, np.uint16]))
A_WHILE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def recipe_of(root: Path, channels: int, depth_bits: int, changes: list[dict[str, Any]], **training: Any) -> Recipe:
    return Recipe.model_validate(
        {
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [
                {"kind": "resize", "side_px": 24},
                {"kind": "channels", "read_as": "stored", "count": channels, "depth": str(depth_bits)},
                *changes,
                {"kind": "normalise", "statistics": "own"},
            ],
            "batch": {"size": 4},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 2, "learning_rate": 3e-3, "device": "cpu", **training},
        }
    )


CHANGES = [{"kind": "flip"}, {"kind": "rotate"}, {"kind": "zoom"}, {"kind": "warp"}, {"kind": "lighting"},
           {"kind": "erase", "probability": 1}]  # fmt: skip


@A_WHILE
@given(kinds, st.booleans(), st.integers(0, 1 << 30))
def test_from_the_file_to_the_tensor(
    write_tiff: WriteTiff, tmp_path_factory: pytest.TempPathFactory, kind: tuple[int, type], planar: bool, seed: int
) -> None:
    channels, dtype = kind
    root, depth_bits = tmp_path_factory.mktemp("pictures"), 8 * np.dtype(dtype).itemsize
    random = np.random.default_rng(seed)
    image_hwc = random.integers(0, np.iinfo(dtype).max, (30, 40, channels), endpoint=True).astype(dtype)
    write_tiff(root / "a.tif", image_hwc, planar=planar)
    recipe = recipe_of(root, channels, depth_bits, CHANGES)
    preprocess = preprocess_of(recipe, (0.4, 0.5, 0.6), (0.2, 0.3, 0.4))
    cache = PictureCache(root, preprocess, folder=root / "cache")
    assert cache.fill(["a.tif"], threads=1) == []
    kept = cache.read("a.tif")
    np.testing.assert_array_equal(kept, preprocess.read(root / "a.tif"))
    assert kept.dtype == dtype
    seen = Augment(preprocess, recipe.transforms, 0)(kept, 0, seed % 1000)
    assert (seen.shape, seen.dtype) == ((24, 24, channels), dtype)
    batch = preprocess.normalise(seen[None])
    assert (batch.shape, batch.dtype) == ((1, channels, 24, 24), np.float32)
    mean, std = (np.array(numbers)[:, None, None] for numbers in (preprocess.mean, preprocess.std))
    np.testing.assert_allclose(batch[0] * std + mean, seen.transpose(2, 0, 1) / np.iinfo(dtype).max, atol=1e-5)


@A_WHILE
@given(kinds, st.integers(0, 1000))
def test_without_luck_it_is_a_plain_resize(kind: tuple[int, type], row: int) -> None:
    channels, dtype = kind
    never = [{**change, "probability": 0} for change in CHANGES if change["kind"] not in ("flip", "erase")]
    recipe = recipe_of(Path("pictures"), channels, 8 * np.dtype(dtype).itemsize, never)
    image_hwc = np.random.default_rng(row).integers(0, np.iinfo(dtype).max, (30, 40, channels)).astype(dtype)
    preprocess = preprocess_of(recipe)
    np.testing.assert_array_equal(
        Augment(preprocess, recipe.transforms, 0)(image_hwc, 0, row), preprocess.place(image_hwc)
    )


@A_WHILE
@given(st.sampled_from([np.uint8, np.uint16]), st.floats(0.3, 0.7), st.floats(0.5, 2), st.integers(0, 1000))
def test_light_keeps_the_order_of_values_and_dark_measurements_visible(
    dtype: type, brightness: float, contrast: float, seed: int
) -> None:
    largest = np.iinfo(dtype).max
    preprocess = preprocess_of(recipe_of(Path("pictures"), 5, 8 * np.dtype(dtype).itemsize, []))
    values = np.sort(np.random.default_rng(seed).integers(0, largest // 12, (24 * 24, 5)), axis=0)
    image_hwc = values.reshape(24, 24, 5).astype(dtype)
    matrix = preprocess.base_homography(24, 24)
    lit = preprocess.place_in_light(image_hwc, matrix, brightness, contrast).reshape(-1, 5).astype(int)
    assert (np.diff(lit, axis=0) >= 0).all()
    mean, lit_mean = values.mean(), lit.mean()
    assert 0.2 * mean < lit_mean < 5 * mean  # contrast turns around their own mean, not around grey


def test_what_has_other_channels_is_left_out_by_name(write_tiff: WriteTiff, tmp_path: Path) -> None:
    write_tiff(tmp_path / "five.tif", np.zeros((30, 30, 5), np.uint16))
    write_tiff(tmp_path / "three.tif", np.zeros((30, 30, 3), np.uint16))
    cache = PictureCache(tmp_path, preprocess_of(recipe_of(tmp_path, 5, 16, [])), folder=tmp_path / "cache")
    (left_out,) = cache.fill(["five.tif", "three.tif"], threads=2)
    assert left_out.image == "three.tif"
    assert left_out.reason == "Has 3 channels, and the others have 5."


def draw(root: Path, write_tiff: WriteTiff) -> list[Row]:
    """Two classes whose fourth channel is dark or bright."""
    random, rows = np.random.default_rng(0), []
    for number in range(16):
        name = ("dark", "bright")[number % 2]
        image_hwc = random.integers(0, 3000, (30, 30, 4)).astype(np.uint16)
        image_hwc[..., 3] += 1500 * (number % 2)
        write_tiff(root / name / f"{number}.tif", image_hwc)
        rows.append(Row(f"{name}/{number}.tif", name, "folder", "valid" if number % 4 < 2 else "train"))
    return rows


def stop_after(questions: int) -> Callable[[], bool]:
    asked = iter([False] * questions)
    return lambda: next(asked, True)


@pytest.mark.parametrize("changes", [CHANGES, [{"kind": "mixup"}]], ids=["moved", "mixed"])
def test_a_resumed_run_is_as_unbroken(
    make_run: MakeRun, write_tiff: WriteTiff, tmp_path: Path, changes: list[dict[str, Any]]
) -> None:
    root = tmp_path / "pictures"
    rows, recipe = draw(root, write_tiff), recipe_of(tmp_path / "pictures", 4, 16, changes)
    made = {"rows": rows, "recipe": recipe, "root": root, "classes": ("bright", "dark")}
    whole, broken = make_run(**made), make_run(**made)
    assert isinstance(train_run(whole, lambda event: None, lambda: False, resume=False), Finished)

    stopped = train_run(broken, lambda event: None, stop_after(1), resume=False)
    assert isinstance(stopped, Stopped)
    while isinstance(stopped, Stopped):
        stopped = train_run(broken, lambda event: None, stop_after(3), resume=True)
    assert _same(load_file(whole.weights_file), load_file(broken.weights_file))
    card = read_card(whole.card_file)
    assert card == read_card(broken.card_file).model_copy(update={"train": card.train})
    assert (card.preprocess.channels, card.preprocess.depth_bits) == (4, 16)
    assert max(card.preprocess.mean) < 0.1


def _same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_the_preview_shows_them_in_three_colours_and_lets_light_be_seen(write_tiff: WriteTiff, tmp_path: Path) -> None:
    rows = draw(tmp_path, write_tiff)
    table = DataTable(root=str(tmp_path), rows=rows, classes=["bright", "dark"])
    plain = preview_batch(recipe_of(tmp_path, 4, 16, []), table, "train")
    assert plain.pixels_nhwc.shape == (4, 24, 24, 3)
    assert plain.pixels_nhwc.dtype == np.uint8
    assert plain.pixels_nhwc.max() > 200  # although the values fill a twentieth of 16 bits
    light = [{"kind": "lighting", "probability": 1, "max_change": 0.5}]
    lit = preview_batch(recipe_of(tmp_path, 4, 16, light), table, "train")
    means = plain.pixels_nhwc.mean(axis=(1, 2, 3)), lit.pixels_nhwc.mean(axis=(1, 2, 3))
    assert np.abs(means[0] - means[1]).max() > 10
    fourth = preview_batch(recipe_of(tmp_path, 4, 16, []), table, "train", channel=4)
    assert (fourth.pixels_nhwc == fourth.pixels_nhwc[..., :1]).all()
