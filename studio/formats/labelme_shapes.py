"""The shapes that labelme draws: what each becomes."""

import base64
import binascii
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.base.errors import UserError
from studio.base.targets import Place, Thing
from studio.formats import outlines, values
from studio.formats.values import UnusableError
from studio.imaging.decode import read_image

Corners = list[list[float]]


@dataclass(frozen=True)
class Shape:
    """A shape with its label; a point is a place, everything else a thing."""

    label: str
    group: int | None
    form: Place | Thing


def read_shape(record: Any) -> Shape:
    """One of the `shapes`. Raises UnusableError."""
    if not isinstance(record, dict):
        raise UnusableError("", f"{values.shown(record)} is written where a shape belongs.")
    label = values.text(record.get("label"), "label")
    group = record.get("group_id")
    group = None if group is None else values.whole(group, "group_id")
    written = record.get("points")
    if not isinstance(written, list) or not written:
        raise UnusableError("points", "The shape has no points.")
    corners = [values.numbers(corner, "points", 2) for corner in written]
    kind = record.get("shape_type") or "polygon"  # files of before 2019 know polygons only
    if kind == "point":
        _check_count(corners, 1, "A point")
        return Shape(label, group, Place(corners[0][0], corners[0][1]))
    if kind == "mask":
        return Shape(label, group, _mask(label, corners, record.get("mask")))
    maker = _MAKERS.get(kind) if isinstance(kind, str) else None
    if maker is None:
        raise UnusableError("shape_type", f"Shapes of the kind {values.shown(kind)} are not read.")
    return Shape(label, group, maker(label, corners))


def _polygon(label: str, corners: Corners) -> Thing:
    ring = outlines.ring([value for corner in corners for value in corner], "points")
    return values.thing(label, outlines.box_around([ring]), "points", (ring,))


def _rectangle(label: str, corners: Corners) -> Thing:
    _check_count(corners, 2, "A rectangle")
    return values.thing(label, _extent(corners), "points")


def _circle(label: str, corners: Corners) -> Thing:
    """The first point is the centre, the second lies on the circle."""
    _check_count(corners, 2, "A circle")
    (x, y), radius = corners[0], math.dist(*corners)
    outline = (outlines.circle(x, y, radius),)
    return values.thing(label, (x - radius, y - radius, x + radius, y + radius), "points", outline)


def _line(label: str, corners: Corners) -> Thing:
    """The box around the line, which has no outline."""
    if len(corners) < 2:
        raise UnusableError("points", "A line needs two points.")
    return values.thing(label, _extent(corners), "points")


_MAKERS: dict[str, Callable[[str, Corners], Thing]] = {
    "polygon": _polygon,
    "oriented_rectangle": _polygon,
    "rectangle": _rectangle,
    "circle": _circle,
    "line": _line,
    "linestrip": _line,
}


def _mask(label: str, corners: Corners, written: object) -> Thing:
    """A mask is a PNG in base64 whose top left pixel is the first point's."""
    _check_count(corners, 2, "A mask")
    try:
        content = base64.b64decode(values.text(written, "mask"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableError("mask", "The mask is not written in base64.") from error
    with tempfile.TemporaryDirectory() as folder:  # the one decoder reads files
        path = Path(folder) / "mask.png"
        path.write_bytes(content)
        try:
            image_hwc = read_image(path, mode="native")
        except UserError as error:
            raise UnusableError("mask", "The mask is not a picture that can be read.") from error
    rings = outlines.mask_rings(image_hwc[:, :, 0] > 0, "mask", corners[0][0], corners[0][1])
    if not rings:
        raise UnusableError("mask", "The mask is empty.")
    return values.thing(label, outlines.box_around(rings), "mask", rings)


def _extent(corners: Corners) -> outlines.Box:
    return outlines.box_around([[value for corner in corners for value in corner]])


def _check_count(corners: Corners, count: int, what: str) -> None:
    if len(corners) != count:
        raise UnusableError("points", f"{what} has {count} points, not {len(corners)}.")
