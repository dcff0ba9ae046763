"""From outputs to boxes in the original."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.base.geometry import FitMethod
from studio.base.targets import Objects, Thing
from studio.runtime.answer import Answer
from studio.runtime.boxes import cells_of, in_original, is_there, overlaps, suppress
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.detectors import DETECTORS
from studio.runtime.preprocess import Preprocess
from studio.runtime.tasks.detection import answer_of, decode, find_boxes, find_in_picture, shares
from studio.runtime.view import View

CLASSES = ("car", "dog")
GRIDS = (8, 6), (4, 3)
SIZE_WH = (64, 48)
METHODS: list[FitMethod] = ["crop", "squish", "pad"]


def box_card(method: FitMethod = "squish", threshold: float = 0.3) -> ModelCard:
    return ModelCard(
        task="detection",
        classes=CLASSES,
        threshold=threshold,
        grids=GRIDS,
        preprocess=Preprocess(SIZE_WH[0], method, height_px=SIZE_WH[1]),
        encoder=EncoderCard(name="e", architecture="e", features=1),
        head=HeadCard(kind="fcos", outputs=7),
    )


def plain_view(card: ModelCard, original_wh: tuple[int, int], shrink: float = 1.0) -> View:
    kept_wh = max(1, round(original_wh[0] * shrink)), max(1, round(original_wh[1] * shrink))
    return View.of(original_wh, kept_wh, card.preprocess.base_homography(*kept_wh))


def nothing(pictures: int = 1) -> np.ndarray:
    return np.full((pictures, 60, 7), -30.0)


def say(outputs: np.ndarray, cell: int, place: int, box: tuple[float, ...], logit: float = 30.0) -> None:
    """Have a cell of the first picture tell a box, in the model's pixels."""
    x0, y0, x1, y1 = cells_of(GRIDS, SIZE_WH)[cell]
    x, y, wide, high = (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0
    outputs[0, cell, place], outputs[0, cell, 6] = logit, 30
    outputs[0, cell, 2:6] = (x - box[0]) / wide, (y - box[1]) / high, (box[2] - x) / wide, (box[3] - y) / high


def things_of(answer: Answer) -> tuple[Thing, ...]:
    assert isinstance(answer.target, Objects)
    return answer.target.things


def sides(thing: Thing) -> tuple[float, ...]:
    return thing.left_px, thing.top_px, thing.right_px, thing.bottom_px


def test_cells_cover_the_picture_grid_after_grid() -> None:
    cells = cells_of(GRIDS, SIZE_WH)
    assert cells.shape == (8 * 6 + 4 * 3, 4)
    assert cells[0].tolist() == [0, 0, 8, 8]
    assert cells[9].tolist() == [8, 8, 16, 16]
    assert cells[47].tolist() == [56, 40, 64, 48]
    assert cells[48].tolist() == [0, 0, 16, 16]
    areas = (cells[:, 2:] - cells[:, :2]).prod(axis=1)
    assert areas[:48].sum() == areas[48:].sum() == 64 * 48
    assert cells_of([(3, 2)], (10, 5))[5].tolist() == pytest.approx([20 / 3, 2.5, 10, 5])


def test_overlap_by_hand() -> None:
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [2, 2, 4, 4], [3, 3, 3, 3]], dtype=float)
    assert overlaps(others[0], others).tolist() == pytest.approx([1, 50 / 150, 0, 0.04, 0])
    assert overlaps(others[4], others[4:]).tolist() == [0]


def test_the_surest_of_a_class_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 9], [20, 20, 30, 30]], dtype=float)
    scores, classes = np.array([0.5, 0.9, 0.7, 0.1]), np.array([0, 0, 1, 0])
    assert suppress(boxes, scores, classes, overlap=0.6, most=9).tolist() == [1, 2, 3]
    assert suppress(boxes, scores, classes, overlap=0.8, most=9).tolist() == [1, 2, 0, 3]
    assert suppress(boxes, scores, classes, overlap=0.6, most=2).tolist() == [1, 2]
    assert suppress(boxes[:0], scores[:0], classes[:0], overlap=0.6, most=2).tolist() == []


def test_a_cell_says_how_far_the_edges_are() -> None:
    """Of a cell of 8 px with its centre at (12, 4): 1.5 sides to the left, a half up, two to the right, one down."""
    outputs = nothing()
    outputs[0, 1] = [-30, np.log(3), 1.5, 0.5, 2, 1, 0]
    card = box_card()
    (answer,) = decode(outputs, card, [plain_view(card, SIZE_WH)])
    (thing,) = things_of(answer)
    assert thing.class_name == "dog"
    assert sides(thing) == pytest.approx((0, 0, 28, 12))
    assert thing.score == pytest.approx(np.sqrt(0.75 * 0.5))


def test_the_threshold_is_the_cards_and_the_surest_come_first() -> None:
    outputs = nothing()
    for cell, (place, share) in enumerate(((0, 0.3), (1, 0.9), (0, 0.6))):
        say(outputs, cell, place, (20 * cell, 0, 20 * cell + 10, 10), np.log(share / (1 - share)))
    for threshold, expected in ((0.5, ["dog", "car", "car"]), (0.6, ["dog", "car"]), (0.9, ["dog"]), (0.96, [])):
        card = box_card(threshold=threshold)
        (answer,) = decode(outputs, card, [plain_view(card, SIZE_WH)])
        assert [thing.class_name for thing in things_of(answer)] == expected


def test_two_cells_that_mean_the_same_thing_tell_it_once() -> None:
    outputs = nothing()
    say(outputs, 9, 0, (4, 4, 30, 30), 3)
    say(outputs, 10, 0, (4, 4, 31, 30), 2)
    say(outputs, 11, 1, (4, 4, 30, 30), 1)
    card = box_card()
    (answer,) = decode(outputs, card, [plain_view(card, SIZE_WH)])
    assert [(thing.class_name, thing.right_px) for thing in things_of(answer)] == [
        ("car", pytest.approx(30)),
        ("dog", pytest.approx(30)),
    ]


@settings(max_examples=60, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    original_wh=st.tuples(st.integers(8, 400), st.integers(8, 400)),
    shrink=st.floats(0.2, 1),
    share=st.tuples(st.floats(0, 0.6), st.floats(0, 0.6), st.floats(0.1, 0.4), st.floats(0.1, 0.4)),
    cell=st.integers(0, 59),
)
def test_a_box_comes_back_to_where_it_was(
    method: FitMethod,
    original_wh: tuple[int, int],
    shrink: float,
    share: tuple[float, ...],
    cell: int,
) -> None:
    """Whatever the method; what a crop cuts off was never seen, and comes back cut at the crop's edges."""
    card = box_card(method)
    view = plain_view(card, original_wh, shrink)
    wide_px, high_px = original_wh
    truth = np.array([[share[0], share[1], share[0] + share[2], share[1] + share[3]]]) * [*original_wh, *original_wh]
    scale, shift = np.diag(view.matrix)[:2], view.matrix[:2, 2]
    in_model = np.hstack([truth[:, :2] * scale + shift, truth[:, 2:] * scale + shift])
    seen = in_model.clip(0, [*SIZE_WH, *SIZE_WH])
    outputs = nothing()
    say(outputs, cell, 1, tuple(in_model[0]))
    (answer,) = decode(outputs, card, [view])
    if not is_there(seen)[0]:
        assert answer.target == Objects(())
        return
    (thing,) = things_of(answer)
    edges = np.hstack([(seen[:, :2] - shift) / scale, (seen[:, 2:] - shift) / scale])
    np.testing.assert_allclose([sides(thing)], edges, atol=1e-6 * max(original_wh))
    if method != "crop":
        np.testing.assert_allclose([sides(thing)], truth, atol=1e-6 * max(original_wh))
    assert 0 <= thing.left_px < thing.right_px <= wide_px
    assert 0 <= thing.top_px < thing.bottom_px <= high_px


def test_boxes_are_cut_at_the_pictures_edges_and_those_in_the_border_are_none() -> None:
    """A picture twice as wide as high in the middle of a padded one: 8 px of border above and below."""
    card = box_card("pad")
    view = plain_view(card, (128, 64))
    outputs = nothing()
    say(outputs, 9, 0, (-5, 2, 30, 20))
    say(outputs, 20, 1, (10, 1, 40, 7))
    (answer,) = decode(outputs, card, [view])
    (thing,) = things_of(answer)
    assert (thing.class_name, *sides(thing)) == ("car", *map(pytest.approx, (0, 0, 60, 24)))


def test_a_turned_picture_gives_the_box_around_the_turned_one() -> None:
    matrix = np.array([[0.0, 1, 0], [-1, 0, 10], [0, 0, 1]])  # a quarter to the left, of a picture of 10 x 20 px
    assert in_original(np.array([[2.0, 3, 6, 8]]), View((10, 20), matrix)).tolist() == [[2, 2, 7, 6]]


def test_no_number_is_no_answer_but_leaves_the_others() -> None:
    card = box_card()
    outputs = nothing(2)
    outputs[0, 7, 3] = np.inf
    broken, whole = decode(outputs, card, [plain_view(card, SIZE_WH)] * 2)
    assert broken.target is None
    assert "no numbers" in broken.reason
    assert whole.target == Objects(())
    assert find_in_picture(outputs[0], card) is None
    assert answer_of(np.empty((0, 6)), card, plain_view(card, SIZE_WH)).target == Objects(())


def test_a_picture_full_of_boxes_gives_the_best_hundred() -> None:
    random = np.random.default_rng(0)
    cells = cells_of([(40, 30)], (640, 480))
    outputs = random.normal(0, 1, (1200, 7))
    outputs[:, 2:6] = 0.4
    found = find_boxes(outputs, DETECTORS["fcos"], cells, (640, 480))
    assert found is not None
    assert found.shape == (100, 6)
    assert (np.diff(found[:, 4]) <= 0).all()
    scores = np.sqrt(1 / (1 + np.exp(-outputs[:, :2])) / (1 + np.exp(-outputs[:, 6:])))
    np.testing.assert_allclose(found[:, 4], np.sort(scores.ravel())[::-1][:100])  # none of them overlap


def test_shares_are_of_the_size_that_they_are_compared_by() -> None:
    card = box_card()
    outputs = nothing(2)
    say(outputs, 9, 1, (4, 6, 30, 46))
    outputs[1, 0, 6] = np.nan
    found = shares(outputs, card)
    assert found.shape == (2, 60, 6)
    np.testing.assert_allclose(found[0, 9], [0, 1, 0.004, 0.006, 0.030, 0.046], atol=1e-6)
    assert np.isnan(found[1, 0, :2]).all()
    moved = nothing()
    say(moved, 9, 1, (4.1, 6, 30, 46))
    assert np.abs(shares(moved, card)[0] - found[0]).max() == pytest.approx(1e-4)  # a tenth of a pixel


def test_a_card_knows_its_cells(card_of: Callable[..., ModelCard]) -> None:
    assert box_card().output_shape == (60, 7)
    with pytest.raises(ValidationError, match="there are 0 grids for a head of the kind fcos"):
        ModelCard.model_validate({**box_card().model_dump(), "grids": ()})
    with pytest.raises(ValidationError, match="the head has 7 outputs for boxes of 3 classes"):
        ModelCard.model_validate({**box_card().model_dump(), "classes": ("a", "b", "c")})
    with pytest.raises(ValidationError, match="anchor sizes for 0 of 2 grids of a head of the kind retinanet"):
        ModelCard.model_validate({**box_card().model_dump(), "head": HeadCard(kind="retinanet", outputs=6)})
    sizes = (((8.0, 8.0), (16.0, 4.0)),) * 2
    with pytest.raises(ValidationError, match="there are anchor sizes for 2 of 2 grids of a head of the kind fcos"):
        ModelCard.model_validate({**box_card().model_dump(), "anchor_sizes": sizes})
    head = HeadCard(kind="ssdlite", outputs=7)
    card = ModelCard.model_validate({**box_card().model_dump(), "head": head, "anchor_sizes": sizes})
    assert card.output_shape == (120, 7)
    assert card == ModelCard.model_validate_json(card.model_dump_json())
    with pytest.raises(ValidationError, match="there are 2 grids for a head of the kind concat_pool"):
        card_of(2, classes=CLASSES, grids=GRIDS)
