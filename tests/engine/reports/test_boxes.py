"""Boxes against their labels: as torchmetrics has it, and small cases by hand."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchmetrics.detection import MeanAveragePrecision

from studio.engine.reports.boxes import FoundBoxes, average_precision, box_confusion, box_doubts, box_scores, judge
from studio.runs.report import Matrix

NAMES = ("cat", "dog")


def picture(
    found: list[tuple[float, ...]], there: list[tuple[float, ...]], crowds: tuple[bool, ...] = (), name: str = "a.png"
) -> FoundBoxes:
    """found: box, score and place; there: box and place."""
    labels: NDArray[np.float64] = np.array(there, dtype=np.float64).reshape(-1, 5)
    return FoundBoxes.of(
        name,
        np.array(found, dtype=np.float64).reshape(-1, 6),
        labels[:, :4],
        labels[:, 4].astype(np.int64),
        np.array(crowds or (False,) * len(there), dtype=np.bool_),
    )


def test_average_precision_is_that_of_coco() -> None:
    random = np.random.default_rng(0)
    metric = MeanAveragePrecision(iou_thresholds=[0.5], class_metrics=True)
    pictures = []
    for _ in range(30):
        corners = random.uniform(0, 80, (6, 2))
        there = np.hstack([corners, corners + 20, random.integers(2, size=(6, 1))])
        moved = there + np.hstack([random.normal(0, 3, (6, 4)), np.zeros((6, 1))])
        moved[:, 4] = np.where(random.random(6) < 0.2, 1 - moved[:, 4], moved[:, 4])
        found = np.hstack([moved[:, :4], random.random((6, 1)), moved[:, 4:]])
        crowds = random.random(6) < 0.1
        pictures.append(picture(found.tolist(), there.tolist(), tuple(crowds.tolist())))
        said = {
            "boxes": torch.tensor(found[:, :4]),
            "scores": torch.tensor(found[:, 4]),
            "labels": torch.tensor(found[:, 5]).long(),
        }
        right = {
            "boxes": torch.tensor(there[:, :4]),
            "labels": torch.tensor(there[:, 4]).long(),
            "iscrowd": torch.tensor(crowds).long(),
        }
        metric.update([said], [right])
    expected = metric.compute()["map_per_class"].tolist()
    judged = judge(pictures, 2)
    for place in range(2):
        of_it = judged.places == place
        mine = average_precision(judged.scores[of_it], judged.is_right[of_it], int(judged.there[place]))
        assert mine == pytest.approx(expected[place], abs=1e-3)


def test_confusion_counts_what_is_missed_and_what_is_not_there() -> None:
    pictures = [
        picture([(0, 0, 10, 10, 0.9, 1), (50, 50, 60, 60, 0.8, 0)], [(0, 0, 10, 10, 0)]),
        picture([(0, 0, 10, 10, 0.2, 0)], [(0, 0, 10, 10, 0)], name="b.png"),
    ]
    matrix, confused = box_confusion(pictures, NAMES, threshold=0.5)
    assert isinstance(matrix, Matrix)
    assert matrix.names == ("cat", "dog", "nothing")
    assert matrix.counts == ((0, 1, 1), (0, 0, 0), (1, 0, 0))
    cells = {(cell.row, cell.column): cell.images for cell in matrix.pictures}
    assert cells == {(0, 1): ("a.png",), (2, 0): ("a.png",), (0, 2): ("b.png",)}
    assert len(confused.rows) == 3  # type: ignore[union-attr]


def test_scores_count_the_boxes_that_are_drawn() -> None:
    judged = judge([picture([(0, 0, 10, 10, 0.9, 0), (0, 0, 10, 10, 0.7, 0)], [(0, 0, 10, 10, 0)])], 2)
    cat, dog = box_scores(judged, NAMES, threshold=0.5).rows
    assert cat == ("cat", 1, 1.0, 1.0, 0.5, 1.0, pytest.approx(2 / 3))
    assert dog[:3] == ("dog", 0, None)


def test_what_is_found_in_a_crowd_is_neither_right_nor_wrong() -> None:
    judged = judge([picture([(1, 1, 9, 9, 0.9, 0)], [(0, 0, 100, 100, 0)], (True,))], 2)
    assert len(judged.scores) == 0
    assert judged.there.tolist() == [0, 0]


def test_sure_boxes_that_no_label_agrees_with_are_in_doubt() -> None:
    found = [
        (0, 0, 10, 10, 0.95, 0),  # as labeled
        (20, 20, 30, 30, 0.9, 1),  # labeled as a cat
        (60, 60, 70, 70, 0.8, 0),  # not labeled
        (45, 40, 55, 50, 0.7, 1),  # a dog that lies elsewhere
        (80, 80, 90, 90, 0.2, 0),  # not sure
    ]
    there = [(0, 0, 10, 10, 0), (20, 20, 30, 30, 0), (40, 40, 50, 50, 1)]
    doubts = box_doubts([picture(found, there)], NAMES)
    assert [(doubt.given, doubt.suggested, doubt.about) for doubt in doubts] == [
        ("cat", "dog", "another class"),
        ("nothing", "cat", "no label here"),
        ("dog", "dog", "lies elsewhere"),
    ]
