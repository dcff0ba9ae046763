"""A run of each kind by requests alone: from a table of labels to a trained run, its results and its predictions."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.app import commands
from studio.app.predicting import write_csv
from studio.base.targets import Numbers, Points, Tags
from studio.blocks.recipe import Recipe
from studio.child.job import Job
from studio.child.models import predict, train_run
from studio.jobs.messages import Event, Finished, Prediction, TrainRun
from studio.jobs.messages import Predict as PredictRequest
from studio.runs.run import Run, create_run

HEAD = ["image", "tags", "across", "shade", "spot_x", "spot_y"]
LABELS: dict[str, dict[str, Any]] = {
    "tagging": {"kind": "tags_column", "column": "tags", "separator": ";", "empty_means": "no_tags"},
    "regression": {"kind": "numbers", "columns": ["across", "shade"]},
    "keypoints": {"kind": "point_columns"},
}
SCORES = {"tagging": "F beta", "regression": "R2", "keypoints": "Pixel error"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures with a spot, and a table that says where it is, what it is and how bright the ground."""
    root = tmp_path_factory.mktemp("spots")
    random = np.random.default_rng(0)
    with open(root / "labels.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEAD)
        for number in range(40):
            shade, x, y = (int(value) for value in random.integers((20, 16, 16), (120, 80, 48)))
            image = Image.new("RGB", (96, 64), (shade,) * 3)
            tags = [name for name in ("red", "round") if random.random() < 0.5]
            shape = ImageDraw.Draw(image).ellipse if "round" in tags else ImageDraw.Draw(image).rectangle
            shape((x - 10, y - 10, x + 10, y + 10), fill=(230, 30, 30) if "red" in tags else (30, 30, 230))
            image.save(root / f"{number:02d}.png")
            table.writerow([f"{number:02d}.png", ";".join(tags), x, shade / 255, x, y])
    return root


@pytest.fixture
def trained(data: Path, tmp_path: Path) -> Callable[[str], tuple[Run, Finished]]:
    """Trains a task for a moment, as the child does for a TrainRun."""

    def train(task: str) -> tuple[Run, Finished]:
        recipe = Recipe.model_validate(
            {
                "task": {"kind": task},
                "source": {"kind": "table", "path": str(data / "labels.csv"), "column": "image"},
                "labels": LABELS[task],
                "transforms": [{"kind": "resize", "side_px": 32}, {"kind": "flip"}, {"kind": "normalise"}],
                "batch": {"size": 8},
                "model": {"encoder": "test_resnet"},
                "training": {"epochs": 2, "device": "cpu"},
            }
        )
        run = create_run(tmp_path / "runs", recipe, None)
        end = train_run(TrainRun(run=str(run.folder)), Job(lambda event: None, lambda: False))
        assert isinstance(end, Finished)
        return run, end

    return train


@pytest.mark.parametrize("task", list(LABELS))
def test_from_a_table_to_predictions(
    task: str, trained: Callable[[str], tuple[Run, Finished]], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, end = trained(task)
    assert set(end.metrics) == {*run.recipe().task.metrics, "valid_loss"}
    capsys.readouterr()
    assert commands.results(run.folder) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{SCORES[task]} ")
    assert "on 8 validation pictures" in told
    assert len(told[told.index("Highest loss:") :].splitlines()) == 9

    broken = data / "zz.txt.png"
    broken.write_bytes(b"no picture")
    events: list[Event] = []
    request = PredictRequest(
        run=str(run.folder), paths=tuple(str(data / name) for name in ("00.png", "01.png", broken))
    )
    predict(request, Job(events.append, lambda: False))
    broken.unlink()
    seen = [event for event in events if isinstance(event, Prediction)]
    assert [one.target is None for one in seen] == [False, False, True]
    assert all(one.label is None for one in seen)
    table = run.folder / "out.csv"
    write_csv(table, run, seen)
    rows = list(csv.DictReader(table.open(newline="")))
    assert [row["image"] for row in rows] == [one.path for one in seen]
    assert "is not a picture" in rows[2]["reason"].lower()
    check_row(rows[0], seen[0], rows[2])


def check_row(row: dict[str, str], seen: Prediction, unread: dict[str, str]) -> None:
    """The cells say what the answer says."""
    if isinstance(seen.target, Tags):
        assert row["tags"] == ";".join(seen.target.names)
        assert set(seen.probabilities) == {"red", "round"}
        assert float(row["red"]) == pytest.approx(seen.probabilities["red"], rel=1e-5)
    elif isinstance(seen.target, Numbers):
        assert [float(row[name]) for name in ("across", "shade")] == pytest.approx(seen.target.values, rel=1e-6)
        assert unread["across"] == ""
    else:
        assert isinstance(seen.target, Points)
        (place,) = seen.target.places
        assert place is not None
        assert (float(row["spot_x"]), float(row["spot_y"])) == pytest.approx((place.x_px, place.y_px), abs=0.01)
        assert 16 <= place.x_px <= 80  # what the crop shows of the original
        assert unread["spot_y"] == ""


def test_facts_of_a_run_say_what_its_labels_are_about(trained: Callable[[str], tuple[Run, Finished]]) -> None:
    assert trained("tagging")[0].facts().classes == ("red", "round")
    assert trained("regression")[0].facts().number_names == ("across", "shade")
    skeleton = trained("keypoints")[0].facts().skeleton
    assert skeleton is not None
    assert skeleton.names == ("spot",)
