"""Pixels as counts: the same numbers as the metric, from a few counts a picture."""

import numpy as np
import pytest
import torch

from studio.engine.pixel_counts import PixelCounts
from studio.engine.reports.disagreements import of_masks, of_numbers, of_points
from studio.engine.reports.pixels import pixel_note, pixel_parts
from studio.imaging.class_places import UNDECIDED

NAMES = ("ground", "car", "void")


def test_scores_are_those_of_the_metric() -> None:
    random = np.random.default_rng(0)
    said, right = random.integers(2, size=(4, 8, 9), dtype=np.uint8), random.integers(3, size=(4, 8, 9), dtype=np.uint8)
    right[0, :4] = UNDECIDED
    notes = [pixel_note(one, there, 3, 2) for one, there in zip(said, right, strict=True)]
    metric = PixelCounts(3, void=2)
    metric.update(torch.from_numpy(said).long(), torch.from_numpy(right))
    matrix, _, table = pixel_parts(["a", "b", "c", "d"], notes, NAMES, 2)
    assert matrix.kind == "matrix"
    counts = metric.counts.clone()
    counts[2] = 0
    assert [list(row) for row in matrix.counts] == counts.tolist()
    assert table.kind == "table"
    for row, overlap in zip(table.rows, metric.by_class(), strict=True):
        if overlap.iou == overlap.iou:
            assert row[2:4] == pytest.approx((overlap.iou, overlap.dice))
        else:
            assert row[2:4] == (None, None)


def test_a_note_takes_no_more_room_than_its_cells() -> None:
    right = np.zeros((500, 500), dtype=np.uint8)
    right[:, 250:] = 1
    note = pixel_note(np.zeros_like(right), right, 200, None)
    assert note.cells.tolist() == [0, 200]
    assert note.pixels.tolist() == [125_000, 125_000]
    assert note.matrix(200).sum() == 250_000


def test_cells_name_the_pictures_that_have_most_of_them() -> None:
    right = np.zeros((4, 4), dtype=np.uint8)
    little, much = right.copy(), right.copy()
    little[0, 0], much[:2] = 1, 1
    notes = [pixel_note(said, right, 2, None) for said in (little, right, much)]
    matrix, _, table = pixel_parts(["little.png", "right.png", "much.png"], notes, NAMES[:2], None)
    assert matrix.kind == "matrix"
    (cell,) = matrix.pictures
    assert (cell.row, cell.column, cell.images) == (0, 1, ("much.png", "little.png"))
    assert table.pictures[1] == ("much.png", "little.png")


def test_masks_are_ranked_by_how_much_of_them_is_seen_otherwise() -> None:
    counts = [np.array([[90, 10], [0, 0]]), np.array([[100, 0], [0, 0]]), np.array([[20, 50], [30, 0]])]
    part = of_masks(["a", "b", "c"], counts, NAMES[:2])
    assert [(doubt.image, doubt.score, doubt.given, doubt.suggested) for doubt in part.doubts] == [
        ("c", 0.8, "ground", "car"),
        ("a", 0.1, "ground", "car"),
    ]
    assert part.doubts[0].about == "50 %"


def test_a_number_that_was_mistyped_stands_out() -> None:
    random = np.random.default_rng(0)
    said = random.uniform(0, 100, (60, 1))
    given = said + random.normal(0, 1, said.shape)
    given[17] *= 10
    part = of_numbers([str(row) for row in range(60)], said, given, ("weight",))
    assert part.doubts[0].image == "17"
    assert part.doubts[0].score > 0.9 > 0.5
    assert all(doubt.score < 0.7 for doubt in part.doubts[1:])


def test_points_are_ranked_by_how_far_away_they_are_said_to_be() -> None:
    errors = np.array([[1.0, 30.0], [np.nan, 2.0], [8.0, 3.0]])
    part = of_points(["a", "b", "c"], errors, np.array([5.0, 5.0, 5.0]), ("nose", "tail"))
    assert [(doubt.image, doubt.about) for doubt in part.doubts] == [("a", "tail"), ("c", "nose")]
    assert part.doubts[0].score == pytest.approx(30 / 35)
    assert part.checked == 5
