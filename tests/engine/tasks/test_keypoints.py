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
from studio.engine.encoders import create_encoder
from studio.engine.heat_maps import spots
from studio.engine.networks import build_model
from studio.engine.rows import RunRows
from studio.engine.tasks.keypoints import KeypointsTask, PointTargets
from studio.jobs.messages import Event, Warned
from studio.runtime.card import EncoderCard, WeightsOrigin
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


# --- heat maps --------------------------------------------------------------------------------------------------------

GRID = (8, 8)


@pytest.fixture
def map_task(rows_with: Callable[..., RunRows]) -> KeypointsTask:
    """Maps of 8 x 8 cells of 4 px."""
    rows = rows_with(BOTH, BOTH, BOTH, skeleton=SKELETON)
    task = KeypointsTask(Keypoints(answer="heat_maps", sigma_px=1.0), rows, Preprocess(32, "squish"))
    task.network(create_encoder("test_resnet", side_px=32))
    return task


def test_only_maps_of_points_that_count_teach(map_task: KeypointsTask) -> None:
    inside, outside = Points((Place(16, 16), Place(8, 20))), Points((None, Place(40, 16)))
    targets = targets_of(map_task, inside, outside)
    maps = torch.zeros(2, 2, *GRID, requires_grad=True)
    losses = map_task.losses(maps, targets)
    assert losses.tolist() == pytest.approx([1, 0], abs=0.02)  # an empty map is wrong by 1
    weights = map_task.weights(targets, losses)
    assert weights.tolist() == [2, 0]
    loss = map_task.loss(maps, targets)
    assert loss.item() == pytest.approx(losses[0].item())
    loss.backward()
    assert maps.grad is not None
    assert maps.grad[0].abs().sum() > 0
    assert maps.grad[1].abs().sum() == 0
    assert map_task.loss(spots(targets.places, GRID, 1.0), targets).item() == 0


def test_errors_of_maps_are_in_pixels_of_the_original(map_task: KeypointsTask) -> None:
    """In the original, 80 x 64 px, a cell is 10 px wide and 8 px high."""
    targets = targets_of(map_task, Points((Place(16, 16), Place(10, 14))))
    said = spots(targets.places + torch.tensor([[[0.25, 0.0], [0.0, 0.0]]]), GRID, 1.0)
    metrics = map_task.metrics()
    metrics.update(said, targets)
    assert metrics.compute() == pytest.approx({"pixel_error": 10 / 2, "pck": 1 / 2}, abs=1e-3)


def test_what_is_kept_of_maps_is_enough_for_the_answer(map_task: KeypointsTask) -> None:
    card = map_task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    assert (card.head.kind, card.grids, card.output_shape) == ("heat_maps", (GRID,), (2, 8, 8))
    targets = targets_of(map_task, Points((Place(16, 16), Place(10, 14))))
    maps = torch.cat([0.5 * spots(targets.places, GRID, 1.0), torch.full((1, 2, *GRID), torch.nan)])
    kept = map_task.kept(maps)
    assert kept.shape == (2, 2, 3)
    seen, broken = map_task.answers(kept, card, [HALF, HALF])
    assert isinstance(seen.target, Points)
    places = [(place.x_px, place.y_px) for place in seen.target.places if place is not None]
    assert np.array(places).ravel() == pytest.approx([40, 32, 25, 28], abs=1e-3)
    assert seen.probabilities["nose"] == pytest.approx(maps[0, 0].max().item())
    assert broken.target is None


def test_a_card_is_enough_to_build_the_maps_again(map_task: KeypointsTask) -> None:
    card = map_task.card(EncoderCard(name="test_resnet", architecture="test_resnet", features=96), WeightsOrigin())
    network = map_task.network(create_encoder("test_resnet", side_px=32))
    assert build_model(card).load_state_dict(network.state_dict())
