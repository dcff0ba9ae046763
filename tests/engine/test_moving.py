"""Labels that go where their picture goes: a disc, the point at its centre and the box around a rectangle."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from studio.base.geometry import Matrix, compose, dihedral, flip_horizontal, identity, rotate, scale, translate
from studio.base.targets import MaskFile, Numbers, Objects, Place, Points, Skeleton, Tags, Thing
from studio.blocks.block import Block
from studio.blocks.recipe import Recipe
from studio.blocks.source.folder import Folder
from studio.blocks.table import DataTable, Row
from studio.blocks.transforms.erase import Erase
from studio.blocks.transforms.flip import Flip
from studio.blocks.transforms.lighting import Lighting
from studio.blocks.transforms.presets import PRESETS
from studio.blocks.transforms.random_crop import RandomCrop
from studio.blocks.transforms.resize import Resize
from studio.blocks.transforms.rotate import Rotate
from studio.blocks.transforms.warp import Warp
from studio.blocks.transforms.zoom import Zoom
from studio.engine.augment import Augment, Placed, Seen
from studio.engine.moving import Move, cut_ring, move, move_mask, validity
from studio.engine.recipe_steps import preprocess_of
from studio.engine.seeing import see
from studio.imaging.class_places import UNDECIDED

DISC, RECTANGLE = 1, 2
CLASSES = ["nothing", "disc", "rectangle"]
VALUES = (0, 100, 255)  # as the mask file has them
SIZE = (256, 256)

methods = st.sampled_from(["crop", "squish", "pad"])
shares = st.floats(0.35, 0.65)
sides_px = st.integers(110, 700)


@dataclass(frozen=True)
class Scene:
    """A bright disc on black, a rectangle that only the mask knows, and labels that say where they are."""

    size_wh: tuple[int, int]
    disc: tuple[float, float]
    rectangle: tuple[int, int, int, int]

    def radii(self, size_wh: tuple[int, int], method: str) -> tuple[float, float]:
        """Of a disc that is a small ellipse of about 7 px in the model's picture, before chance."""
        ratios = size_wh[0] / self.size_wh[0], size_wh[1] / self.size_wh[1]
        if method != "squish":
            ratios = (max(ratios),) * 2 if method == "crop" else (min(ratios),) * 2
        return 7 / ratios[0], 7 / ratios[1]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    width_px, height_px = draw(sides_px), draw(sides_px)
    x, y = draw(shares) * width_px, draw(shares) * height_px
    left, top = int(draw(st.floats(0.2, 0.6)) * width_px), int(draw(st.floats(0.2, 0.6)) * height_px)
    right, bottom = left + max(8, width_px // 6), top + max(8, height_px // 6)
    return Scene((width_px, height_px), (x, y), (left, top, right, bottom))


@st.composite
def changes(draw: st.DrawFn) -> tuple[Block, ...]:
    """Some of the transforms in any order, with any settings, or a preset."""
    if draw(st.booleans()):
        return draw(st.sampled_from(PRESETS)).changes
    blocks: list[Block] = [
        RandomCrop(min_share=draw(st.floats(0.3, 1)), max_stretch_factor=draw(st.floats(1, 1.5))),
        Flip(sides=draw(st.sampled_from(["horizontal", "all"]))),
        Warp(max_change=draw(st.floats(0, 0.3)), probability=1),
        Rotate(max_degrees=draw(st.floats(0, 180)), probability=1),
        Zoom(max_factor=draw(st.floats(1, 2)), probability=1),
        Lighting(max_change=draw(st.floats(0, 0.5)), probability=1),
    ]
    return tuple(block for block in draw(st.permutations(blocks)) if draw(st.booleans()))


def recipe(resize: Resize, changed: tuple[Block, ...]) -> Recipe:
    return Recipe.model_validate({"source": Folder(path="photos"), "transforms": (resize, *changed)})


def drawn(folder: Path, scene: Scene, radii: tuple[float, float], with_disc: bool) -> tuple[DataTable, Row]:
    """The scene as files: picture and mask, with a row for its mask."""
    x, y = np.arange(scene.size_wh[0]) + 0.5, np.arange(scene.size_wh[1])[:, None] + 0.5
    distance = np.hypot((x - scene.disc[0]) / radii[0], (y - scene.disc[1]) / radii[1])
    soft = np.clip((1 - distance) * min(radii) + 0.5, 0, 1)
    Image.fromarray(np.repeat(np.rint(soft * 255).astype(np.uint8)[..., None], 3, axis=2)).save(folder / "picture.png")
    mask_hw = np.zeros(scene.size_wh[::-1], dtype=np.uint8)
    left, top, right, bottom = scene.rectangle
    if with_disc:
        mask_hw[distance <= 1] = VALUES[DISC]
    else:
        mask_hw[top:bottom, left:right] = VALUES[RECTANGLE]
    Image.fromarray(mask_hw).save(folder / "mask.png")
    row = Row("picture.png", MaskFile("mask.png", VALUES), part="train")
    return DataTable(str(folder), [row], classes=CLASSES), row


def centre_near(weights_hw: NDArray[np.float64], x: float, y: float, reach_px: float) -> tuple[float, float]:
    """The centre of what lies around a place: its mirror image beyond the edge is another one."""
    columns, rows = np.arange(weights_hw.shape[1]) + 0.5, np.arange(weights_hw.shape[0])[:, None] + 0.5
    near = weights_hw * (np.hypot(columns - x, rows - y) < reach_px)
    return float((near * columns).sum() / near.sum()), float((near * rows).sum() / near.sum())


def places(seen: Seen, augment: Augment, target: Points | Objects, row: int) -> Points | Objects:
    moved = augment.place(replace(seen, target=target), 0, row).target
    assert isinstance(moved, type(target))
    return moved


@settings(max_examples=120, deadline=None)
@given(
    scene=scenes(),
    changed=changes(),
    method=methods,
    size_wh=st.sampled_from([SIZE, (256, 192), (120, 256)]),
    row=st.integers(0, 10_000),
)
def test_mask_picture_and_point_go_together(
    tmp_path_factory: pytest.TempPathFactory,
    scene: Scene,
    changed: tuple[Block, ...],
    method: str,
    size_wh: tuple[int, int],
    row: int,
) -> None:
    resize = Resize(side_px=size_wh[0], height_px=size_wh[1], shape="rectangle", method=method)
    preprocess = preprocess_of(recipe(resize, changed))
    augment = Augment(preprocess, changed, seed=3)
    radii = scene.radii(size_wh, method)
    table, known = drawn(tmp_path_factory.mktemp("scene"), scene, radii, with_disc=True)
    seen = see(preprocess, table, known)
    placed = augment.place(seen, 0, row)
    moved = places(seen, augment, Points((Place(*scene.disc),)), row)
    assert isinstance(moved, Points)
    point = moved.places[0]
    assert point is not None
    reach_px = 7 * 4.0
    is_near_edge = not (reach_px < point.x_px < size_wh[0] - reach_px and reach_px < point.y_px < size_wh[1] - reach_px)
    assert placed.mask_hw is not None
    assert set(np.unique(placed.mask_hw)) <= {0, DISC, UNDECIDED}
    if is_near_edge:
        return
    assert validity(moved, size_wh).all()
    mask_centre = centre_near((placed.mask_hw == DISC).astype(float), point.x_px, point.y_px, reach_px)
    assert np.hypot(mask_centre[0] - point.x_px, mask_centre[1] - point.y_px) <= 1
    lit = placed.image_hwc[..., 0].astype(float)
    image_centre = centre_near(lit, point.x_px, point.y_px, reach_px)
    assert np.hypot(image_centre[0] - point.x_px, image_centre[1] - point.y_px) <= 1


@settings(max_examples=80, deadline=None)
@given(scene=scenes(), changed=changes(), method=methods, row=st.integers(0, 10_000))
def test_a_box_stays_around_its_thing(
    tmp_path_factory: pytest.TempPathFactory, scene: Scene, changed: tuple[Block, ...], method: str, row: int
) -> None:
    preprocess = preprocess_of(recipe(Resize(side_px=256, method=method), changed))
    augment = Augment(preprocess, changed, seed=3)
    table, known = drawn(tmp_path_factory.mktemp("scene"), scene, (1, 1), with_disc=False)
    seen = see(preprocess, table, known)
    placed = augment.place(seen, 0, row)
    thing = Thing("rectangle", *scene.rectangle)
    moved = places(seen, augment, Objects((thing,)), row)
    assert isinstance(moved, Objects)
    left, top, right, bottom = scene.rectangle
    outlined = Thing("rectangle", left, top, right, bottom, ((left, top, right, top, right, bottom, left, bottom),))
    by_outline = places(seen, augment, Objects((outlined,)), row)
    assert isinstance(by_outline, Objects)
    assert placed.mask_hw is not None
    if not moved.things:
        return
    box = moved.things[0]
    assert box_of(by_outline.things[0]) == pytest.approx(box_of(box))
    if min(box.left_px, box.top_px) <= 0 or max(box.right_px, box.bottom_px) >= 256:
        return  # cut at the edge, where its mirror image goes on
    # What is mirrored beyond the edges of the picture has no box of its own.
    around = np.zeros((256, 256), dtype=bool)
    around[
        max(0, int(box.top_px) - 4) : int(box.bottom_px) + 4, max(0, int(box.left_px) - 4) : int(box.right_px) + 4
    ] = True
    rows, columns = np.nonzero((placed.mask_hw == RECTANGLE) & around)
    # A pixel of the kept picture is so wide here: the mask is no finer than that.
    matrix = augment.change(0, row).homography(preprocess, seen.image_hwc.shape[1], seen.image_hwc.shape[0])
    grain_px = largest_stretch(matrix, seen.image_hwc.shape[1], seen.image_hwc.shape[0])
    found = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert box_of(box) == pytest.approx(found, abs=1 + grain_px)


def box_of(thing: Thing) -> tuple[float, float, float, float]:
    return thing.left_px, thing.top_px, thing.right_px, thing.bottom_px


def largest_stretch(matrix: Matrix, width_px: int, height_px: int) -> float:
    """How far apart neighbouring pixels of the picture come to lie, at most."""
    how = Move(matrix, SIZE)
    grid = np.array([(x * width_px, y * height_px) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.5, 1.0)])
    steps = [np.hypot(*(how.places(grid + step) - how.places(grid)).T) for step in np.eye(2)]
    return float(np.nanmax(steps) * np.sqrt(2))


@settings(max_examples=30, deadline=None)
@given(scene=scenes(), method=methods)
def test_without_chance_it_is_the_two_steps_alone(
    tmp_path_factory: pytest.TempPathFactory, scene: Scene, method: str
) -> None:
    never = (
        Flip(),
        Warp(probability=0),
        Rotate(probability=0),
        Zoom(probability=0),
        Lighting(probability=0),
        Erase(probability=0),
    )
    preprocess = preprocess_of(recipe(Resize(side_px=128, method=method), never))
    table, known = drawn(tmp_path_factory.mktemp("scene"), scene, (9, 9), with_disc=True)
    seen = see(preprocess, table, known)
    plain = Augment(preprocess, (), 0).place(seen, 0, 0)
    by_hand = preprocess.place(preprocess.read(Path(table.root) / known.image))
    np.testing.assert_array_equal(plain.image_hwc, by_hand)
    assert plain.mask_hw is not None
    for row in range(4):
        placed = Augment(preprocess, never, 0).place(seen, 0, row)
        is_flipped = not np.array_equal(placed.image_hwc, by_hand)
        assert placed.mask_hw is not None
        np.testing.assert_array_equal(placed.image_hwc, by_hand[:, ::-1] if is_flipped else by_hand)
        np.testing.assert_array_equal(placed.mask_hw, plain.mask_hw[:, ::-1] if is_flipped else plain.mask_hw)


def test_a_mask_of_another_size_than_its_picture_lies_over_all_of_it(tmp_path: Path) -> None:
    """A mask at half the size, as some tools write it."""
    Image.new("RGB", (300, 200)).save(tmp_path / "picture.png")
    mask = Image.new("L", (150, 100))
    ImageDraw.Draw(mask).rectangle((75, 0, 149, 99), fill=1)
    mask.save(tmp_path / "mask.png")
    row = Row("picture.png", MaskFile("mask.png"))
    seen = see(preprocess_of(recipe(Resize(side_px=64), ())), DataTable(str(tmp_path), [row], classes=CLASSES), row)
    assert seen.original_wh == (300, 200)
    assert seen.mask_hw is not None
    assert seen.mask_hw.shape == seen.image_hwc.shape[:2]
    assert (seen.mask_hw[:, : seen.mask_hw.shape[1] // 2] == 0).all()
    assert (seen.mask_hw[:, seen.mask_hw.shape[1] // 2 :] == 1).all()


def placed_mask(mask_hw: NDArray[np.uint8], matrix: Matrix, border: str) -> NDArray[np.uint8]:
    return move_mask(mask_hw, matrix, (8, 4), border)  # type: ignore[arg-type]


def test_a_mask_is_mirrored_where_its_picture_is_and_undecided_beyond_a_border() -> None:
    mask_hw = np.tile(np.array([0, 1, 2, 3], dtype=np.uint8), (4, 1))
    shifted = placed_mask(mask_hw, translate(2, 0), "reflect")
    assert shifted[0].tolist() == [1, 0, 0, 1, 2, 3, 3, 2]
    assert placed_mask(mask_hw, translate(2, 0), "constant")[0].tolist() == [UNDECIDED] * 2 + [0, 1, 2, 3] + [255] * 2


# --- points -----------------------------------------------------------------------------------------------------------

FACE = Skeleton(("left eye", "right eye", "nose"), partners=((0, 1),))
EYES = Points((Place(10, 20), Place(30, 20, is_hidden=True), None))


def moved_points(matrix: Matrix, skeleton: Skeleton = FACE) -> Points:
    moved = move(EYES, Move(matrix, (40, 40), skeleton))
    assert isinstance(moved, Points)
    return moved


def test_a_mirror_swaps_partners_and_what_is_hidden_stays_hidden() -> None:
    assert moved_points(flip_horizontal(40)) == Points((Place(10, 20, is_hidden=True), Place(30, 20), None))
    assert moved_points(flip_horizontal(40), Skeleton(FACE.names)) == Points(
        (Place(30, 20), Place(10, 20, is_hidden=True), None)
    )


@pytest.mark.parametrize("k", range(8))
def test_partners_change_sides_in_mirrors_only(k: int) -> None:
    """A turned face has its left eye on its left; a mirrored one does not, upside down or not."""
    is_swapped = (
        moved_points(dihedral(k, (40, 40))).places[1]
        != moved_points(dihedral(k, (40, 40)), Skeleton(FACE.names)).places[1]
    )
    is_mirror = np.linalg.det(dihedral(k, (40, 40))) < 0
    assert is_swapped == is_mirror
    assert moved_points(rotate(180, about=(20, 20))).places[0] == Place(pytest.approx(30), pytest.approx(20))  # type: ignore[arg-type]


def test_a_point_that_leaves_keeps_its_place_and_is_not_valid() -> None:
    moved = moved_points(translate(-15, 0))
    assert moved.places[0] == Place(-5, 20)
    assert validity(moved, (40, 40)).tolist() == [False, True, False]


def test_a_point_behind_the_eye_of_a_perspective_is_absent() -> None:
    tilted = np.array([[1, 0, 0], [0, 1, 0], [-0.05, 0, 1.0]])  # everything right of x = 20 lies behind
    assert moved_points(tilted).places[1] is None
    assert moved_points(tilted).places[0] == Place(20, 40)


# --- things -----------------------------------------------------------------------------------------------------------


def moved_things(*things: Thing, matrix: Matrix | None = None) -> tuple[Thing, ...]:
    moved = move(Objects(things), Move(identity() if matrix is None else matrix, (100, 100)))
    assert isinstance(moved, Objects)
    return moved.things


def test_a_thing_is_cut_at_the_edge_and_keeps_its_facts() -> None:
    crowd = Thing("sheep", -20, 10, 30, 50, is_crowd=True)
    assert moved_things(crowd) == (replace(crowd, left_px=0),)


def test_what_is_hardly_in_view_is_gone() -> None:
    assert moved_things(Thing("cat", -91, 0, 9, 50)) == ()
    assert len(moved_things(Thing("cat", -89, 0, 11, 50))) == 1
    assert moved_things(Thing("ant", 20, 20, 20.5, 40)) == ()
    assert moved_things(Thing("cat", 120, 0, 150, 50)) == ()


def test_a_turned_box_is_the_box_around_its_corners_and_an_outline_is_tighter() -> None:
    turn = rotate(45, about=(50, 50))
    box = moved_things(Thing("cat", 40, 40, 60, 60), matrix=turn)[0]
    half = 10 * np.sqrt(2)
    assert box_of(box) == pytest.approx((50 - half, 50 - half, 50 + half, 50 + half))
    diamond = (50.0, 40.0, 60.0, 50.0, 50.0, 60.0, 40.0, 50.0)
    tight = moved_things(Thing("cat", 40, 40, 60, 60, (diamond,)), matrix=turn)[0]
    assert tight.right_px - tight.left_px == pytest.approx(10 * np.sqrt(2))
    assert len(tight.outline[0]) == 8


def test_the_box_of_an_outline_that_is_cut_is_that_of_the_part_in_view() -> None:
    triangle = (0.0, 0.0, 200.0, 100.0, 0.0, 100.0)
    cut = moved_things(Thing("roof", 0, 0, 200, 100, (triangle,)))[0]
    assert box_of(cut) == pytest.approx((0, 0, 100, 100))
    shifted = moved_things(Thing("roof", 0, 0, 200, 100, (triangle,)), matrix=translate(0, -60))[0]
    assert box_of(shifted) == pytest.approx((0, 0, 100, 40))


@given(
    st.lists(st.tuples(st.integers(-50, 150), st.integers(-50, 150)), min_size=3, max_size=8),
    st.lists(st.tuples(st.floats(1, 99), st.floats(1, 79)), min_size=10, max_size=10),
)
def test_a_cut_ring_covers_inside_the_picture_what_the_ring_covers(
    ring: list[tuple[int, int]], samples: list[tuple[float, float]]
) -> None:
    whole = np.array(ring, dtype=np.float64)
    cut = cut_ring(whole, (100, 80))
    if len(cut):
        assert cut.min() >= -1e-9
        assert (cut.max(axis=0) <= np.array([100, 80]) + 1e-9).all()
    for sample in samples:
        turns = windings(whole, np.array(sample))
        if turns is not None:
            assert windings(cut, np.array(sample)) in (turns, None)


def windings(ring_n2: NDArray[np.float64], place: NDArray[np.float64]) -> int | None:
    """How often a ring goes around a place; None for a place on it."""
    if not len(ring_n2):
        return 0
    to = ring_n2 - place
    following = np.roll(to, -1, axis=0)
    crosses = to[:, 0] * following[:, 1] - to[:, 1] * following[:, 0]
    if (np.abs(crosses) < 1e-3).any():
        return None
    return round(float(np.arctan2(crosses, (to * following).sum(axis=1)).sum() / (2 * np.pi)))


# --- what does not move -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["cat", Tags(("cat", "dog")), Numbers((1.5, 2.0)), MaskFile("mask.png")])
def test_what_has_no_place_stays_the_same(target: str | Tags | Numbers | MaskFile) -> None:
    assert move(target, Move(compose(scale(2), translate(5, 5)), SIZE)) == target


def test_a_picture_without_a_label_is_placed_alone() -> None:
    preprocess = preprocess_of(recipe(Resize(side_px=32), ()))
    placed = Augment(preprocess, (), 0).place(Seen(np.zeros((40, 60, 3), np.uint8), (60, 40)), 0, 0)
    assert placed == Placed(placed.image_hwc)
