"""Pictures of five channels and 16 bits, whose classes differ in the fifth alone, from a folder to predictions."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from studio.blocks.recipe import read_recipe
from studio.blocks.transforms.channels import Channels
from studio.engine.export import compare
from studio.engine.predict import TorchPredictor
from studio.runtime.card import read_card
from studio.runtime.predictor import OnnxPredictor
from tests.journeys.test_commands import studio

SIDE_PX = 48
BRIGHTEST = 4095  # as a camera of 12 bits fills its 16
QUICK = [
    "--set", "model.encoder=test_resnet", "--set", "model.weights=none", "--set", "transforms.resize.side_px=32",
    "--set", "training.epochs=6", "--set", "training.learning_rate=0.01", "--set", "batch.size=16",
]  # fmt: skip


def draw(folder: Path, write_tiff: Callable[..., Path], each: int = 40) -> Path:
    """Noise and a spot somewhere in four channels; the fifth has lines, which lie or stand."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
    for number in range(2 * each):
        kind = ("lying", "standing")[number % 2]
        image_hwc = rng.integers(0, BRIGHTEST // 4, (SIDE_PX, SIDE_PX, 5))
        for channel in range(4):
            at_x, at_y = rng.integers(0, SIDE_PX, 2)
            image_hwc[..., channel] += (1500 * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / 80)).astype(int)
        lines = np.sin((y if kind == "lying" else x) * 0.8 + rng.uniform(0, 6))
        image_hwc[..., 4] += (1200 * (1 + lines)).astype(int)
        path = folder / kind / f"{number:03}.tif"
        write_tiff(path, image_hwc.clip(0, BRIGHTEST).astype(np.uint16), planar=number % 3 == 0)
    return folder


def test_the_fifth_channel_is_learned_and_the_model_taken_along(
    tmp_path: Path, write_tiff: Callable[..., Path]
) -> None:
    pictures, project = draw(tmp_path / "cells", write_tiff), tmp_path / "cells.studio"
    write_tiff(pictures / "lying" / "odd.tif", np.zeros((SIDE_PX, SIDE_PX, 3), np.uint16))

    assert "5 channels of 16 bits" in studio("new", project, "--images", pictures, "--guess")
    explained = studio("explain", project)
    assert "lying/odd.tif has 3 channels, not 5" in explained

    lines = [json.loads(line) for line in studio("train", project, *QUICK, "--json").splitlines()]
    left_out = next(line for line in lines if line["kind"] == "images_left_out")
    assert [name for name, _ in left_out["images"]] == ["lying/odd.tif"]
    assert lines[-1]["kind"] == "finished"
    assert lines[-1]["metrics"]["accuracy"] > 0.9
    run = project / lines[-1]["run"]

    channels = next(b for b in read_recipe((run / "recipe.json").read_text()).transforms if isinstance(b, Channels))
    assert channels == Channels(read_as="stored", count=5, depth="16")
    preprocess = read_card(run / "model.json").preprocess
    assert (preprocess.channels, preprocess.depth_bits, len(preprocess.mean)) == (5, 16, 5)
    assert max(preprocess.mean) < BRIGHTEST / 65535  # their own statistics

    told = [json.loads(line) for line in studio("predict", run, pictures, "--json").splitlines()]
    said = {Path(line["path"]): line for line in told if line["kind"] == "prediction"}
    refused = said.pop(pictures / "lying" / "odd.tif")
    assert "3 channels" in refused["reason"]
    assert np.mean([line["label"] == path.parent.name for path, line in said.items()]) > 0.9

    count, difference = compare(TorchPredictor(run), OnnxPredictor(run), list(said))
    assert count == len(said)
    assert difference <= 1e-4
