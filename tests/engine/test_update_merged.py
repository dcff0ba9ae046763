"""Metrics of pictures that were looked at several times: with one look they are those of the outputs."""

from typing import Any

import numpy as np
import pytest
import torch

from studio.base.targets import Skeleton
from studio.engine.task import TaskMetrics
from studio.engine.tasks.detection import BoxTargets, DetectionMetrics
from studio.engine.tasks.keypoints import KeypointsMetrics, PointTargets
from studio.engine.tasks.segmentation import SegmentationMetrics
from studio.runtime.card import EncoderCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import PLAIN
from studio.runtime.several_looks.merging import MERGINGS

SIDE = 32
RANDOM = np.random.default_rng(0)


def a_card(task: str, head: dict[str, Any], **facts: Any) -> ModelCard:
    encoder = EncoderCard(name="e", architecture="e", features=1)
    values = {"task": task, "preprocess": Preprocess(SIDE, "crop"), "encoder": encoder, "head": head, **facts}
    return ModelCard.model_validate(values)


def both_ways(card: ModelCard, outputs: Any, targets: Any, first: TaskMetrics, second: TaskMetrics) -> None:
    first.update(torch.from_numpy(outputs).float(), targets)
    merged = MERGINGS[card.task].merge(outputs, [PLAIN], card, Averaging())
    second.update_merged(merged[None], targets)
    said, again = first.compute(), second.compute()
    assert again == pytest.approx(said, abs=1e-5)
    assert any(0 < abs(value) < 1e6 for value in said.values())  # something was measured


def test_boxes() -> None:
    card = a_card("detection", {"kind": "fcos", "outputs": 7}, classes=("a", "b"), grids=((2, 2),))
    outputs = np.full((1, 4, 7), -9.0)
    outputs[0, 0] = [3, -9, 0.25, 0.25, 0.25, 0.25, 3]
    outputs[0, 3] = [-9, 2, 0.25, 0.25, 0.4, 0.4, 3]
    targets = BoxTargets(
        boxes=torch.tensor([[[4.0, 4, 12, 12], [20, 20, 30, 30]]]),
        classes=torch.tensor([[0, 1]]),
        is_crowd=torch.zeros(1, 2, dtype=torch.bool),
        counts=torch.tensor([2]),
        matrix=torch.eye(3)[None],
        original_wh=torch.tensor([[SIDE, SIDE]]),
    )
    first, second = (DetectionMetrics(card.detector, card.anchors, (SIDE, SIDE)) for _ in range(2))
    both_ways(card, outputs, targets, first, second)


def test_boxes_without_numbers_find_nothing() -> None:
    card = a_card("detection", {"kind": "fcos", "outputs": 7}, classes=("a", "b"), grids=((2, 2),))
    targets = BoxTargets(
        boxes=torch.tensor([[[4.0, 4, 12, 12]]]),
        classes=torch.tensor([[0]]),
        is_crowd=torch.zeros(1, 1, dtype=torch.bool),
        counts=torch.tensor([1]),
        matrix=torch.eye(3)[None],
        original_wh=torch.tensor([[SIDE, SIDE]]),
    )
    metrics = DetectionMetrics(card.detector, card.anchors, (SIDE, SIDE))
    merged = MERGINGS[card.task].merge(np.full((1, 4, 7), np.nan), [PLAIN], card, Averaging())
    metrics.update_merged(merged[None], targets)
    assert metrics.compute()["map"] == 0


def as_places(outputs: torch.Tensor) -> torch.Tensor:
    return outputs.view(len(outputs), -1, 2)


def test_points() -> None:
    card = a_card("keypoints", {"outputs": 4}, skeleton=Skeleton(("one", "other")))
    targets = PointTargets(
        places=torch.tensor([[[0.1, 0.2], [-0.5, 0.5]]]),
        valid=torch.tensor([[True, True]]),
        back=torch.diag(torch.tensor([2.0, 2, 1]))[None],
        longer_side_px=torch.tensor([64.0]),
    )
    first, second = (KeypointsMetrics(card.preprocess, as_places) for _ in range(2))
    both_ways(card, np.array([[0.1, 0.3, -0.4, 0.4]]), targets, first, second)


def test_masks() -> None:
    card = a_card("segmentation", {"kind": "unet", "outputs": 3}, classes=("a", "b", "c"))
    targets = torch.from_numpy(RANDOM.integers(0, 3, (1, SIDE, SIDE), dtype=np.uint8))
    first, second = (SegmentationMetrics(3, None, None) for _ in range(2))
    both_ways(card, RANDOM.normal(size=(1, 3, SIDE, SIDE)), targets, first, second)
