"""Labels that go where their picture goes. No torch.

Every target is moved by the one matrix that moves the picture: what happens to the picture happens to its label.
"""

from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.base.errors import Bug
from studio.base.geometry import Matrix, apply_to_points, corners
from studio.base.targets import MaskFile, Numbers, Objects, Place, Points, Skeleton, Tags, Target, Thing
from studio.imaging.class_places import UNDECIDED
from studio.imaging.warp import Border, warp_image

LEAST_SHARE = 0.1  # of a thing's box: with less in view nobody could say what it is
LEAST_PX = 1.0

NO_SKELETON = Skeleton(())


@dataclass(frozen=True)
class Move:
    """How a picture moves: the matrix from the upright original's pixels to those of the model's picture, whose size
    is `size_wh`. `skeleton` says which points change sides in a mirror."""

    matrix: Matrix
    size_wh: tuple[int, int]
    skeleton: Skeleton = NO_SKELETON

    @property
    def is_mirror(self) -> bool:
        """Whether left becomes right: then the matrix turns clockwise into anticlockwise."""
        return float(np.linalg.det(self.matrix)) < 0

    def places(self, places_n2: ArrayLike) -> NDArray[np.float64]:
        """Where places go, (n, 2); NaN for one behind the eye of a perspective, which has no place in the picture."""
        places = np.asarray(places_n2, dtype=np.float64).reshape(-1, 2)
        moved = apply_to_points(self.matrix, places)
        moved[places @ self.matrix[2, :2] + self.matrix[2, 2] <= 0] = np.nan
        return moved


@singledispatch
def move(target: Target, how: Move) -> Target:
    """The target in pixels of the model's picture. A class, tags and numbers are the same wherever the picture goes."""
    raise Bug(f"no move for {type(target).__name__}")


@move.register
def _(target: str, how: Move) -> Target:
    return target


@move.register
def _(target: Tags, how: Move) -> Target:
    return target


@move.register
def _(target: Numbers, how: Move) -> Target:
    return target


@move.register
def _(target: MaskFile, how: Move) -> Target:
    """The file stays what it is: its pixels go through `move_mask`."""
    return target


@move.register
def _(target: Points, how: Move) -> Target:
    """A point that leaves the picture keeps its place outside (see `validity`); one that has none there is absent."""
    moved = [_moved_place(place, how) for place in target.places]
    if how.is_mirror:
        for one, other in how.skeleton.partners:
            moved[one], moved[other] = moved[other], moved[one]
    return Points(tuple(moved))


@move.register
def _(target: Objects, how: Move) -> Target:
    """Boxes around what the things have become, cut at the picture's edges; what is hardly in view any more is gone."""
    moved = (_moved_thing(thing, how) for thing in target.things)
    return Objects(tuple(thing for thing in moved if thing is not None))


def validity(points: Points, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Which points are there and inside a picture of this size, (n,): those that a model can be asked for."""
    return np.array([place is not None and _is_inside(place, size_wh) for place in points.places], dtype=np.bool_)


def move_mask(
    mask_hw: NDArray[np.uint8], matrix: Matrix, size_wh: tuple[int, int], border: Border
) -> NDArray[np.uint8]:
    """A mask's class places where its picture goes: (height, width), none of them blended.

    matrix: from the mask's own pixels. Beyond its edges it is mirrored as the picture is, and UNDECIDED where the
    picture has a border of one colour.
    """
    return warp_image(mask_hw, matrix, size_wh, border=border, interpolation="nearest", outside=UNDECIDED)


def _moved_place(place: Place | None, how: Move) -> Place | None:
    if place is None:
        return None
    x_px, y_px = how.places([place.x_px, place.y_px])[0].tolist()
    return Place(x_px, y_px, place.is_hidden) if np.isfinite([x_px, y_px]).all() else None


def _is_inside(place: Place, size_wh: tuple[int, int]) -> bool:
    return 0 <= place.x_px < size_wh[0] and 0 <= place.y_px < size_wh[1]


def _moved_thing(thing: Thing, how: Move) -> Thing | None:
    rings = [how.places(ring) for ring in thing.outline]
    if not rings:
        box = corners((thing.right_px - thing.left_px, thing.bottom_px - thing.top_px))
        rings = [how.places(box + np.array([thing.left_px, thing.top_px]))]
    if not all(np.isfinite(ring).all() for ring in rings):
        return None
    seen = [cut for ring in rings if len(cut := cut_ring(ring, how.size_wh))]
    if not seen:
        return None
    whole, left = _box_around(rings), _box_around(seen)
    sides = left[2:] - left[:2]
    if sides.min() < LEAST_PX or sides.prod() < LEAST_SHARE * (whole[2:] - whole[:2]).prod():
        return None
    left_px, top_px, right_px, bottom_px = left.tolist()
    outline = tuple(tuple(ring.ravel().tolist()) for ring in seen) if thing.outline else ()
    return replace(thing, left_px=left_px, top_px=top_px, right_px=right_px, bottom_px=bottom_px, outline=outline)


def _box_around(rings: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Left, top, right, bottom."""
    places = np.concatenate(rings)
    return np.concatenate([places.min(axis=0), places.max(axis=0)])


def cut_ring(ring_n2: NDArray[np.float64], size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """The part of a closed ring inside a picture of this size, (n, 2); empty when there is none.

    Source: Sutherland and Hodgman 1974, "Reentrant polygon clipping": one edge of the picture after another.
    """
    for axis, edge_px, sign in ((0, 0, 1), (0, size_wh[0], -1), (1, 0, 1), (1, size_wh[1], -1)):
        if not len(ring_n2):
            break
        inside = sign * (ring_n2[:, axis] - edge_px)  # how far; negative outside
        kept: list[NDArray[np.float64]] = []
        for place in range(len(ring_n2)):
            before, here = inside[place - 1], inside[place]
            if (before < 0) != (here < 0):
                share = before / (before - here)
                kept.append(ring_n2[place - 1] + share * (ring_n2[place] - ring_n2[place - 1]))
            if here >= 0:
                kept.append(ring_n2[place])
        ring_n2 = np.array(kept).reshape(-1, 2)
    return ring_n2
