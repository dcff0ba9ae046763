"""A run of each task by requests alone, asked several times over, measured both ways, and asked where it looked."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.app import commands
from studio.app.activation import seen_of
from studio.app.looks_trial import comparison_words
from studio.base.errors import UserError
from studio.base.targets import Objects, Place, Points, kind_of
from studio.blocks.recipe import Recipe
from studio.blocks.several_looks import SeveralLooks
from studio.child.job import Job
from studio.child.models import predict, show_activation, train_run
from studio.engine.compare_looks import compare_looks as compare
from studio.engine.predict import TorchPredictor
from studio.engine.several_looks import averaging_for, looks_for
from studio.jobs.messages import ActivationShown, Event, Finished, Prediction, ShowActivation, Stopped, TrainRun
from studio.jobs.messages import Predict as PredictRequest
from studio.runs.looks_comparison import comparison_file, read_comparison
from studio.runs.run import Run, create_run
from studio.runs.summary import summarise
from studio.runtime.several_looks.predictor import SeveralLooks as Looking

TABLE = {"kind": "table", "column": "image"}
TASKS: dict[str, dict[str, Any]] = {
    "classification": {"labels": {"kind": "name_pattern", "pattern": r"(dark|pale)"}},
    "tagging": {"source": TABLE, "labels": {"kind": "tags_column", "column": "tags", "empty_means": "no_tags"}},
    "regression": {"source": TABLE, "labels": {"kind": "numbers", "columns": ["across"]}},
    "keypoints": {"source": TABLE, "labels": {"kind": "point_columns"}},
    "segmentation": {
        "labels": {
            "kind": "mask_files",
            "template": "masks/{stem}.png",
            "classes_from": "names",
            "class_names": ("ground", "square"),
        }
    },
    "detection": {"labels": {"kind": "annotation_file", "path": "boxes.json"}},
}
EXPLAINED = {"classification", "tagging", "regression", "segmentation"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four pictures with a square each on dark or pale ground, and all that can be said of them."""
    root = tmp_path_factory.mktemp("squares")
    (root / "masks").mkdir()
    random = np.random.default_rng(0)
    images, annotations, lines = [], [], [["image", "tags", "across", "spot_x", "spot_y"]]
    for number in range(24):
        ground = "dark" if number % 2 else "pale"
        name = f"{number:02d}_{ground}.png"
        shade = int(random.integers(20, 60)) + (0 if number % 2 else 100)
        x, y = (int(value) for value in random.integers((0, 0), (46, 30)))
        image, mask = Image.new("RGB", (64, 48), (shade,) * 3), Image.new("L", (64, 48))
        ImageDraw.Draw(image).rectangle((x, y, x + 17, y + 17), fill=(230, 200, 30))
        ImageDraw.Draw(mask).rectangle((x, y, x + 17, y + 17), fill=1)
        image.save(root / name)
        mask.save(root / "masks" / name)
        box = {"bbox": [x, y, 18, 18], "area": 324, "iscrowd": 0}
        annotations.append({"id": number + 1, "image_id": number, "category_id": 7, **box})
        images.append({"id": number, "file_name": name, "width": 64, "height": 48})
        lines.append([name, "pale" if ground == "pale" else "", str(x), str(x + 9), str(y + 9)])
    boxes = {"images": images, "annotations": annotations, "categories": [{"id": 7, "name": "square"}]}
    (root / "boxes.json").write_text(json.dumps(boxes))
    with open(root / "labels.csv", "w", newline="") as file:
        csv.writer(file).writerows(lines)
    return root


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """The run of a task, trained for a moment the first time that it is asked for."""
    runs: dict[str, Run] = {}

    def train(task: str) -> Run:
        if task not in runs:
            settings = dict(TASKS[task])
            source = {"path": str(data / "labels.csv"), **settings.pop("source", {})}
            if source.get("kind") != "table":
                source = {"kind": "folder", "path": str(data), "exclude": ("masks",)}
            recipe = Recipe.model_validate(
                {
                    "task": {"kind": task, **({"threshold": 0.06} if task == "detection" else {})},
                    "source": source,
                    "transforms": [{"kind": "resize", "side_px": 32}, {"kind": "flip"}, {"kind": "normalise"}],
                    "batch": {"size": 8},
                    "model": {"encoder": "test_resnet"},
                    "training": {"epochs": 1, "learning_rate": 5e-3, "device": "cpu"},
                    **settings,
                }
            )
            run = create_run(tmp_path_factory.mktemp(task) / "runs", recipe, None)
            assert isinstance(
                train_run(TrainRun(run=str(run.folder)), Job(lambda event: None, lambda: False)), Finished
            )
            runs[task] = run
        return runs[task]

    return train


def hear(handler: Callable[[Any, Job], Any], request: Any) -> list[Event]:
    events: list[Event] = []
    assert isinstance(handler(request, Job(events.append, lambda: False)), Finished)
    return events


@pytest.mark.parametrize("task", list(TASKS))
def test_looking_several_times(task: str, trained: Callable[[str], Run], data: Path) -> None:
    run = trained(task)
    paths = [*sorted(data.glob("*.png"))[:3], data / "boxes.json"]
    predictor = TorchPredictor(run.folder)
    settings = SeveralLooks(zoom_factor=1.2)
    looks = looks_for(run.recipe(), settings, predictor.card.preprocess.size_wh)
    assert len(looks) == 8
    looking = Looking(predictor, looks, averaging_for(settings))
    plain, several = list(predictor.predict_paths(paths)), list(looking.predict_paths(paths))
    assert [one.path for one in several] == paths
    assert several[-1].reason
    assert several[-1].target is None
    for one, more in zip(plain[:-1], several[:-1], strict=True):
        assert more.target is not None
        assert kind_of(more.target) == run.recipe().task.target
        assert set(more.probabilities) == set(one.probabilities)
        if isinstance(more.target, Points):
            assert all(isinstance(place, Place) and 0 <= place.x_px <= 64 for place in more.target.places)
        if isinstance(more.target, Objects):
            assert all(0 <= thing.left_px < thing.right_px <= 64 for thing in more.target.things)
    assert several != plain or task in ("segmentation", "detection")  # too little trained to see a thing


@pytest.mark.parametrize("task", list(TASKS))
def test_the_plain_side_of_the_comparison_is_what_the_run_measured(task: str, trained: Callable[[str], Run]) -> None:
    run = trained(task)
    assert read_comparison(run) is None
    events: list[Event] = []
    assert isinstance(compare(run, SeveralLooks(zoom_factor=1.2), events.append, lambda: False), Finished)
    assert events
    found = read_comparison(run)
    assert found is not None
    measured = {name: value for name, value in summarise(run).metrics.items() if name in found.plain}
    assert set(found.plain) == set(found.several) >= {run.recipe().task.main_metric}
    assert found.plain == pytest.approx(measured, abs=2e-3)
    assert found.looks == 9
    assert 0 <= found.better + found.worse <= found.pictures
    assert f"of {found.pictures} pictures better" in comparison_words(run.recipe().task, found)
    # A model that has changed since has not been measured.
    run.card_file.write_bytes(run.card_file.read_bytes() + b"\n")
    assert read_comparison(run) is None
    comparison_file(run).unlink()


def test_a_comparison_can_be_given_up(trained: Callable[[str], Run]) -> None:
    run = trained("classification")
    assert isinstance(compare(run, SeveralLooks(), lambda event: None, lambda: True), Stopped)
    assert read_comparison(run) is None


def predictions(run: Run, *paths: Path, several_looks: SeveralLooks | None = None) -> list[Prediction]:
    request = PredictRequest(run=str(run.folder), paths=tuple(map(str, paths)), several_looks=several_looks)
    return [event for event in hear(predict, request) if isinstance(event, Prediction)]


def test_probabilities_are_those_of_the_formula(trained: Callable[[str], Run], data: Path, tmp_path: Path) -> None:
    """Mirrored only: the plain one counts 0.4, the mirrored picture, as a file of its own, 0.6."""
    run, path, mirrored = trained("classification"), sorted(data.glob("*.png"))[5], tmp_path / "mirrored.png"
    Image.open(path).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored)
    one, other = predictions(run, path, mirrored)
    (both,) = predictions(run, path, several_looks=SeveralLooks(zoom_factor=1))
    expected = {name: 0.4 * share + 0.6 * other.probabilities[name] for name, share in one.probabilities.items()}
    assert both.probabilities == pytest.approx(expected, abs=2e-3)  # a mirror in bytes is rounded elsewhere
    assert both.probabilities != pytest.approx(one.probabilities, abs=1e-9)


def test_chance_draws_the_same_each_time(trained: Callable[[str], Run], data: Path) -> None:
    run, path = trained("classification"), sorted(data.glob("*.png"))[0]
    looks = SeveralLooks(way="chance", draws=5)
    assert predictions(run, path, several_looks=looks) == predictions(run, path, several_looks=looks)


@pytest.mark.parametrize("task", list(TASKS))
def test_where_it_looked(task: str, trained: Callable[[str], Run], data: Path) -> None:
    run, path = trained(task), str(sorted(data.glob("*.png"))[0])
    request = ShowActivation(run=str(run.folder), paths=(path,))
    if task not in EXPLAINED:
        with pytest.raises(UserError, match="by themselves"):
            hear(show_activation, request)
        return
    (event,) = hear(show_activation, request)
    assert isinstance(event, ActivationShown)
    seen = seen_of(event)
    assert seen.image_hwc.shape == (48, 64, 3)
    assert seen.heat_hw.shape == (48, 64)
    assert seen.about in seen.others
    assert (seen.share is None) == (task == "regression")
    assert not Path(event.frame).exists()
    assert not Path(event.heat).exists()


def test_commands(
    trained: Callable[[str], Run], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, paths = trained("classification"), sorted(data.glob("*.png"))[:2]
    assert commands.predict(run.folder, paths, tta=True, activation=tmp_path / "looked") == 0
    told = capsys.readouterr().out
    assert f"Where it looked: 2 pictures in {tmp_path / 'looked'}" in told
    assert {path.name for path in (tmp_path / "looked").iterdir()} == {path.name for path in paths}
    assert commands.results(run.folder, look=["zoom_factor=1.1", "symmetries=none"], json=True) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["several_looks"]
    assert found["looks"] == 5
    assert found["settings"]["symmetries"] == "none"
    assert commands.results(run.folder) == 0
    assert "Looking several times" in capsys.readouterr().out
    with pytest.raises(UserError, match="no way to look called 'zoom=3'"):
        commands.predict(run.folder, paths, look=["zoom=3"])
    with pytest.raises(UserError, match="'zoom_factor' does not fit: The value must be at most 2"):
        commands.predict(run.folder, paths, look=["zoom_factor=3"])
