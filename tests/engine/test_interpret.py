"""One pass over the validation part: what is held of it, what is not, and what comes out."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.base.targets import MaskFile
from studio.blocks.table import Row
from studio.blocks.tasks.classification import Classification
from studio.blocks.tasks.segmentation import Segmentation
from studio.engine.interpret import AnsweredBatch, Gathering, Interpretation
from studio.engine.rows import RunRows
from studio.engine.task import EngineTask
from studio.engine.tasks.classification import ClassificationTask
from studio.engine.tasks.segmentation import SegmentationTask
from studio.runs.report import Matrix
from studio.runtime.card import EncoderCard, ModelCard, WeightsOrigin
from studio.runtime.preprocess import Preprocess
from studio.runtime.view import View

SIDE, NAMES = 16, ("ground", "thing")
VIEW = View((SIDE, SIDE), np.eye(3))


def rows_of(kind: str, count: int) -> RunRows:
    rows = [Row(f"{n}.png", NAMES[n % 2] if kind == "class" else MaskFile(f"{n}_mask.png")) for n in range(count)]
    return RunRows(Path("/pictures"), rows, NAMES, train=[], valid=list(range(count)))


def card_of(task: EngineTask) -> ModelCard:
    return task.card(EncoderCard(name="test", architecture="test", features=8), WeightsOrigin())


def preprocess() -> Preprocess:
    return Preprocess(SIDE, "squish")


def test_of_masks_nothing_but_sums_is_held() -> None:
    task = SegmentationTask(Segmentation(), rows_of("mask", 4), preprocess())
    gathering = Gathering(task, "cpu")
    gathering.add([0, 1], [VIEW] * 2, torch.randn(2, 2, SIDE, SIDE), torch.zeros(2, SIDE, SIDE, dtype=torch.uint8))
    answers = gathering.answers()
    assert answers.batches is None
    assert 0 <= answers.metrics["pixel_accuracy"] <= 1


def test_masks_are_written_as_they_come_and_the_report_is_made_of_counts() -> None:
    rows = rows_of("mask", 4)
    task = SegmentationTask(Segmentation(), rows, preprocess())
    card, written = card_of(task), dict[int, NDArray[np.uint8]]()

    def write_mask(row: int, mask_hw: NDArray[np.uint8]) -> MaskFile:
        written[row] = mask_hw
        return MaskFile(f"masks/{row}.png")

    found = Interpretation(task, card, rows.rows, write_mask)
    gathering = Gathering(task, "cpu", found.take)
    outputs = torch.zeros(4, 2, SIDE, SIDE)
    outputs[:, 1, : SIDE // 2] = 5.0  # the upper half is a thing, says the model
    targets = torch.zeros(4, SIDE, SIDE, dtype=torch.uint8)
    targets[0, : SIDE // 2] = 1
    for first in (0, 2):
        gathering.add([first, first + 1], [VIEW] * 2, outputs[first : first + 2], targets[first : first + 2])
    assert sorted(written) == [0, 1, 2, 3]
    assert [item.predicted for item in found.predictions] == [MaskFile(f"masks/{row}.png") for row in range(4)]
    assert all(one.kept is None for one in found._witnessed)
    report = found.report()
    matrix = report.part("confusion")
    assert isinstance(matrix, Matrix)
    half = SIDE * SIDE // 2
    assert matrix.counts == ((4 * half, 3 * half), (0, half))
    assert report.doubts is not None
    assert [(doubt.image, doubt.score) for doubt in report.doubts.doubts] == [(f"{n}.png", 0.5) for n in (1, 2, 3)]


def test_classes_are_held_and_pictures_without_numbers_are_left_out_of_the_report() -> None:
    rows = rows_of("class", 4)
    task = ClassificationTask(Classification(), rows, preprocess())
    gathering = Gathering(task, "cpu")
    outputs = torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.0, 2.0], [float("nan"), 0.0]])
    gathering.add(range(4), [VIEW] * 4, outputs, torch.tensor([0, 1, 0, 1]))
    batches = gathering.answers().batches
    assert batches is not None
    found = Interpretation(task, card_of(task), rows.rows, lambda row, mask_hw: MaskFile(""))
    for batch in batches:
        assert isinstance(batch, AnsweredBatch)
        found.take(batch)
    assert [item.predicted for item in found.predictions] == ["ground", "thing", "thing", None]
    matrix = found.report().part("confusion")
    assert isinstance(matrix, Matrix)
    assert matrix.counts == ((1, 1), (0, 1))
