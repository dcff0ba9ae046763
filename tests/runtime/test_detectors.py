"""How each kind of detector's outputs are read, worked out by hand; their anchors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.runtime.boxes import anchors_of, cells_of
from studio.runtime.detectors import DETECTORS

SIDES = st.floats(1, 300)
PLACES = st.floats(-50, 400)
UNITS = {"retinanet": np.ones(4), "ssdlite": np.array([10.0, 10, 5, 5])}


def test_anchors_lie_around_the_middles_of_cells() -> None:
    sizes = (((8.0, 8.0), (4.0, 16.0)), ((20.0, 10.0),))
    anchors = anchors_of([(4, 2), (1, 1)], sizes, (32, 16))
    assert anchors.shape == (4 * 2 * 2 + 1, 4)
    assert anchors[:4].tolist() == [[0, 0, 8, 8], [2, -4, 6, 12], [8, 0, 16, 8], [10, -4, 14, 12]]
    assert anchors[-1].tolist() == [6, 3, 26, 13]
    assert anchors_of([(4, 2)], (), (32, 16)).tolist() == cells_of([(4, 2)], (32, 16)).tolist()


@pytest.mark.parametrize("kind", sorted(UNITS))
@given(anchor=st.tuples(PLACES, PLACES, SIDES, SIDES), box=st.tuples(PLACES, PLACES, SIDES, SIDES))
def test_a_box_is_its_anchor_moved_and_grown(
    kind: str, anchor: tuple[float, float, float, float], box: tuple[float, float, float, float]
) -> None:
    """Both as middle and sides. A box may be 62.5 times as large as its anchor, and no larger."""
    (x, y, wide, high), (box_x, box_y, box_wide, box_high) = anchor, box
    change = np.array([(box_x - x) / wide, (box_y - y) / high, np.log(box_wide / wide), np.log(box_high / high)])
    outputs = np.concatenate([np.zeros(3), change * UNITS[kind]])[None]
    anchors = np.array([[x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]])
    _, (found,) = DETECTORS[kind].read(outputs, anchors)
    box_wide, box_high = min(box_wide, 62.5 * wide), min(box_high, 62.5 * high)
    right = [box_x - box_wide / 2, box_y - box_high / 2, box_x + box_wide / 2, box_y + box_high / 2]
    np.testing.assert_allclose(found, right, atol=1e-6)


def test_scores_by_hand() -> None:
    anchors = np.array([[0.0, 0, 8, 8]])
    box = np.zeros(4)
    scores, _ = DETECTORS["retinanet"].read(np.array([[np.log(3), -np.log(4), *box]]), anchors)
    assert scores[0].tolist() == pytest.approx([0.75, 0.2])
    # The first score is that of nothing.
    scores, _ = DETECTORS["ssdlite"].read(np.array([[np.log(5), np.log(2), np.log(1), *box]]), anchors)
    assert scores[0].tolist() == pytest.approx([2 / 8, 1 / 8])
    scores, _ = DETECTORS["ssdlite"].read(np.array([[1000.0, -1000, 0, *box]]), anchors)
    assert scores[0].tolist() == [0, 0]


@pytest.mark.parametrize("kind", sorted(DETECTORS))
def test_outputs_besides_classes_are_as_many_as_it_says(kind: str) -> None:
    outputs = np.zeros((2, 5, 3 + DETECTORS[kind].besides_classes))
    scores, boxes = DETECTORS[kind].read(outputs, np.tile([0.0, 0, 4, 4], (5, 1)))
    assert (scores.shape, boxes.shape) == ((2, 5, 3), (2, 5, 4))
