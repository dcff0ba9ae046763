"""Which columns of a table are the x, the y and the visibility of a point, as their names tell or as somebody says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.blocks.labels.point_columns import PointColumns
from studio.work.labelers.bad_setting import BadSetting
from studio.work.labelers.label_rows import LabelRows

# nose_x, nose.x, nose x, noseX, nose_visible; or in front: x_nose, x0, v0.
_BEHIND = re.compile(r"(?P<base>.*?)[_. -]*(?P<part>x|y|v|vis|visible|visibility)", re.IGNORECASE)
_IN_FRONT = re.compile(r"(?P<part>x|y|v|vis|visible|visibility)[_. -]*(?P<base>\d+|(?<=[_. -]).+)", re.IGNORECASE)


@dataclass(frozen=True)
class PointPlaces:
    """Where the columns of one point stand; `seen` is that of its visibility, where there is one."""

    name: str
    x: int
    y: int
    seen: int | None = None


def point_places(block: PointColumns, labels: LabelRows) -> list[PointPlaces]:
    """The points of a table in the order of their columns, or those that the block names.

    Raises BadSetting when there are none, or a column is missing.
    """
    found = {point.name: point for point in pairs_in(labels.columns)}
    if block.points:
        return [_given(text, found, labels) for text in block.points]
    if not found:
        message = f"{labels.file} has no pairs of columns for x and y."
        raise BadSetting(message, "Name them: nose = column of x, column of y.", "points")
    return list(found.values())


def pairs_in(columns: Sequence[str]) -> list[PointPlaces]:
    """The points whose names stand in the columns with an x and a y."""
    bases: dict[str, dict[str, int]] = {}
    for place, column in enumerate(columns):
        for form in (_BEHIND, _IN_FRONT):
            match = form.fullmatch(column)
            if match is not None:
                part = match["part"].lower()[0]
                bases.setdefault(match["base"] or "point", {}).setdefault(part, place)
                break
    return [
        PointPlaces(base, parts["x"], parts["y"], parts.get("v"))
        for base, parts in bases.items()
        if "x" in parts and "y" in parts
    ]


def _given(text: str, found: dict[str, PointPlaces], labels: LabelRows) -> PointPlaces:
    """A point as somebody writes it: `nose = x column, y column[, visibility column]`, or the name of a found one."""
    name, equals, columns = (part.strip() for part in text.partition("="))
    if not equals and name in found:
        return found[name]
    wanted = [column.strip() for column in columns.split(",")]
    if not equals or not name or len(wanted) not in (2, 3):
        known = f" The table has {', '.join(found)}." if found else ""
        raise BadSetting(
            f"'{text}' is no point of {labels.file}.{known}", "Write: nose = column of x, column of y.", "points"
        )
    return PointPlaces(name, *(labels.place_of(column, "points") for column in wanted))
