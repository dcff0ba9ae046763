"""Tags: what is made small and how good it is, worked out by hand."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from studio.base.errors import UserError
from studio.base.targets import Tags
from studio.blocks.tasks.tagging import Tagging
from studio.engine.augment import Placed
from studio.engine.rows import RunRows
from studio.engine.tasks.tagging import TaggingTask, f_beta
from studio.jobs.messages import Event, Warned
from studio.runtime.preprocess import Preprocess

NAMES = ("dry", "sun", "wet")
NO_PICTURE = np.empty((0, 0, 3), np.uint8)


@pytest.fixture
def task(rows_with: Callable[..., RunRows]) -> TaggingTask:
    rows = rows_with(Tags(("sun",)), Tags(("dry",)), Tags(()), classes=NAMES)
    return TaggingTask(Tagging(threshold=0.2), rows, Preprocess(32, "crop"))


def test_labels_become_a_column_a_tag(task: TaggingTask) -> None:
    targets = task.collate([Placed(NO_PICTURE, Tags(names)) for names in (("wet", "dry"), (), ("sun",))])
    assert targets.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert task.mixable(targets) is targets


def test_the_loss_is_the_mean_binary_cross_entropy(task: TaggingTask) -> None:
    """A score of 0 is a probability of 1/2, one of log 3 is 3/4."""
    outputs = torch.tensor([[0.0, math.log(3)], [math.log(3), 0.0]])
    targets = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    first, second = (math.log(2) + math.log(4)) / 2, (math.log(4 / 3) + math.log(2)) / 2
    assert task.losses(outputs, targets).tolist() == pytest.approx([first, second])
    assert task.loss(outputs, targets).item() == pytest.approx((first + second) / 2)


def test_f_beta_of_each_picture() -> None:
    """Two given and two right, one in common: P = R = 1/2. Three given, one right: P = 1/3, R = 1, so F2 = 5/7."""
    given = torch.tensor([[1, 1, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 1, 0]]).bool()
    right = torch.tensor([[1, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]).bool()
    assert f_beta(given, right).tolist() == pytest.approx([0.5, 5 / 7, 1, 0, 0], abs=1e-6)
    assert f_beta(given[1:2], right[1:2], beta=1).tolist() == pytest.approx([0.5], abs=1e-6)


def test_metrics_are_those_of_the_whole_data_set(task: TaggingTask) -> None:
    """A tag is given above the threshold, which is 0.2 here, and not at it."""
    at = math.log(0.2 / 0.8)
    outputs = torch.tensor([[at + 0.1, at - 0.1, 5.0], [-9.0, -9.0, -9.0], [9.0, -9.0, -9.0]])
    targets = torch.tensor([[1.0, 0, 0], [0, 0, 1.0], [1.0, 0, 0]])
    metrics = task.metrics()
    for part in (slice(0, 2), slice(2, 3)):
        metrics.update(outputs[part], targets[part])
    assert metrics.compute() == pytest.approx({"f_beta": (5 / 6 + 0 + 1) / 3, "accuracy": 7 / 9}, abs=1e-6)
    assert set(metrics.compute()) == set(Tagging.metrics)


def test_unknown_tags_and_no_tags_at_all_are_refused(rows_with: Callable[..., RunRows]) -> None:
    with pytest.raises(UserError, match=r"1\.png has the class 'fog', which this run does not know"):
        TaggingTask.check_labels(rows_with(Tags(("sun",)), Tags(("fog",)), Tags(()), classes=NAMES))
    with pytest.raises(UserError, match="no tags"):
        TaggingTask.check_labels(rows_with(Tags(()), Tags(())))


def test_what_cannot_be_learned_is_said(rows_with: Callable[..., RunRows]) -> None:
    events: list[Event] = []
    TaggingTask.check_parts(rows_with(Tags(("sun",)), Tags(()), Tags(("dry",)), classes=NAMES), events.append)
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert warned == [
        "The class 'dry' has only pictures to check the model on: it cannot be learned.",
        "The class 'wet' has no pictures: it cannot be learned.",
    ]
    with pytest.raises(UserError, match=r"the same tags \(sun\)"):
        TaggingTask.check_parts(rows_with(Tags(("sun",)), Tags(("sun",)), Tags(()), classes=NAMES), events.append)
