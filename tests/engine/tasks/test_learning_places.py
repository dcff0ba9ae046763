"""Networks for boxes and points learn what can be learned: a few drawn pictures by heart, in seconds."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from studio.base.targets import Objects, Place, Points, Skeleton, Target, Thing
from studio.blocks.tasks.detection import Detection
from studio.blocks.tasks.keypoints import Keypoints
from studio.engine.augment import Placed
from studio.engine.encoders import create_encoder
from studio.engine.optimizer import make_optimizer, set_rates
from studio.engine.rows import RunRows
from studio.engine.schedule import OneCycle
from studio.engine.task import EngineTask
from studio.engine.tasks.detection import DetectionTask
from studio.engine.tasks.keypoints import KeypointsTask
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

SIDE_PX = 64
PREPROCESS = Preprocess(SIDE_PX, "squish", mean=(0.2, 0.2, 0.2), std=(0.3, 0.3, 0.3))
VIEW = View.of((SIDE_PX, SIDE_PX), (SIDE_PX, SIDE_PX), PREPROCESS.base_homography(SIDE_PX, SIDE_PX))
GREEN, RED = (40, 220, 40), (220, 40, 40)

Drawn = tuple[list[np.ndarray], list[Target]]


def noise(random: np.random.Generator) -> Image.Image:
    return Image.fromarray(random.integers(0, 40, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8))


def things(count: int) -> Drawn:
    """A green square and a red disc each, unless the disc would cover the square."""
    random = np.random.default_rng(2)
    pictures, targets = [], []
    for _ in range(count):
        image, found = noise(random), []
        for name, colour in (("square", GREEN), ("disc", RED)):
            radius = int(random.integers(7, 14))
            x, y = (int(value) for value in random.integers(radius, SIDE_PX - radius, 2))
            if any(abs(x - (one.left_px + one.right_px) / 2) < radius + 14 for one in found):
                continue
            draw = ImageDraw.Draw(image)
            (draw.rectangle if name == "square" else draw.ellipse)(
                (x - radius, y - radius, x + radius - 1, y + radius - 1), fill=colour
            )
            found.append(Thing(name, x - radius, y - radius, x + radius, y + radius))
        pictures.append(np.asarray(image))
        targets.append(Objects(tuple(found)))
    return pictures, targets  # type: ignore[return-value]


def dots(count: int) -> Drawn:
    """A green and a red dot each, of 7 px; one of seven is absent."""
    random = np.random.default_rng(2)
    pictures, targets = [], []
    for _ in range(count):
        image, places = noise(random), []
        for colour in (GREEN, RED):
            x, y = random.integers(4, SIDE_PX - 4, 2).tolist()
            is_there = random.random() > 1 / 7
            if is_there:
                ImageDraw.Draw(image).ellipse((x - 3, y - 3, x + 3, y + 3), fill=colour)
            places.append(Place(x + 0.5, y + 0.5) if is_there else None)
        pictures.append(np.asarray(image))
        targets.append(Points(tuple(places)))
    return pictures, targets  # type: ignore[return-value]


def learned(
    task: EngineTask, drawn: Drawn, *, steps: int, rate: float, batch: int, checked: Sequence[int]
) -> dict[str, float]:
    """The metrics on the `checked` pictures after some steps on all others, or on all if all are checked."""
    pictures = torch.from_numpy(PREPROCESS.normalise(np.stack(drawn[0])))
    taught = sorted(set(range(len(pictures))) - set(checked)) or list(checked)

    def targets(rows: Sequence[int]) -> Any:
        arrays = task.collate([Placed(np.empty((0, 0, 3), np.uint8), drawn[1][row], view=VIEW) for row in rows])
        return type(arrays)(*map(torch.from_numpy, arrays))

    torch.manual_seed(0)
    network = task.network(create_encoder("test_resnet", side_px=SIDE_PX))
    groups = network.layer_groups()
    optimizer, course = make_optimizer(groups, 0.01), OneCycle()
    for step in range(steps):
        rows = [taught[place] for place in torch.randperm(len(taught))[:batch].tolist()]
        set_rates(optimizer, [course.learning_rate(step / steps, rate)] * len(groups), course.momentum(step / steps))
        task.loss(network(pictures[rows]), targets(rows)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    metrics = task.metrics()
    with torch.inference_mode():
        metrics.update(network.eval()(pictures[list(checked)]), targets(checked))
    return metrics.compute()


@pytest.mark.parametrize(("detector", "steps"), [("fcos", 16), ("retinanet", 24), ("ssdlite", 30)])
def test_every_detector_learns_a_few_pictures_by_heart(
    detector: str, steps: int, rows_with: Callable[..., RunRows]
) -> None:
    drawn = things(8)
    rows = rows_with(*drawn[1], classes=("square", "disc"))
    task = DetectionTask(Detection.model_validate({"detector": detector}), rows, PREPROCESS)
    found = learned(task, drawn, steps=steps, rate=5e-3, batch=8, checked=range(8))
    assert found["map_50"] > 0.9


def test_heat_maps_find_dots_of_pictures_that_they_have_not_seen(rows_with: Callable[..., RunRows]) -> None:
    drawn = dots(120)
    rows = rows_with(*drawn[1], skeleton=Skeleton(("green", "red")))
    task = KeypointsTask(Keypoints(answer="heat_maps"), rows, PREPROCESS)
    found = learned(task, drawn, steps=45, rate=5e-3, batch=12, checked=range(30))
    assert found["pixel_error"] < 2
    assert found["pck"] > 0.9
