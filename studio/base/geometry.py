"""Places in a picture, and the 3x3 matrices that move them.

Coordinates are pixels: x to the right, y down, the picture covers 0..width and 0..height, and the centre of the
first pixel is (0.5, 0.5). A matrix takes a place in the source to its place in the target (columns: x, y, 1), so
`compose(a, b)` does a first. Every matrix is float64 of shape (3, 3).
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
SizeWH = tuple[float, float]
PointXY = tuple[float, float]
FitMethod = Literal["squish", "crop", "pad"]

DIHEDRAL_COUNT = 8


def identity() -> Matrix:
    """The matrix that leaves everything where it is."""
    return np.eye(3)


def translate(dx_px: float, dy_px: float) -> Matrix:
    """A shift to the right and down."""
    return _matrix([1, 0, dx_px], [0, 1, dy_px])


def scale(factor_x: float, factor_y: float | None = None, *, about: PointXY = (0, 0)) -> Matrix:
    """A magnification that leaves `about` in place; one factor scales both directions."""
    factor_y = factor_x if factor_y is None else factor_y
    x, y = about
    return _matrix([factor_x, 0, x - factor_x * x], [0, factor_y, y - factor_y * y])


def rotate(degrees: float, *, about: PointXY) -> Matrix:
    """A turn about a place, clockwise on the screen when positive (y points down). Rigid for any picture shape."""
    angle = np.deg2rad(degrees)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    x, y = about
    return _matrix([cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y])


def zoom(factor: float, size_wh: SizeWH, *, focus: PointXY = (0.5, 0.5)) -> Matrix:
    """A magnification that holds `focus` still, given as shares of width and height."""
    return scale(factor, about=(focus[0] * size_wh[0], focus[1] * size_wh[1]))


def flip_horizontal(width_px: float) -> Matrix:
    """Left and right change sides."""
    return _matrix([-1, 0, width_px], [0, 1, 0])


def flip_vertical(height_px: float) -> Matrix:
    """Top and bottom change sides."""
    return _matrix([1, 0, 0], [0, -1, height_px])


def dihedral(k: int, size_wh: SizeWH) -> Matrix:
    """One of the eight ways to lay down a picture; 0 changes nothing.

    Bit 2 of k swaps rows and columns (the size becomes `dihedral_size`), then bit 0 flips left-right and
    bit 1 flips top-bottom.
    """
    width_px, height_px = dihedral_size(k, size_wh)
    matrix = _matrix([0, 1, 0], [1, 0, 0]) if k & 4 else identity()
    if k & 1:
        matrix = flip_horizontal(width_px) @ matrix
    if k & 2:
        matrix = flip_vertical(height_px) @ matrix
    return matrix


def dihedral_size(k: int, size_wh: SizeWH) -> SizeWH:
    """Width and height after `dihedral(k)`."""
    if not 0 <= k < DIHEDRAL_COUNT:
        raise ValueError(f"k is 0 to {DIHEDRAL_COUNT - 1}, not {k}")
    return (size_wh[1], size_wh[0]) if k & 4 else size_wh


def symmetric_warp(size_wh: SizeWH, *, top: float = 0, bottom: float = 0, left: float = 0, right: float = 0) -> Matrix:
    """A change of viewpoint in which each edge of the picture shows more (positive) or less of the source.

    A share s of an edge moves both its ends outwards by s times half the edge: the top and bottom edge along x,
    the left and right one along y. Shares lie between -1 and 1.
    Source: fastai v1 `symmetric_warp`, where m1..m4 are right, left, bottom, top.
    """
    width_px, height_px = size_wh
    tx, bx, ly, ry = top * width_px / 2, bottom * width_px / 2, left * height_px / 2, right * height_px / 2
    seen = (-tx, -ly), (width_px + tx, -ry), (width_px + bx, height_px + ry), (-bx, height_px + ly)
    matrix = compose(invert(_from_unit_square(seen)), scale(width_px, height_px))
    return np.asarray(matrix / matrix[2, 2], dtype=np.float64)


def corner_warp(size_wh: SizeWH, displacements_42: ArrayLike) -> Matrix:
    """The perspective that moves the corners (top left, then clockwise) by these many pixels."""
    displacements = np.asarray(displacements_42, dtype=np.float64)
    return homography_between(corners(size_wh), corners(size_wh) + displacements)


def homography_between(source_42: ArrayLike, target_42: ArrayLike) -> Matrix:
    """The one perspective that takes four places to four others.

    Raises ValueError when three of the places lie on a line.
    Source: Hartley and Zisserman, Multiple View Geometry, 2nd edition, section 4.1, with the last entry set to 1.
    """
    source, target = np.asarray(source_42, dtype=np.float64), np.asarray(target_42, dtype=np.float64)
    rows, sides = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        sides += [u, v]
    try:
        entries = np.linalg.solve(np.array(rows), np.array(sides))
    except np.linalg.LinAlgError as error:
        raise ValueError("three of the four places lie on one line") from error
    return np.append(entries, 1.0).reshape(3, 3)


def fit(source_wh: SizeWH, target_wh: SizeWH, method: FitMethod, *, anchor: PointXY = (0.5, 0.5)) -> Matrix:
    """The resize that brings a picture to a size.

    "squish" ignores the shape, "crop" fills the target and loses what is over, "pad" shows everything and leaves
    room. `anchor` says, as shares, which part of the excess or room lies before the picture: 0.5 centres.
    """
    ratio_x, ratio_y = target_wh[0] / source_wh[0], target_wh[1] / source_wh[1]
    if method == "squish":
        return scale(ratio_x, ratio_y)
    factor = max(ratio_x, ratio_y) if method == "crop" else min(ratio_x, ratio_y)
    room_x, room_y = target_wh[0] - factor * source_wh[0], target_wh[1] - factor * source_wh[1]
    return translate(anchor[0] * room_x, anchor[1] * room_y) @ scale(factor)


def compose(*matrices: Matrix) -> Matrix:
    """One matrix that does all of them, the first one first."""
    together = matrices[0] if matrices else identity()
    for matrix in matrices[1:]:
        together = matrix @ together
    return together


def invert(matrix: Matrix) -> Matrix:
    """The matrix that undoes this one. Raises numpy.linalg.LinAlgError where it flattens the picture."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def apply_to_points(matrix: Matrix, points_n2: ArrayLike) -> NDArray[np.float64]:
    """Where places go, (n, 2) float64. One on the horizon of a perspective becomes infinite or NaN."""
    points = np.asarray(points_n2, dtype=np.float64).reshape(-1, 2)
    moved = points @ matrix[:, :2].T + matrix[:, 2]  # (n, 3)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(moved[:, :2] / moved[:, 2:], dtype=np.float64)


def corners(size_wh: SizeWH) -> NDArray[np.float64]:
    """The outer corners of a picture, (4, 2): top left, then clockwise."""
    width_px, height_px = size_wh
    return np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], dtype=np.float64)


def _from_unit_square(corners_42: tuple[PointXY, PointXY, PointXY, PointXY]) -> Matrix:
    """The one perspective that takes the unit square's corners (top left, then clockwise) to these.

    The same as `homography_between`, five times as fast: training draws one for each picture.
    Source: Heckbert 1989, Fundamentals of Texture Mapping and Image Warping, section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners_42
    sum_x, sum_y = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    right_x, right_y, left_x, left_y = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    area = right_x * left_y - left_x * right_y
    g, h = (sum_x * left_y - left_x * sum_y) / area, (right_x * sum_y - sum_x * right_y) / area
    return np.array(
        [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1]],
        dtype=np.float64,
    )


def _matrix(first: Sequence[float], second: Sequence[float]) -> Matrix:
    return np.array([first, second, [0, 0, 1]], dtype=np.float64)
