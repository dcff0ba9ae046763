"""A point given in space, brought into the picture by the camera's matrix."""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.base.errors import UserError
from studio.base.number_text import read_number
from studio.base.targets import Place, Points, Skeleton
from studio.blocks.labels.projected_points import ProjectedPoints
from studio.blocks.path_template import compile_template
from studio.blocks.table import DataTable, Finding, Row
from studio.formats.text_file import read_text
from studio.work.build import Surroundings, build
from studio.work.labelers.giving import clear, give, with_class_findings
from studio.work.labelers.problems import Problems
from studio.work.labelers.template_files import read_beside

_LARGEST_BYTES = 1 << 16
_ROTATION_NUMBERS = 9  # a pose file begins with them
_HINT = "Check the rule for the pose file's name."


@build.register
def _projected_points(block: ProjectedPoints, table: DataTable, around: Surroundings) -> list[Finding]:
    clear(table)
    problems = Problems()
    calibration_of = compile_template(block.calibration)
    camera = functools.cache(lambda path: read_camera(Path(table.root) / path))

    def take(row: Row, centre_mm: NDArray[np.float64]) -> None:
        try:
            x_px, y_px = project(centre_mm, camera(calibration_of(row.image) or ""))
        except UserError as error:
            problems.add(row, f"{row.image}: {error.message.removesuffix('.')}")
        else:
            give(row, Points((Place(x_px, y_px),)), "file")

    told = read_beside(block.template, table, around, read_centre, take, problems)
    table.skeleton = Skeleton((block.point_name,))
    return with_class_findings(told + problems.settle(table, block.skip_bad), table, "template", _HINT)


def project(place_mm: ArrayLike, camera_33: NDArray[np.float64]) -> tuple[float, float]:
    """Where a place in front of the camera is seen: x and y in pixels. Raises UserError for one behind it.

    The pinhole camera: (x, y, 1) = K (X, Y, Z) / Z.
    Source: Hartley and Zisserman, Multiple View Geometry, 2nd edition, section 6.1.
    """
    seen = camera_33 @ np.asarray(place_mm, dtype=np.float64)
    if seen[2] <= 0:
        raise UserError("the point lies behind the camera.")
    return float(seen[0] / seen[2]), float(seen[1] / seen[2])


def read_centre(path: Path) -> NDArray[np.float64]:
    """The place in a pose file, (3,) in millimetres: what follows three lines of a rotation. Raises UserError."""
    numbers = _numbers(path, _ROTATION_NUMBERS + 3)
    return numbers[_ROTATION_NUMBERS:]


def read_camera(path: Path) -> NDArray[np.float64]:
    """The camera's matrix, (3, 3), with which a calibration file begins. Raises UserError where that is none."""
    camera_33 = _numbers(path, 9).reshape(3, 3)
    if not np.array_equal(camera_33[2], [0, 0, 1]) or camera_33[0, 0] <= 0 or camera_33[1, 1] <= 0:
        raise UserError(f"{path.name} does not begin with a camera's matrix: its third line must be 0 0 1.")
    return camera_33


def _numbers(path: Path, count: int) -> NDArray[np.float64]:
    """The first numbers of a text file."""
    found: list[float] = []
    for number, line in enumerate(read_text(path, _LARGEST_BYTES).split("\n"), 1):
        for text in line.split():
            value = read_number(text)
            if value is None:
                raise UserError(f"{path.name}, line {number}: '{text}' is not a number.")
            found.append(value)
            if len(found) == count:
                return np.array(found)
    raise UserError(f"{path.name} has {len(found)} numbers; at least {count} are needed.")
