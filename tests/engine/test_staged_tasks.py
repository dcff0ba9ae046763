"""Every kind of network goes on at another size with the same weights, and each size's model can be built again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from studio.base.targets import MaskFile, Numbers, Objects, Place, Points, Skeleton, Tags, Target, Thing
from studio.blocks.recipe import Recipe
from studio.blocks.table import Row
from studio.engine.export import LARGEST_DIFFERENCE, export_run
from studio.engine.keeper import Pace
from studio.engine.predict import load_model
from studio.engine.train import train_run
from studio.jobs.messages import EpochEnded, Event, Finished, StepDone, Stopped
from studio.runs.labels import write_labels
from studio.runs.run import Run, create_run
from studio.runtime.card import read_card

PICTURES, SMALL_PX, LARGE_PX = 12, 32, 64
STAGES = [
    {"side_px": SMALL_PX, "epochs": 1, "learns": "head", "learning_rate": 5e-3},
    {"side_px": LARGE_PX, "epochs": 1, "learning_rate": 2e-3},
]
TASKS: dict[str, dict[str, Any]] = {
    "tagging": {"kind": "tagging"},
    "regression": {"kind": "regression"},
    "keypoints": {"kind": "keypoints"},
    "heat maps": {"kind": "keypoints", "answer": "heat_maps"},
    "segmentation": {"kind": "segmentation"},
    "fcos": {"kind": "detection", "detector": "fcos"},
    "retinanet": {"kind": "detection", "detector": "retinanet"},
    "ssdlite": {"kind": "detection", "detector": "ssdlite"},
}
FACTS: dict[str, dict[str, Any]] = {
    "tagging": {"classes": ("left", "right")},
    "regression": {"number_names": ("across",)},
    "keypoints": {"skeleton": Skeleton(("middle",))},
    "segmentation": {"classes": ("ground", "disc")},
    "detection": {"classes": ("disc",)},
}


def target_of(task: str, x: int, y: int, mask: str) -> Target:
    """What there is to say of a disc of radius 10 px at this place."""
    match task:
        case "tagging":
            return Tags(("left",) if x < 48 else ("right",))
        case "regression":
            return Numbers((float(x),))
        case "keypoints":
            return Points((Place(x, y),))
        case "segmentation":
            return MaskFile(mask)
        case _:
            return Objects((Thing("disc", x - 10, y - 10, x + 10, y + 10),))


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[[str], Run]:
    """Makes a run of discs on grey, in pictures of 96 x 96 px."""

    def make(name: str) -> Run:
        block, random, rows = TASKS[name], np.random.default_rng(1), []
        task = block["kind"]
        for number in range(PICTURES):
            x, y = (int(value) for value in random.integers(12, 84, 2))
            image, mask = Image.new("RGB", (96, 96), (90, 90, 90)), Image.new("L", (96, 96), 0)
            for drawn, colour in ((image, (220, 200, 40)), (mask, 1)):
                ImageDraw.Draw(drawn).ellipse((x - 10, y - 10, x + 10, y + 10), fill=colour)
            image.save(tmp_path / f"{number}.png")
            mask.save(tmp_path / f"{number}_mask.png")
            target = target_of(task, x, y, f"{number}_mask.png")
            rows.append(Row(f"{number}.png", target, "file", "valid" if number % 3 == 0 else "train"))
        recipe = Recipe.model_validate(
            {
                "task": block,
                "source": {"kind": "folder", "path": str(tmp_path)},
                "transforms": [{"kind": "resize", "side_px": 96}, {"kind": "flip"}, {"kind": "normalise"}],
                "batch": {"size": 4},
                "model": {"encoder": "test_resnet"},
                "training": {"device": "cpu", "stages": STAGES},
            }
        )
        run = create_run(tmp_path / "runs", recipe, None)
        run.write_facts(run.facts().model_copy(update={"image_root": str(tmp_path), **FACTS[task]}))
        write_labels(run.labels_file, rows)
        return run

    return make


@pytest.mark.parametrize("name", TASKS)
def test_it_goes_on_at_another_size(make_run: Callable[[str], Run], name: str) -> None:
    whole, parted = make_run(name), make_run(name)
    events: list[Event] = []
    end = train_run(whole, events.append, lambda: False, resume=False)
    assert isinstance(end, Finished)
    assert [event.stage for event in events if isinstance(event, EpochEnded)] == [1, 2]

    told: list[Event] = []
    stopped = train_run(
        parted,
        told.append,
        lambda: any(isinstance(event, StepDone) and event.step >= 3 for event in told),
        resume=False,
        pace=Pace(steps=1),
    )
    assert isinstance(stopped, Stopped)
    train_run(parted, told.append, lambda: False, resume=True)
    assert parted.weights_file.read_bytes() == whole.weights_file.read_bytes()
    assert parted.predictions_file.read_bytes() == whole.predictions_file.read_bytes()

    for folder, side_px in ((whole.after_stage(1, "32 px, head").folder, SMALL_PX), (whole.folder, LARGE_PX)):
        card, model = load_model(folder)
        assert card.preprocess.size_wh == (side_px, side_px)
        outputs = model(torch.rand(2, 3, side_px, side_px))
        assert outputs.shape == (2, *card.output_shape)


@pytest.mark.parametrize("name", ["fcos", "segmentation"])
def test_the_model_of_the_first_size_says_the_same_without_torch(make_run: Callable[[str], Run], name: str) -> None:
    run = make_run(name)
    told: list[Event] = []
    train_run(run, told.append, lambda: any(isinstance(e, EpochEnded) for e in told), resume=False)
    card = read_card(run.card_file)
    assert (card.preprocess.side_px, card.layout_wh) == (SMALL_PX, (LARGE_PX, LARGE_PX))
    exported = export_run(run, lambda event: None)
    assert exported.metrics["pictures_compared"] == PICTURES // 3
    assert exported.metrics["largest_difference"] <= LARGEST_DIFFERENCE
