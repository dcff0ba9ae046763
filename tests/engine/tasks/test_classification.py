"""One class a picture: doubt about labels is in the loss that is learned from, and in no other."""

import math
from collections.abc import Callable

import pytest
import torch

from studio.blocks.tasks.classification import Classification
from studio.engine.rows import RunRows
from studio.engine.tasks.classification import ClassificationTask
from studio.runtime.preprocess import Preprocess


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_share_of_each_label_is_spread_over_all_classes(smoothing: float, rows_with: Callable[..., RunRows]) -> None:
    rows = rows_with("a", "b", "a", classes=("a", "b", "c"))
    task = ClassificationTask(Classification(label_smoothing=smoothing), rows, Preprocess(32, "crop"))
    scores, targets = torch.tensor([[2.0, 0.0, 0.0]]), torch.tensor([0])
    right, wrong = (-math.log(math.exp(value) / (math.exp(2) + 2)) for value in (2, 0))
    expected = (1 - smoothing) * right + smoothing * (right + 2 * wrong) / 3
    assert float(task.loss(scores, targets)) == pytest.approx(expected, rel=1e-5)
    assert float(task.losses(scores, targets)[0]) == pytest.approx(right, rel=1e-5)
