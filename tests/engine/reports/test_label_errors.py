"""Confident learning: labels that were flipped on purpose are found, those that were not are left alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.reports.label_errors import (
    class_thresholds,
    confident_classes,
    doubts_of_classes,
    doubts_of_tags,
    estimated_joint,
    find_suspects,
    normalised_margins,
)


def made_up(
    pictures: int, classes: int, sharpness: float, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probabilities as a decent model gives them on pictures that it has not seen, and the true classes."""
    random = np.random.default_rng(seed)
    true = random.integers(classes, size=pictures)
    logits = random.normal(size=(pictures, classes))
    logits[np.arange(pictures), true] += sharpness
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), true


@pytest.mark.parametrize(("classes", "sharpness"), [(2, 5.0), (10, 6.0)])
def test_a_tenth_of_flipped_labels_is_at_the_top(classes: int, sharpness: float) -> None:
    shares, true = made_up(1000, classes, sharpness)
    random = np.random.default_rng(1)
    flipped = random.permutation(1000)[:100]
    given = true.copy()
    given[flipped] = (given[flipped] + 1 + random.integers(classes - 1, size=100)) % classes
    found = find_suspects(shares, given)
    assert len(set(found.rows[:100].tolist()) & set(flipped.tolist())) >= 92
    assert found.errors == pytest.approx(100, rel=0.15)
    right = found.suggested == true[found.rows]
    assert right[:90].mean() > 0.95
    assert (np.diff(found.scores) <= 0).all()


def test_labels_that_are_right_are_hardly_in_doubt() -> None:
    shares, true = made_up(1000, 3, 8.0)
    assert len(find_suspects(shares, true).rows) < 10


def test_the_confident_joint_by_hand() -> None:
    """Thresholds: class 0 (0.9 + 0.5) / 2 = 0.7, class 1 (0.2 + 0.9 + 0.8) / 3 = 0.633."""
    of_one = np.array([0.1, 0.5, 0.2, 0.9, 0.8])
    shares, given = np.stack([1 - of_one, of_one], axis=1), np.array([0, 0, 1, 1, 1])
    assert class_thresholds(shares, given) == pytest.approx([0.7, 0.6333], abs=1e-3)
    assert confident_classes(shares, given).tolist() == [0, -1, 0, 1, 1]
    # Counted: one of class 0 as 0; of class 1 one as 0 and two as 1. Rows are stretched to the 2 and 3 labels.
    assert estimated_joint(confident_classes(shares, given), given, 2) == pytest.approx(np.array([[2, 0], [1, 2]]) / 5)
    assert normalised_margins(shares, given) == pytest.approx([0.8, 0.0, -0.6, 0.8, 0.6])
    found = find_suspects(shares, given)
    assert (found.rows.tolist(), found.suggested.tolist()) == ([2], [0])
    assert found.scores == pytest.approx([0.8])
    assert found.errors == pytest.approx(1)


def test_a_class_without_labels_is_never_suggested() -> None:
    shares = np.array([[0.1, 0.1, 0.8], [0.9, 0.05, 0.05], [0.2, 0.7, 0.1]])
    found = find_suspects(shares, np.array([0, 0, 1]))
    assert 2 not in found.suggested


def test_doubts_say_what_is_labeled_and_what_the_model_says() -> None:
    of_one = np.array([0.1, 0.5, 0.2, 0.9, 0.8])
    shares = np.stack([1 - of_one, of_one], axis=1)
    part = doubts_of_classes([f"{n}.png" for n in range(5)], shares, np.array([0, 0, 1, 1, 1]), ("cat", "dog"))
    (doubt,) = part.doubts
    assert (doubt.image, doubt.given, doubt.suggested) == ("2.png", "dog", "cat")
    assert part.checked == 5
    assert "1 label of 5 may be wrong; about 1 probably are" in part.note


def test_tags_are_asked_one_by_one() -> None:
    random = np.random.default_rng(2)
    true = random.random((400, 3)) < 0.4
    shares = np.where(true, random.uniform(0.7, 0.99, true.shape), random.uniform(0.01, 0.3, true.shape))
    given = true.copy()
    rows = random.permutation(400)[:40]
    given[rows, 1] = ~given[rows, 1]
    part = doubts_of_tags([str(row) for row in range(400)], shares, given, ("red", "round", "wet"))
    assert {doubt.about for doubt in part.doubts[:40]} == {"round"}
    assert {int(doubt.image) for doubt in part.doubts} <= set(rows.tolist())
    assert len(part.doubts) >= 30
    for doubt in part.doubts:
        was_given = bool(given[int(doubt.image), 1])
        assert doubt.given == ("with round" if was_given else "without round")
        assert doubt.suggested == ("without round" if was_given else "with round")
