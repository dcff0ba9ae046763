"""Each task's report of a run that was trained, as it is kept, printed and changed."""

import json
from collections.abc import Callable

import pytest

from studio.app.report_words import results_json, results_lines
from studio.app.results import read_results, threshold_request
from studio.engine.take_threshold import take_threshold
from studio.engine.train import train_run
from studio.jobs.messages import TakeThreshold
from studio.runs.report import Chart, Table, read_report
from studio.runs.run import Run
from studio.runtime.card import read_card

PARTS = {
    "tagging": ["class_scores", "threshold", "calibration", "doubts"],
    "regression": ["errors", "doubts"],
    "keypoints": ["errors", "doubts"],
}


@pytest.mark.parametrize("task", list(PARTS))
def test_a_run_keeps_the_report_that_its_task_declares(task: str, task_run: Callable[..., Run]) -> None:
    run = task_run(task, epochs=1)
    train_run(run, lambda event: None, lambda: False, resume=False)
    report = read_report(run.report_file)
    assert report is not None
    assert [part.id for part in report.parts] == PARTS[task]
    results = read_results(run)
    table = report.parts[0]
    assert isinstance(table, Table)
    text = "\n".join(results_lines(results))
    assert all(part.title in text for part in report.parts)
    assert all(str(row[0]) in text for row in table.rows)
    printed = json.loads(results_json(results))
    assert [part["id"] for part in printed["report"]] == PARTS[task][:-1]
    assert report.doubts is not None
    assert len(printed["labels_to_look_at"]) == len(report.doubts.doubts)
    rows = [[cell for cell in row if isinstance(cell, int | float)] for row in table.rows]
    if task == "regression":  # the mean over the two numbers is the metric
        assert (rows[0][0] + rows[1][0]) / 2 == pytest.approx(results.metrics["mae"], rel=1e-4)
    if task == "keypoints":  # and that over all points, each as often as it is there
        whole = sum(row[0] * row[1] for row in rows) / sum(row[0] for row in rows)
        assert whole == pytest.approx(results.metrics["pixel_error"], rel=1e-4)


def test_a_trained_run_takes_the_best_threshold_of_its_report(task_run: Callable[..., Run]) -> None:
    run = task_run("tagging", epochs=2)
    train_run(run, lambda event: None, lambda: False, resume=False)
    results = read_results(run)
    request = threshold_request(results, "0.27")
    assert request == TakeThreshold(run=str(run.folder), threshold=0.27)
    take_threshold(run, request.threshold)
    report = read_report(run.report_file)
    assert report is not None
    chart, scores = report.part("threshold"), report.part("class_scores")
    assert isinstance(chart, Chart)
    assert isinstance(scores, Table)
    assert chart.choice is not None
    assert chart.choice.now == 0.27
    assert "0.27" in scores.note
    assert chart.figures["score"] == pytest.approx(read_card(run.card_file).metrics["f_beta"])
    assert [part.id for part in report.parts] == [part.id for part in results.report.parts]
