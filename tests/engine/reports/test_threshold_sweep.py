"""What other thresholds give, against scores computed one by one."""

import numpy as np
import pytest
import torch

from studio.engine.reports.threshold_sweep import THRESHOLDS, of_boxes, of_tags, of_two_classes, tags_at
from studio.engine.tasks.tagging import BETA, f_beta


def test_the_f_score_is_that_of_the_metric() -> None:
    random = np.random.default_rng(0)
    shares, right = random.random((50, 4)), random.random((50, 4)) < 0.4
    right[:5] = False
    for threshold in (0.2, 0.5, 0.95):
        expected = f_beta(torch.from_numpy(shares > threshold), torch.from_numpy(right)).mean()
        assert tags_at(shares > threshold, right, BETA)[0] == pytest.approx(float(expected), abs=1e-6)


def test_the_best_threshold_of_tags_is_marked() -> None:
    right = np.array([[True], [True], [False], [False]])
    chart = of_tags(np.array([[0.35], [0.9], [0.25], [0.1]]), right, beta=2, now=0.5)
    assert chart.choice is not None
    assert 0.25 <= chart.choice.best < 0.35
    assert chart.figures["best_score"] == 1
    assert chart.figures["score"] == pytest.approx(0.75)
    assert chart.marked is not None
    assert chart.marked[0] == "F2"
    assert "At 0.5, as it is now, it is 75 %" in chart.note


def test_boxes_by_their_score() -> None:
    scores, is_right = np.array([0.9, 0.8, 0.3, 0.2]), np.array([True, True, False, False])
    chart = of_boxes(scores, is_right, there=2, now=0.1, least=0.05)
    lines = {line.name: dict(zip(line.x, line.y, strict=True)) for line in chart.lines}
    assert lines["Precision"][0.25] == pytest.approx(2 / 3)
    assert lines["Recall"][0.85] == 0.5
    assert lines["F1"][0.01] is None  # lower than what was ever looked at
    assert chart.figures["best_score"] == 1
    assert 0.3 <= chart.figures["best_threshold"] < 0.8  # type: ignore[operator]


def test_of_two_classes_nothing_can_be_taken() -> None:
    chart = of_two_classes(np.array([0.9, 0.4, 0.2]), np.array([True, True, False]), "dog")
    assert chart.choice is None
    assert chart.axes[0] == "probability of 'dog'"
    assert len(chart.lines[0].x) == len(THRESHOLDS)
