"""Points outside their picture."""

import math
from collections.abc import Iterator

from studio.base.targets import Points
from studio.base.wording import count_words
from studio.work.health.data import Data, Found
from studio.work.health.turned import turned_rows
from studio.work.survey.records import SEEN

_ROUNDED_PX = 1.0  # tools round, and some count pixels from 1


def find_points_outside(data: Data) -> Iterator[Found]:
    """One finding with every point that lies outside, or nowhere."""
    turned = turned_rows(data)
    names = data.table.skeleton.names if data.table.skeleton else ()
    outside: list[tuple[str, str]] = []
    for place, row in enumerate(data.table.rows):
        look = data.looks[place]
        if not isinstance(row.target, Points) or look["state"] != SEEN or place in turned:
            continue
        width_px, height_px = int(look["width_px"]), int(look["height_px"])
        for number, point in enumerate(row.target.places):
            if point is not None and not is_inside(point.x_px, point.y_px, (width_px, height_px)):
                name = f"'{names[number]}'" if number < len(names) else f"point {number + 1}"
                words = f"{name} at ({point.x_px:g}, {point.y_px:g}), the picture is {width_px} x {height_px}"
                outside.append((row.image, words))
    if outside:
        verb = "lies" if len(outside) == 1 else "lie"
        message = f"{count_words(len(outside), 'point')} {verb} outside the picture: {outside[0][0]}, {outside[0][1]}."
        hint = "Correct them; a point that cannot be seen is better left without a place."
        yield Found("warning", message, hint, "labels", pictures=tuple(outside))


def is_inside(x_px: float, y_px: float, size_wh: tuple[int, int], slack_px: float = _ROUNDED_PX) -> bool:
    """Whether a place lies in a picture; a place that is not a number lies nowhere."""
    return (
        math.isfinite(x_px)
        and math.isfinite(y_px)
        and -slack_px <= x_px <= size_wh[0] + slack_px
        and -slack_px <= y_px <= size_wh[1] + slack_px
    )
