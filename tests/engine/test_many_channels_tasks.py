"""Every kind of network learns from pictures of many channels, and says the same without torch."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base.targets import MaskFile, Objects, Place, Points, Skeleton, Target, Thing
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.engine.export import LARGEST_DIFFERENCE, export_run
from studio.engine.predict import load_model
from studio.engine.train import train_run
from studio.jobs.messages import Finished
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run
from studio.runtime.card import read_card
from studio.work.pictures import make_thumbnails

PICTURES = 12
TASKS = {
    "heat maps": {"kind": "keypoints", "answer": "heat_maps"},
    "points": {"kind": "keypoints"},
    "masks": {"kind": "segmentation"},
    "fcos": {"kind": "detection", "detector": "fcos"},
    "ssdlite": {"kind": "detection", "detector": "ssdlite"},
}
FACTS = {
    "segmentation": {"classes": ("ground", "disc")},
    "keypoints": {"skeleton": Skeleton(("middle",))},
    "detection": {"classes": ("disc",)},
}


@pytest.mark.parametrize(
    ("name", "channels", "depth"),
    [("heat maps", 2, "16"), ("points", 7, "8"), ("masks", 5, "16"), ("fcos", 4, "8"), ("ssdlite", 1, "16")],
)
def test_it_learns_and_is_exported(
    tmp_path: Path, write_tiff: Callable[..., Path], name: str, channels: int, depth: str
) -> None:
    run = _run(tmp_path, write_tiff, name, channels, depth)
    assert isinstance(train_run(run, lambda event: None, lambda: False, resume=False), Finished)
    preprocess = read_card(run.card_file).preprocess
    assert (preprocess.channels, preprocess.depth_bits, len(preprocess.std)) == (channels, int(depth), channels)
    _, model = load_model(run.folder)
    first = next(parameter for parameter in model.parameters() if parameter.ndim == 4)
    assert first.shape[1] == channels
    exported = export_run(run, lambda event: None)
    assert exported.metrics["pictures_compared"] == PICTURES // 3
    assert exported.metrics["largest_difference"] <= LARGEST_DIFFERENCE
    made = make_thumbnails((str(tmp_path / "0.tif"),), 32, lambda: False)
    assert [event.reason for event in made] == [""]


def _run(root: Path, write_tiff: Callable[..., Path], name: str, channels: int, depth: str) -> Run:
    random, rows, block = np.random.default_rng(1), [], TASKS[name]
    dtype = {"8": np.uint8, "16": np.uint16}[depth]
    for number in range(PICTURES):
        x, y = (int(value) for value in random.integers(12, 52, 2))
        rows_px, columns_px = np.mgrid[:64, :64]
        image_hwc = random.integers(0, 60, (64, 64, channels)).astype(dtype)
        image_hwc[(rows_px - y) ** 2 + (columns_px - x) ** 2 < 100, -1] = 200
        write_tiff(root / f"{number}.tif", image_hwc, planar=number % 2 == 0)
        Image.fromarray((image_hwc[..., -1] == 200).astype(np.uint8)).save(root / f"{number}.png")
        targets: dict[str, Target] = {
            "detection": Objects((Thing("disc", x - 10, y - 10, x + 10, y + 10),)),
            "keypoints": Points((Place(x, y),)),
            "segmentation": MaskFile(f"{number}.png"),
        }
        rows.append(Row(f"{number}.tif", targets[block["kind"]], "file", "valid" if number % 3 == 0 else "train"))
    recipe = Recipe.model_validate(
        {
            "task": block,
            "source": {"kind": "folder", "path": str(root)},
            "transforms": [
                {"kind": "resize", "side_px": 64},
                {"kind": "channels", "read_as": "stored", "count": channels, "depth": depth},
                {"kind": "flip"},
                {"kind": "normalise", "statistics": "own" if depth == "16" else "encoder"},
            ],
            "batch": {"size": 4},
            "model": {"encoder": "test_resnet"},
            "training": {"device": "cpu", "epochs": 1},
        }
    )
    run = create_run(root / "runs", recipe, None)
    run.write_facts(run.facts().model_copy(update={"image_root": str(root), **FACTS[block["kind"]]}))
    write_labels(run.labels_file, rows)
    return run
