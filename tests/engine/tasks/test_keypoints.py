"""Points: places, which of them count, loss and metrics, worked out by hand."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.base.errors import UserError
from studio.base.geometry import scale
from studio.base.targets import Place, Points, Skeleton
from studio.blocks.tasks.keypoints import Keypoints
from studio.engine.augment import Placed
from studio.engine.rows import RunRows
from studio.engine.tasks.keypoints import KeypointsTask, PointTargets
from studio.jobs.messages import Event, Warned
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

NO_PICTURE = np.empty((0, 0, 3), np.uint8)
SKELETON = Skeleton(("nose", "tail"))
HALF = View((80, 64), scale(32 / 80, 32 / 64))  # squished to 32 x 32
BOTH = Points((Place(1, 1), Place(2, 2)))


@pytest.fixture
def task(rows_with: Callable[..., RunRows]) -> KeypointsTask:
    return KeypointsTask(Keypoints(), rows_with(BOTH, BOTH, BOTH, skeleton=SKELETON), Preprocess(32, "squish"))


def targets_of(task: KeypointsTask, *points: Points) -> PointTargets[Tensor]:
    arrays = task.collate([Placed(NO_PICTURE, one, view=HALF) for one in points])
    return PointTargets(*(torch.from_numpy(array) for array in arrays))


def test_places_are_from_minus_one_to_one(task: KeypointsTask) -> None:
    targets = targets_of(task, Points((Place(0, 32), Place(8, 16))), Points((None, Place(40, 16))))
    assert targets.places.tolist() == [[[-1, 1], [-0.5, 0]], [[0, 0], [1.5, 0]]]
    assert targets.valid.tolist() == [[False, True], [False, False]]  # the lower edge is outside already
    assert targets.longer_side_px.tolist() == [80, 80]


def test_only_points_that_are_there_and_in_the_picture_count(task: KeypointsTask) -> None:
    targets = targets_of(
        task, Points((Place(16, 16), Place(8, 16))), Points((None, Place(24, 16))), Points((None, None))
    )
    outputs = torch.tensor([[0.5, 0.0, -0.5, 1.0], [9.0, 9.0, 0.5, 0.2], [9.0, 9.0, 9.0, 9.0]], requires_grad=True)
    losses = task.losses(outputs, targets)
    assert losses.tolist() == pytest.approx([(0.25 + 1) / 4, 0.04 / 2, 0])
    weights = task.weights(targets, losses)
    assert weights.tolist() == [2, 1, 0]
    loss = task.loss(outputs, targets)
    assert loss.item() == pytest.approx((0.25 + 1 + 0.04) / 6)
    assert loss.item() == pytest.approx((losses * weights).sum().item() / 3)
    loss.backward()
    assert outputs.grad is not None
    assert outputs.grad[2].tolist() == [0, 0, 0, 0]
    assert outputs.grad[1, :2].tolist() == [0, 0]


def test_a_batch_without_any_point_teaches_nothing(task: KeypointsTask) -> None:
    targets = targets_of(task, Points((None, None)))
    outputs = torch.ones(1, 4, requires_grad=True)
    loss = task.loss(outputs, targets)
    loss.backward()
    assert loss.item() == 0
    assert outputs.grad is not None
    assert outputs.grad.abs().sum() == 0


def test_errors_are_in_pixels_of_the_original(task: KeypointsTask) -> None:
    """A quarter of a unit is 4 px of the model's picture: 10 px to the side in the original, or 8 px down."""
    targets = targets_of(task, Points((Place(16, 16), Place(8, 16))), Points((Place(16, 16), None)))
    outputs = torch.tensor([[0.25, 0.0, -0.5, 0.25], [0.0, 0.0, 9.0, 9.0]])
    metrics = task.metrics()
    metrics.update(outputs[:1], PointTargets(*(array[:1] for array in targets)))
    metrics.update(outputs[1:], PointTargets(*(array[1:] for array in targets)))
    assert metrics.compute() == pytest.approx({"pixel_error": (10 + 8 + 0) / 3, "pck": 1 / 3}, abs=1e-5)
    assert set(metrics.compute()) == set(Keypoints.metrics)


def test_close_is_a_twentieth_of_the_longer_side(task: KeypointsTask) -> None:
    targets = targets_of(task, Points((Place(16, 16), Place(16, 16))))
    for error_px, share in ((3.9, 1.0), (4.1, 0.0)):
        metrics = task.metrics()
        shift = error_px / 80 * 2
        metrics.update(torch.tensor([[shift, 0.0, -shift, 0.0]]), targets)
        assert metrics.compute()["pck"] == share


def test_labels_that_do_not_fit_are_named(rows_with: Callable[..., RunRows]) -> None:
    with pytest.raises(UserError, match=r"0\.png has 2 points, and 3 are named"):
        KeypointsTask.check_labels(rows_with(BOTH, BOTH, skeleton=Skeleton(("a", "b", "c"))))
    with pytest.raises(UserError, match="does not know its points"):
        KeypointsTask.check_labels(rows_with(BOTH, BOTH))


def test_what_cannot_be_learned_is_said(rows_with: Callable[..., RunRows]) -> None:
    nose, nothing = Points((Place(1, 1), None)), Points((None, None))
    events: list[Event] = []
    KeypointsTask.check_parts(rows_with(nose, nothing, BOTH, skeleton=SKELETON), events.append)
    assert [event.message for event in events if isinstance(event, Warned)] == [
        "The point 'tail' is in no picture to train on: it cannot be learned."
    ]
    with pytest.raises(UserError, match="No picture to train on has any point"):
        KeypointsTask.check_parts(rows_with(nothing, nothing, BOTH, skeleton=SKELETON), events.append)
    with pytest.raises(UserError, match="No picture to check the model on has any point"):
        KeypointsTask.check_parts(rows_with(BOTH, BOTH, nothing, skeleton=SKELETON), events.append)
