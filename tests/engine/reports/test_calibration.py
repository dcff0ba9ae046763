"""How sure a model is against how often it is right: numbers worked out by hand, and a temperature that is known."""

import numpy as np
import pytest

from studio.engine.reports.calibration import best_temperature, of_boxes, of_classes, of_tags, reliability


def test_bins_and_the_expected_error_by_hand() -> None:
    sure = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    found = reliability(sure, np.array([True, True, True, False, True, False]), bins=10)
    assert found.sureness == pytest.approx([0.55, 0.95])
    assert found.right == pytest.approx([0.5, 0.75])
    assert found.counts.tolist() == [2, 4]
    assert found.error == pytest.approx((2 * 0.05 + 4 * 0.2) / 6)


def test_ends_of_the_range_are_in_the_outer_bins() -> None:
    found = reliability(np.array([0.0, 1.0]), np.array([False, True]), bins=4)
    assert found.counts.tolist() == [1, 1]
    assert found.error == 0


def test_the_temperature_that_outputs_were_heated_by_is_found() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(20_000, 4)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    right = np.array([random.choice(4, p=row) for row in shares[:8000]])
    too_sure = np.exp(3 * logits[:8000])
    chart = of_classes(too_sure / too_sure.sum(axis=1, keepdims=True), right)
    assert chart is not None
    assert chart.figures["temperature"] == pytest.approx(3, rel=0.08)
    before, after = (
        chart.figures["expected_calibration_error"],
        chart.figures["expected_calibration_error_with_temperature"],
    )
    assert before is not None
    assert after is not None
    assert after < 0.02 < 0.1 < before
    assert "more sure than right" in chart.note


def test_golden_section_finds_a_minimum() -> None:
    assert best_temperature(lambda t: (np.log(t) - np.log(2.5)) ** 2) == pytest.approx(2.5, rel=1e-4)


def test_tags_that_are_there_as_often_as_said_are_calibrated() -> None:
    random = np.random.default_rng(1)
    shares = random.random((4000, 5))
    chart = of_tags(shares, random.random(shares.shape) < shares)
    assert chart is not None
    assert chart.figures["expected_calibration_error"] == pytest.approx(0, abs=0.02)


def test_a_model_without_mistakes_is_given_no_temperature() -> None:
    shares = np.tile([0.9, 0.1], (50, 1))
    chart = of_classes(shares, np.zeros(50, dtype=np.int64))
    assert chart is not None
    assert "temperature" not in chart.figures
    assert "50 answers only" in chart.note


def test_too_few_answers_say_nothing() -> None:
    assert of_classes(np.array([[0.6, 0.4]]), np.array([0])) is None
    assert of_boxes(np.array([0.5]), np.array([True])) is None
