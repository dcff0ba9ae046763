"""A run with boxes by requests alone: from a COCO file to a trained run, its results and its predictions."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.app import commands
from studio.base.targets import Objects
from studio.blocks.recipe import Recipe
from studio.child.job import Job
from studio.child.models import predict, train_run
from studio.jobs.messages import Event, Finished, Prediction, TrainRun
from studio.jobs.messages import Predict as PredictRequest
from studio.runs.labels import read_labels
from studio.runs.predictions import read_predictions
from studio.runs.run import create_run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty pictures with a square each, but for every sixth, and a COCO file that says where it is."""
    root = tmp_path_factory.mktemp("squares")
    random = np.random.default_rng(0)
    images, annotations = [], []
    for number in range(30):
        image = Image.new("RGB", (96, 64), (int(random.integers(20, 90)),) * 3)
        if number % 6:
            x, y = (int(value) for value in random.integers((0, 0), (66, 34)))
            ImageDraw.Draw(image).rectangle((x, y, x + 29, y + 29), fill=(230, 200, 30))
            box = {"bbox": [x, y, 30, 30], "area": 900, "iscrowd": 0}
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": 7, **box})
        image.save(root / f"{number:02d}.png")
        images.append({"id": number, "file_name": f"{number:02d}.png", "width": 96, "height": 64})
    categories = [{"id": 7, "name": "square"}]
    boxes = {"images": images, "annotations": annotations, "categories": categories}
    (root / "boxes.json").write_text(json.dumps(boxes))
    return root


def test_from_a_coco_file_to_predictions(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = Recipe.model_validate(
        {
            "task": {"kind": "detection", "threshold": 0.06},
            "source": {"kind": "folder", "path": str(data)},
            "labels": {"kind": "annotation_file", "path": "boxes.json"},
            "transforms": [{"kind": "resize", "side_px": 32}, {"kind": "flip"}, {"kind": "normalise"}],
            "batch": {"size": 8},
            "model": {"encoder": "test_resnet"},
            "training": {"epochs": 2, "device": "cpu"},
        }
    )
    run = create_run(tmp_path / "runs", recipe, None)
    end = train_run(TrainRun(run=str(run.folder)), Job(lambda event: None, lambda: False))
    assert isinstance(end, Finished)
    assert set(end.metrics) == {"map", "map_50", "valid_loss"}
    assert run.facts().classes == ("square",)
    assert {row.target for row in read_labels(run.labels_file)} >= {Objects(())}
    written = read_predictions(run.predictions_file)
    assert all(isinstance(item.predicted, Objects) for item in written)

    capsys.readouterr()
    assert commands.results(run.folder) == 0
    told = capsys.readouterr().out
    assert "on 6 validation pictures" in told
    assert len(told[told.index("Highest loss:") :].splitlines()) == 7

    events: list[Event] = []
    request = PredictRequest(run=str(run.folder), paths=tuple(str(data / item.image) for item in written))
    predict(request, Job(events.append, lambda: False))
    seen = [event for event in events if isinstance(event, Prediction)]
    for event, item in zip(seen, written, strict=True):
        assert isinstance(event.target, Objects)
        assert isinstance(item.predicted, Objects)
        assert len(event.target.things) == len(item.predicted.things)
