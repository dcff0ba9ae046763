"""A model that moves with what it is shown says with many looks just what it says with one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.base.geometry import apply_to_points, compose, dihedral, rotate, symmetric_warp, zoom
from studio.base.targets import Objects, Points, Skeleton, Tags
from studio.runtime.card import EncoderCard, HeadCard, ModelCard
from studio.runtime.preprocess import Preprocess
from studio.runtime.several_looks import boxes, masks, points, scores
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import PLAIN, Look, corner_looks, seen_rectangle
from studio.runtime.tasks.keypoints import find_points
from studio.runtime.view import View

SIDE = 32
ENCODER = EncoderCard(name="toy", architecture="toy", features=1)
VIEW = View((SIDE, SIDE), np.eye(3))
SKELETON = Skeleton(("nose", "left eye", "right eye"), partners=((1, 2),))


def a_card(task: str, outputs: int, **facts: object) -> ModelCard:
    head = HeadCard(kind="unet" if task == "segmentation" else "concat_pool", outputs=outputs)
    values = {"task": task, "preprocess": Preprocess(SIDE, "crop"), "encoder": ENCODER, "head": head, **facts}
    return ModelCard.model_validate(values)


@st.composite
def looks(draw: st.DrawFn) -> list[Look]:
    """Up to five looks: any symmetry, zoom, turn and perspective."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        x, y = draw(st.floats(0, 1)), draw(st.floats(0, 1))
        share = draw(st.floats(-0.2, 0.2))
        matrix = compose(
            dihedral(draw(st.integers(0, 7)), (SIDE, SIDE)),
            zoom(draw(st.floats(1, 1.6)), (SIDE, SIDE), focus=(x, y)),
            rotate(draw(st.floats(-20, 20)), about=(SIDE / 2, SIDE / 2)),
            symmetric_warp((SIDE, SIDE), top=share, bottom=-share),
        )
        found.append(Look(matrix))
    return found


def said_of_points(places_n2: NDArray[np.float64], look: Look) -> NDArray[np.float64]:
    """What a perfect model says of the points in a look: in a mirror, it takes left for right."""
    moved = apply_to_points(look.matrix, places_n2)
    return (2 * (moved[[0, 2, 1]] if look.is_mirrored else moved) / SIDE - 1).ravel()


@given(looks(), st.lists(st.tuples(st.floats(0, SIDE), st.floats(0, SIDE)), min_size=3, max_size=3), st.floats(0, 1))
def test_points(others: list[Look], places: list[tuple[float, float]], plain_share: float) -> None:
    card = a_card("keypoints", 6, skeleton=SKELETON)
    all_looks = [PLAIN, *others]
    outputs = np.array([said_of_points(np.array(places), look) for look in all_looks])
    merged = points.merge(outputs, all_looks, card, Averaging(plain_share))
    assert SIDE * merged[:, :2] == pytest.approx(np.array(places), abs=1e-6)
    target = points.answer(merged, card, VIEW).target
    assert isinstance(target, Points)
    assert [target.places[0].x_px, target.places[0].y_px] == pytest.approx(places[0], abs=1e-6)  # type: ignore[union-attr]


def test_points_that_a_look_does_not_show_are_the_plain_ones() -> None:
    card = a_card("keypoints", 6, skeleton=SKELETON)
    closer = corner_looks((SIDE, SIDE), 2, "none")[0]  # the upper left quarter
    places = np.array([[4.0, 4], [30, 30], [8, 8]])
    outputs = np.array([said_of_points(places, look) for look in (PLAIN, closer)])
    outputs[1, 2:4] = 0.123  # whatever it says of what it cannot see
    merged = points.merge(outputs, [PLAIN, closer], card, Averaging())
    assert SIDE * merged[:, :2] == pytest.approx(places, abs=1e-9)


def test_left_and_right_change_sides_with_a_mirror_only_if_they_are_partners() -> None:
    mirror = Look(dihedral(1, (SIDE, SIDE)))
    outputs = np.array([said_of_points(np.array([[16.0, 4], [8, 8], [24, 8]]), look) for look in (PLAIN, mirror)])
    alone = a_card("keypoints", 6, skeleton=Skeleton(("nose", "left eye", "right eye")))
    merged = points.merge(outputs, [PLAIN, mirror], alone, Averaging(0.5))
    # Both eyes in the middle of the face: that is what partners are for.
    assert SIDE * merged[:, :2] == pytest.approx(np.array([[16, 4], [16, 8], [16, 8]]))


def test_heat_maps_are_looked_at_in_the_same_way() -> None:
    card = ModelCard.model_validate(
        {
            "task": "keypoints",
            "skeleton": SKELETON,
            "grids": ((8, 8),),
            "preprocess": Preprocess(SIDE, "crop"),
            "encoder": ENCODER,
            "head": HeadCard(kind="heat_maps", outputs=3),
        }
    )
    plain = np.random.default_rng(0).uniform(0, 0.3, (3, 8, 8))
    for point, (row, column) in enumerate([(2, 4), (3, 2), (5, 6)]):
        plain[point, row, column] = 1 - point / 10
    mirrored = plain[[0, 2, 1], :, ::-1]
    all_looks = [PLAIN, Look(dihedral(1, (SIDE, SIDE)))]
    merged = points.merge(np.array([plain, mirrored]), all_looks, card, Averaging())
    assert merged == pytest.approx(find_points(plain[None], card)[0], abs=1e-9)


def said_of_boxes(things_n6: NDArray[np.float64], look: Look) -> NDArray[np.float64]:
    """What a perfect detector finds in a look: what is cut off at its edges is found as far as it goes."""
    corners = things_n6[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    moved = apply_to_points(look.matrix, corners).reshape(-1, 4, 2)
    found = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).clip(0, SIDE)
    is_in = (found[:, 2:] - found[:, :2] > 0.5).all(axis=1)
    return np.column_stack([found, things_n6[:, 4:]])[is_in]


@st.composite
def things(draw: st.DrawFn) -> NDArray[np.float64]:
    """Up to six boxes of two classes, none touching the edges, each with a score of its own."""
    count = draw(st.integers(0, 6))
    found = []
    for number in range(count):
        left, top = draw(st.floats(2, 20)), draw(st.floats(2, 20))
        width, height = draw(st.floats(4, 10)), draw(st.floats(4, 10))
        found.append([left, top, left + width, top + height, 0.95 - number / 10, draw(st.integers(0, 1))])
    return np.array(found).reshape(-1, 6)


@st.composite
def upright_looks(draw: st.DrawFn) -> list[Look]:
    return [
        Look(
            compose(
                dihedral(draw(st.integers(0, 7)), (SIDE, SIDE)),
                zoom(draw(st.floats(1, 2)), (SIDE, SIDE), focus=(draw(st.floats(0, 1)), draw(st.floats(0, 1)))),
            )
        )
        for _ in range(draw(st.integers(1, 8)))
    ]


@given(things(), upright_looks(), st.floats(0.05, 0.95))
@settings(max_examples=200)
def test_boxes(found: NDArray[np.float64], others: list[Look], plain_share: float) -> None:
    size_wh = (SIDE, SIDE)
    views = np.array([seen_rectangle(look, size_wh) for look in (PLAIN, *others)])
    said = [
        boxes._back(said_of_boxes(found, look), look, view, size_wh)
        for look, view in zip([PLAIN, *others], views, strict=True)
    ]
    # What lies just at a look's edge is cut by less than can be seen: those are another test's.
    near = np.abs(found[:, None, :4] - views[None]).min(initial=9)
    if near < 2 * boxes.EDGE_PX:
        return
    assert boxes.fuse(said, views, Averaging(plain_share)) == pytest.approx(found, abs=1e-6)


def test_the_score_of_a_box_that_one_look_of_two_does_not_find_falls() -> None:
    box = np.array([[4.0, 4, 12, 12, 0.8, 0]])
    whole = np.array([[0.0, 0, SIDE, SIDE]] * 2)
    (fused,) = boxes.fuse([box, np.empty((0, 6))], whole, Averaging(0.4))
    assert fused.tolist() == pytest.approx([4, 4, 12, 12, 0.32, 0])
    elsewhere = np.array([[0.0, 0, SIDE, SIDE], [16, 16, SIDE, SIDE]])
    (fused,) = boxes.fuse([box, np.empty((0, 6))], elsewhere, Averaging(0.4))
    assert fused[4] == pytest.approx(0.8)  # a look that does not show the place has no say


def test_two_looks_at_one_thing_are_one_box_between_theirs() -> None:
    one, other = np.array([[4.0, 4, 12, 12, 0.9, 1]]), np.array([[5.0, 4, 13, 12, 0.3, 1]])
    whole = np.array([[0.0, 0, SIDE, SIDE]] * 2)
    (fused,) = boxes.fuse([one, other], whole, Averaging(0.5))
    assert fused.tolist() == pytest.approx([4.25, 4, 12.25, 12, 0.6, 1])
    (largest,) = boxes.fuse([one, other], whole, Averaging(0.5, takes_largest=True))
    assert largest[4] == 0.9


def test_boxes_of_two_classes_stay_two() -> None:
    one, other = np.array([[4.0, 4, 12, 12, 0.9, 1]]), np.array([[4.0, 4, 12, 12, 0.5, 0]])
    assert len(boxes.fuse([one, other], np.array([[0.0, 0, SIDE, SIDE]] * 2), Averaging())) == 2


def test_a_box_that_is_cut_off_inside_the_picture_is_no_box() -> None:
    closer = corner_looks((SIDE, SIDE), 2, "none")[0]  # shows 0 to 16
    view = seen_rectangle(closer, (SIDE, SIDE))
    thing = np.array([[10.0, 4, 24, 12, 0.9, 0]])
    assert len(boxes._back(said_of_boxes(thing, closer), closer, view, (SIDE, SIDE))) == 0
    at_the_border = np.array([[0.0, 0, 8, 8, 0.9, 0]])
    (kept,) = boxes._back(said_of_boxes(at_the_border, closer), closer, view, (SIDE, SIDE))
    assert kept.tolist() == pytest.approx(at_the_border[0].tolist())


def said_of_pixels(scores_khw: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """What a model that looks at each pixel by itself says of a symmetry: the same, moved. As `dihedral`."""
    moved = scores_khw.transpose(0, 2, 1) if k & 4 else scores_khw
    moved = moved[:, :, ::-1] if k & 1 else moved
    return moved[:, ::-1] if k & 2 else moved


@given(st.lists(st.integers(0, 7), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_masks(symmetries: list[int], seed: int) -> None:
    card = a_card("segmentation", 5, classes=tuple("abcde"))
    plain = np.random.default_rng(seed).normal(size=(5, SIDE, SIDE))
    all_looks = [PLAIN, *(Look(dihedral(k, (SIDE, SIDE))) for k in symmetries)]
    outputs = np.array([plain, *(said_of_pixels(plain, k) for k in symmetries)])
    merged = masks.merge(outputs, all_looks, card, Averaging())
    assert np.exp(merged) == pytest.approx(_softmax(plain), abs=1e-5)
    answer = masks.answer(merged, card, VIEW)
    assert answer.mask_hw is not None
    assert (answer.mask_hw == plain.argmax(0)).mean() > 0.999  # but for ties within a rounding


def test_pixels_that_no_look_shows_are_the_plain_ones() -> None:
    card = a_card("segmentation", 2, classes=("a", "b"))
    closer = corner_looks((SIDE, SIDE), 2, "none")[0]  # the upper left quarter
    plain, other = np.zeros((2, SIDE, SIDE)), np.zeros((2, SIDE, SIDE))
    other[0] = np.log(3)  # three quarters sure of the first class
    merged = np.exp(masks.merge(np.array([plain, other]), [PLAIN, closer], card, Averaging(0.4)))
    assert merged[0, :16, :16] == pytest.approx(0.4 * 0.5 + 0.6 * 0.75, abs=1e-6)
    assert merged[0, 16:] == pytest.approx(0.5)
    assert merged[0, :, 16:] == pytest.approx(0.5)


def test_probabilities_are_averaged_and_not_scores() -> None:
    card = a_card("classification", 2, classes=("a", "b"))
    outputs = np.log(np.array([[0.5, 0.5], [0.9, 0.1], [0.7, 0.3]]))
    all_looks = [PLAIN, *corner_looks((SIDE, SIDE))[:2]]
    answer = scores.answer(scores.merge(outputs, all_looks, card, Averaging(0.4)), card, VIEW)
    assert answer.probabilities == pytest.approx({"a": 0.68, "b": 0.32})
    assert answer.target == "a"


def test_tags_by_themselves_and_numbers_as_shares() -> None:
    card = a_card("tagging", 2, classes=("a", "b"), threshold=0.2)
    shares = np.array([[0.1, 0.1], [0.9, 0.1]])
    all_looks = [PLAIN, corner_looks((SIDE, SIDE))[0]]
    merged = scores.merge(np.log(shares / (1 - shares)), all_looks, card, Averaging(0.25))
    answer = scores.answer(merged, card, VIEW)
    assert answer.probabilities == pytest.approx({"a": 0.7, "b": 0.1})
    assert answer.target == Tags(("a",))
    numbers = a_card("regression", 1, number_names=("height",), number_ranges=((0.0, 10.0),))
    merged = scores.merge(np.array([[0.2], [0.4]]), all_looks, numbers, Averaging(0.25))
    assert scores.answer(merged, numbers, VIEW).target.values == pytest.approx((3.5,))  # type: ignore[union-attr]


def test_a_look_without_numbers_is_no_answer() -> None:
    card = a_card("classification", 2, classes=("a", "b"))
    merged = scores.merge(np.array([[1.0, 2], [np.nan, 1]]), [PLAIN, PLAIN], card, Averaging())
    assert scores.answer(merged, card, VIEW).target is None
    boxed = ModelCard.model_validate(
        {
            "task": "detection",
            "classes": ("a",),
            "grids": ((1, 1),),
            "preprocess": Preprocess(SIDE, "crop"),
            "encoder": ENCODER,
            "head": HeadCard(kind="fcos", outputs=6),
        }
    )
    merged = boxes.merge(np.full((2, 1, 6), np.nan), [PLAIN, PLAIN], boxed, Averaging())
    assert boxes.answer(merged, boxed, VIEW).target is None


def test_boxes_from_outputs_to_an_answer() -> None:
    card = ModelCard.model_validate(
        {
            "task": "detection",
            "classes": ("a",),
            "grids": ((2, 2),),
            "threshold": 0.3,
            "preprocess": Preprocess(SIDE, "crop"),
            "encoder": ENCODER,
            "head": HeadCard(kind="fcos", outputs=6),
        }
    )
    plain, mirrored = np.full((2, 4, 6), -20.0)
    plain[0] = [2, 0.25, 0.25, 0.25, 0.25, 2]  # a thing in the upper left cell
    mirrored[1] = [2, 0.25, 0.25, 0.25, 0.25, 2]  # in a mirror it is at the right
    mirror = Look(dihedral(1, (SIDE, SIDE)))
    answer = boxes.answer(boxes.merge(np.array([plain, mirrored]), [PLAIN, mirror], card, Averaging()), card, VIEW)
    assert isinstance(answer.target, Objects)
    (thing,) = answer.target.things
    assert (thing.left_px, thing.top_px, thing.right_px, thing.bottom_px) == pytest.approx((4, 4, 12, 12))
    assert thing.score == pytest.approx(1 / (1 + np.exp(-2)))


def _softmax(scores_khw: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores_khw - scores_khw.max(0))
    return powers / powers.sum(0)
