"""Numbers: ranges, loss and metrics, worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from studio.base.errors import UserError
from studio.base.targets import Numbers
from studio.blocks.tasks.regression import Regression
from studio.engine.augment import Placed
from studio.engine.rows import RunRows
from studio.engine.tasks.regression import RegressionTask
from studio.jobs.messages import Event, Warned
from studio.runtime.preprocess import Preprocess

NO_PICTURE = np.empty((0, 0, 3), np.uint8)
PREPROCESS = Preprocess(32, "crop")


@pytest.fixture
def task(rows_with: Callable[..., RunRows]) -> RegressionTask:
    """Two numbers from 0 to 10 and from 1000 to 1002, and outside of that in the validation part."""
    trained = Numbers((0.0, 1002.0)), Numbers((10.0, 1000.0))
    rows = rows_with(*trained, Numbers((50.0, 0.0)), number_names=("age", "year"))
    return RegressionTask(Regression(), rows, PREPROCESS)


def test_ranges_are_those_of_the_training_labels_with_room(task: RegressionTask) -> None:
    np.testing.assert_allclose(task.ranges, [[-1, 11], [999.8, 1002.2]])
    assert task.head.outputs == 2
    assert task.head.between == (0, 1)


def test_labels_become_shares_of_the_ranges(task: RegressionTask) -> None:
    targets = task.collate([Placed(NO_PICTURE, Numbers((5.0, 1001.0))), Placed(NO_PICTURE, Numbers((11.0, 999.8)))])
    np.testing.assert_allclose(targets, [[0.5, 0.5], [1, 0]], atol=1e-6)


def test_the_loss_counts_in_standard_deviations(task: RegressionTask) -> None:
    """The deviations are 5 and 1: an age 5 too low and a year 2 too late are one and two of them."""
    targets = torch.from_numpy(task.collate([Placed(NO_PICTURE, Numbers((10.0, 1000.0)))] * 2))
    said = task.collate([Placed(NO_PICTURE, Numbers((5.0, 1002.0))), Placed(NO_PICTURE, Numbers((10.0, 1000.0)))])
    outputs = torch.from_numpy(said)
    assert task.losses(outputs, targets).tolist() == pytest.approx([2.5, 0], abs=1e-5)
    assert task.loss(outputs, targets).item() == pytest.approx(1.25, abs=1e-5)


def test_metrics_are_in_the_units_of_the_numbers(rows_with: Callable[..., RunRows]) -> None:
    """Right are 1, 2 and 3, said are 1, 2 and 5: squares 4 of 2, so R2 is -1; 2 / 3 on average."""
    rows = rows_with(Numbers((0.0,)), Numbers((10.0,)), Numbers((1.0,)), number_names=("age",))
    task = RegressionTask(Regression(), rows, PREPROCESS)
    right, said = (
        torch.from_numpy(task.collate([Placed(NO_PICTURE, Numbers((float(number),))) for number in numbers]))
        for numbers in ((1, 2, 3), (1, 2, 5))
    )
    metrics = task.metrics()
    metrics.update(said[:1], right[:1])
    only_one = metrics.compute()
    assert set(only_one) == set(Regression.metrics)
    assert np.isnan(only_one["r2"])
    metrics.update(said[1:], right[1:])
    assert metrics.compute() == pytest.approx({"r2": -1, "mae": 2 / 3}, abs=1e-4)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_r2_does_not_depend_on_the_unit(rows_with: Callable[..., RunRows], size: float) -> None:
    numbers = [Numbers((100 * size + number * size,)) for number in range(5)]
    task = RegressionTask(Regression(), rows_with(*numbers, number_names=("length",)), PREPROCESS)
    right = torch.from_numpy(task.collate([Placed(NO_PICTURE, number) for number in numbers]))
    metrics = task.metrics()
    metrics.update(right + torch.tensor([[0.0], [0.0], [0.0], [0.0], [0.1]]), right)
    # 0.1 of the range, which is 3 * 1.2 long; the squares around the mean are 10.
    assert metrics.compute()["r2"] == pytest.approx(1 - 0.36**2 / 10, abs=1e-4)


def test_labels_that_do_not_fit_are_named(rows_with: Callable[..., RunRows]) -> None:
    rows = rows_with(Numbers((1.0, 2.0)), Numbers((3.0,)), Numbers((4.0, 5.0)), number_names=("a", "b"))
    with pytest.raises(UserError, match=r"1\.png has the numbers \(3\), where 2"):
        RegressionTask.check_labels(rows)
    with pytest.raises(UserError, match=r"0\.png"):
        RegressionTask.check_labels(rows_with(Numbers((float("nan"),)), Numbers((1.0,)), number_names=("a",)))


def test_what_never_changes_cannot_be_learned(rows_with: Callable[..., RunRows]) -> None:
    events: list[Event] = []
    rows = rows_with(Numbers((1.0, 7.0)), Numbers((2.0, 7.0)), Numbers((3.0, 8.0)), number_names=("a", "b"))
    RegressionTask.check_parts(rows, events.append)
    assert [event.message for event in events if isinstance(event, Warned)] == [
        "'b' is 7 for all pictures to train on: it cannot be learned."
    ]
    task = RegressionTask(Regression(), rows, PREPROCESS)
    assert np.isfinite(task.spread).all()
    assert (task.ranges[:, 0] < task.ranges[:, 1]).all()
    with pytest.raises(UserError, match=r"the same number \(7\)"):
        RegressionTask.check_parts(rows_with(*[Numbers((7.0,))] * 3, number_names=("a",)), events.append)
