"""Another threshold for a finished model: what it says, how good that is, and its report follow."""

from pathlib import Path

import numpy as np
import pytest

from studio.app.results import read_results, threshold_request
from studio.base.errors import UserError
from studio.base.targets import Objects, Tags, Thing
from studio.blocks.recipe import Recipe
from studio.engine.reports.threshold_sweep import of_boxes
from studio.engine.take_threshold import take_threshold
from studio.runs.predictions import ValidPrediction, read_predictions, write_predictions
from studio.runs.report import Chart, Report, read_report, write_report
from studio.runs.run import Run, create_run
from studio.runtime.boxes import Grid
from studio.runtime.card import EncoderCard, HeadCard, ModelCard, read_card, write_card
from studio.runtime.preprocess import Preprocess

TAGS = ("red", "round")


def card(task: str, **facts: object) -> ModelCard:
    return ModelCard.model_validate(
        {
            "task": task,
            "classes": TAGS,
            "preprocess": Preprocess(32, "squish"),
            "encoder": EncoderCard(name="t", architecture="t", features=8),
            "head": HeadCard(outputs=2),
            "metrics": {"f_beta": 0.1, "accuracy": 0.1, "valid_loss": 0.7},
            **facts,
        }
    )


@pytest.fixture
def tagged(tmp_path: Path) -> Run:
    recipe = Recipe.model_validate({"task": {"kind": "tagging"}, "source": {"kind": "folder", "path": "x"}})
    run = create_run(tmp_path, recipe, None)
    write_card(run.card_file, card("tagging"))
    items = [
        ValidPrediction("a.png", Tags(("red",)), Tags(()), 0.5, {"red": 0.4, "round": 0.1}),
        ValidPrediction("b.png", Tags(("red", "round")), Tags(("round",)), 0.4, {"red": 0.35, "round": 0.9}),
    ]
    write_predictions(run.predictions_file, TAGS, items)
    return run


def test_tags_are_decided_and_measured_again(tagged: Run) -> None:
    take_threshold(tagged, 0.3)
    assert [item.predicted for item in read_predictions(tagged.predictions_file)] == [
        Tags(("red",)),
        Tags(("round", "red")),
    ]
    found = read_card(tagged.card_file)
    assert found.threshold == 0.3
    assert found.metrics == {"f_beta": pytest.approx(1), "accuracy": 1, "valid_loss": 0.7}


@pytest.mark.parametrize("wanted", ["much", "0", "1.5"])
def test_what_is_no_threshold_is_refused(wanted: str, tagged: Run) -> None:
    write_report(tagged.report_file, Report(parts=(sweep(),)))
    with pytest.raises(UserError, match="is no threshold"):
        threshold_request(read_results(tagged), wanted)


def sweep() -> Chart:
    return of_boxes(np.array([0.9, 0.2]), np.array([True, False]), there=1, now=0.1, least=0.05)


def test_boxes_below_the_threshold_go(tmp_path: Path) -> None:
    recipe = Recipe.model_validate({"task": {"kind": "detection"}, "source": {"kind": "folder", "path": "x"}})
    run = create_run(tmp_path, recipe, None)
    grids: tuple[Grid, ...] = ((4, 4),)
    head = HeadCard(kind="fcos", outputs=7)
    write_card(run.card_file, card("detection", head=head, grids=grids, threshold=0.1))
    things = tuple(Thing("red", 0, 0, 9, 9, score=score) for score in (0.9, 0.2))
    write_predictions(run.predictions_file, (), [ValidPrediction("a.png", Objects(()), Objects(things), 1.0, {})])
    write_report(run.report_file, Report(parts=(sweep(),)))
    take_threshold(run, 0.5)
    (item,) = read_predictions(run.predictions_file)
    assert item.predicted == Objects(things[:1])
    report = read_report(run.report_file)
    assert report is not None
    chart = report.part("threshold")
    assert isinstance(chart, Chart)
    assert chart.choice is not None
    assert chart.choice.now == 0.5
    assert "Since then 0.5 was taken" in chart.note


def test_a_model_of_classes_has_none(tmp_path: Path) -> None:
    run = create_run(tmp_path, Recipe.model_validate({"source": {"kind": "folder", "path": "x"}}), None)
    write_card(run.card_file, card("classification"))
    with pytest.raises(UserError, match="decides by no threshold"):
        take_threshold(run, 0.5)
