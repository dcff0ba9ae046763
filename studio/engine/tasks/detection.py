"""Boxes around things, each with a class."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics.detection import MeanAveragePrecision

from studio.base.errors import Bug, UserError
from studio.base.targets import Objects, Target, Thing
from studio.blocks.tasks.detection import Detection
from studio.engine.augment import Placed
from studio.engine.detector import DetectorHead, DetectorNetwork
from studio.engine.encoders import Encoder
from studio.engine.evidence import Evidence
from studio.engine.model import EncoderAndHead
from studio.engine.reports import calibration, disagreements, threshold_sweep
from studio.engine.reports.boxes import FoundBoxes, box_confusion, box_doubts, box_scores, judge
from studio.engine.rows import RunRows, check_class_names, warn_of_missing_classes
from studio.engine.task import EngineTask, TaskMetrics
from studio.jobs.messages import Event
from studio.runs.report import AnyPart
from studio.runtime.answer import Answer
from studio.runtime.boxes import Boxes, in_original, is_there
from studio.runtime.card import HeadCard, ModelCard
from studio.runtime.detectors import DETECTORS, Detector
from studio.runtime.tasks.detection import LEAST_SCORE, MOST_BOXES, answer_of, find_boxes
from studio.runtime.view import View

ArrayT = TypeVar("ArrayT")


class BoxTargets(NamedTuple, Generic[ArrayT]):
    """boxes: (N, most, 4), left, top, right and bottom in the model's picture; a picture's own first, then nothing.

    classes: (N, most), their places, -1 for nothing. is_crowd: (N, most), many things in one box, which nobody has to
    find. counts: (N,), how many boxes each picture has. matrix: (N, 3, 3), from the original's pixels to the model's.
    original_wh: (N, 2).
    """

    boxes: ArrayT
    classes: ArrayT
    is_crowd: ArrayT
    counts: ArrayT
    matrix: ArrayT
    original_wh: ArrayT


class DetectionTask(EngineTask):
    """outputs: (N, anchors, outputs), see `studio.runtime.detectors`. kept: the boxes that were found in each
    model's picture, (N, 100, 6), 0 where there are fewer, NaN where there are no numbers."""

    _head: DetectorHead | None = None

    @staticmethod
    def check_labels(rows: RunRows) -> None:
        check_class_names(rows)
        if not rows.classes:
            raise UserError("There are no classes: no picture has a thing.", "Look at the Labels block.")

    @staticmethod
    def check_parts(rows: RunRows, emit: Callable[[Event], None]) -> None:
        for part, words in ((rows.train, "train"), (rows.valid, "check the model")):
            if not any(not thing.is_crowd for target in rows.targets(part) for thing in _things(target)):
                raise UserError(
                    f"No picture to {words} on has a box around a thing.", "Look at the Labels and the Split block."
                )
        warn_of_missing_classes(rows, emit)

    @property
    def head(self) -> HeadCard:
        assert isinstance(self.block, Detection)
        return HeadCard(kind=self.block.detector, outputs=len(self.rows.classes) + self.reader.besides_classes)

    @property
    def reader(self) -> Detector:
        """How the outputs are read."""
        assert isinstance(self.block, Detection)
        return DETECTORS[self.block.detector]

    def network(self, encoder: Encoder) -> EncoderAndHead:
        network = super().network(encoder)
        assert isinstance(network, DetectorNetwork)
        self._head = network.head
        return network

    @property
    def detector(self) -> DetectorHead:
        """The head of the network, which knows where its anchors are."""
        if self._head is None:
            raise Bug("the network comes first")
        return self._head

    @property
    def threshold(self) -> float:
        assert isinstance(self.block, Detection)
        return self.block.threshold

    def facts(self) -> dict[str, object]:
        return {"threshold": self.threshold, "grids": self.detector.grids, "anchor_sizes": self.detector.anchor_sizes}

    def collate(self, placed: Sequence[Placed]) -> BoxTargets[NDArray[Any]]:
        numbers = {name: number for number, name in enumerate(self.rows.classes)}
        things = [_things(one.target) for one in placed]
        shape = len(placed), max(1, *(len(some) for some in things))
        boxes, classes = np.zeros((*shape, 4), np.float32), np.full(shape, -1, np.int64)
        is_crowd = np.zeros(shape, np.bool_)
        for row, some in enumerate(things):
            for place, thing in enumerate(some):
                boxes[row, place] = thing.left_px, thing.top_px, thing.right_px, thing.bottom_px
                classes[row, place], is_crowd[row, place] = numbers[thing.class_name], thing.is_crowd
        views = [one.view for one in placed if one.view is not None]
        return BoxTargets(
            boxes=boxes,
            classes=classes,
            is_crowd=is_crowd,
            counts=np.array([len(some) for some in things], np.int64),
            matrix=np.stack([view.matrix for view in views]).astype(np.float32),
            original_wh=np.array([view.original_wh for view in views], np.int64),
        )

    def loss(self, outputs: Tensor, targets: BoxTargets[Tensor]) -> Tensor:
        boxes, classes = _taught(targets)
        return self.detector.loss(outputs, boxes, classes, self.detector.matches(boxes))

    def losses(self, outputs: Tensor, targets: BoxTargets[Tensor]) -> Tensor:
        boxes, classes = _taught(targets)
        matches = self.detector.matches(boxes)
        return torch.stack(
            [
                self.detector.loss(outputs[row : row + 1], [boxes[row]], [classes[row]], [matches[row]])
                for row in range(len(outputs))
            ]
        )

    def weights(self, targets: BoxTargets[Tensor], losses: Tensor) -> Tensor:
        return self.detector.weights(self.detector.matches(_taught(targets)[0])).to(losses.dtype)

    def metrics(self) -> "DetectionMetrics":
        return DetectionMetrics(self.reader, self._anchors, self.preprocess.size_wh)

    def kept(self, outputs: Tensor) -> NDArray[Any]:
        kept = np.zeros((len(outputs), MOST_BOXES, 6))
        for row, found in enumerate(_found(outputs, self.reader, self._anchors, self.preprocess.size_wh)):
            if found is None:
                kept[row] = np.nan
            else:
                kept[row, : len(found)] = found
        return kept

    def answers(self, kept: NDArray[Any], card: ModelCard, views: Sequence[View]) -> list[Answer]:
        return [
            answer_of(None if np.isnan(found).any() else found, card, view)
            for found, view in zip(kept, views, strict=True)
        ]

    def noted(self, kept: NDArray[Any], targets: BoxTargets[Tensor]) -> Sequence[tuple[NDArray[Any], ...]]:
        """Boxes, class places and crowds of the labels, as far as the model's picture shows them."""
        found = [_right(targets, row, _view(targets, row)) for row in range(len(kept))]
        return [(one["boxes"].double().numpy(), one["labels"].numpy(), one["iscrowd"].bool().numpy()) for one in found]

    def report(self, evidence: Evidence, card: ModelCard) -> Sequence[AnyPart]:
        names = card.classes
        pictures = [
            FoundBoxes.of(one.image, in_original_picture(one.kept, one.view), *one.noted)
            for one in evidence.sound().seen
            if one.kept is not None
        ]
        judged = judge(pictures, len(names))
        there = int(judged.there.sum())
        found: list[AnyPart | None] = [
            *box_confusion(pictures, names, card.threshold),
            box_scores(judged, names, card.threshold),
            threshold_sweep.of_boxes(judged.scores, judged.is_right, there, card.threshold, LEAST_SCORE),
            calibration.of_boxes(judged.scores, judged.is_right),
            disagreements.of_boxes(box_doubts(pictures, names), len(judged.scores)),
        ]
        return [part for part in found if part is not None]

    @property
    def _anchors(self) -> Boxes:
        return np.asarray(self.detector.anchors.double().cpu().numpy())


class DetectionMetrics(TaskMetrics):
    """In the pixels of the originals, over at most 100 boxes a picture, whatever the task's threshold is.

    Crowds are taken as COCO does: what is found in them is neither right nor wrong.
    """

    def __init__(self, reader: Detector, anchors: Boxes, size_wh: tuple[int, int]) -> None:
        super().__init__()
        self.reader, self.anchors, self.size_wh = reader, anchors, size_wh
        self.average_precision = MeanAveragePrecision()
        self.average_precision.warn_on_many_detections = False

    def update(self, outputs: Tensor, targets: BoxTargets[Tensor]) -> None:
        self._take(_found(outputs, self.reader, self.anchors, self.size_wh), targets)

    def update_merged(self, merged: NDArray[np.float64], targets: BoxTargets[Tensor]) -> None:
        """merged: boxes in the model's pictures, (N, n, 6)."""
        self._take([None if np.isnan(found).any() else found for found in merged], targets)

    def _take(self, boxes: Sequence[NDArray[np.float64] | None], targets: BoxTargets[Tensor]) -> None:
        said, right = [], []
        for row, found in enumerate(boxes):
            view = _view(targets, row)
            said.append(_said(np.empty((0, 6)) if found is None else found, view))
            right.append(_right(targets, row, view))
        self.average_precision.update(said, right)

    def compute(self) -> dict[str, float]:
        found = self.average_precision.compute()
        # -1 is torchmetrics' word for nothing that could be measured.
        numbers = {name: float(found[name]) for name in ("map", "map_50")}
        return {name: number if number >= 0 else float("nan") for name, number in numbers.items()}


def in_original_picture(found_n6: NDArray[Any], view: View) -> NDArray[np.float64]:
    """The boxes of one picture that have a score and an inside, in the pixels of the original."""
    boxes = in_original(found_n6[:, :4], view)
    return np.hstack([boxes, found_n6[:, 4:]])[is_there(boxes) & (found_n6[:, 4] > 0)]


def _view(targets: BoxTargets[Tensor], row: int) -> View:
    width_px, height_px = targets.original_wh[row].tolist()
    return View((width_px, height_px), targets.matrix[row].double().cpu().numpy())


def _said(found_n6: NDArray[np.float64], view: View) -> dict[str, Tensor]:
    """What the model says of one picture, as torchmetrics takes it."""
    boxes = in_original(found_n6[:, :4], view)
    is_in = is_there(boxes)
    return {
        "boxes": torch.from_numpy(boxes[is_in]).float(),
        "scores": torch.from_numpy(found_n6[is_in, 4]).float(),
        "labels": torch.from_numpy(found_n6[is_in, 5]).long(),
    }


def _right(targets: BoxTargets[Tensor], row: int, view: View) -> dict[str, Tensor]:
    """What one picture's labels say, as torchmetrics takes it."""
    own = slice(int(targets.counts[row]))
    boxes = in_original(targets.boxes[row, own].double().cpu().numpy(), view)
    return {
        "boxes": torch.from_numpy(boxes).float(),
        "labels": targets.classes[row, own].cpu(),
        "iscrowd": targets.is_crowd[row, own].cpu().long(),
    }


def _things(target: Target | None) -> tuple[Thing, ...]:
    assert isinstance(target, Objects)
    return target.things


def _taught(targets: BoxTargets[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Boxes and classes of each picture that anchors are to find: all but crowds, and boxes without an inside."""
    is_there = (targets.boxes[..., 2:] > targets.boxes[..., :2]).all(2)
    is_taught = (targets.classes >= 0) & ~targets.is_crowd & is_there
    rows = range(len(is_taught))
    return [targets.boxes[row][is_taught[row]] for row in rows], [targets.classes[row][is_taught[row]] for row in rows]


def _found(
    outputs: Tensor, reader: Detector, anchors: Boxes, size_wh: tuple[int, int]
) -> list[NDArray[np.float64] | None]:
    return [find_boxes(row, reader, anchors, size_wh) for row in outputs.float().cpu().numpy()]
