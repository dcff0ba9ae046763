"""Boxes that cannot be right: without area, outside the picture, or larger than it."""

import math
from collections.abc import Iterator

from studio.base.targets import Objects, Thing
from studio.base.wording import count_words
from studio.work.health.data import Data, Found
from studio.work.health.turned import turned_rows
from studio.work.survey.records import SEEN

_ROUNDED_PX = 1.0  # tools round, and some count pixels from 1


def find_wrong_boxes(data: Data) -> Iterator[Found]:
    """Boxes that nothing can be learned from, and those that reach over the edge."""
    turned = turned_rows(data)
    wrong: list[tuple[str, str]] = []
    over: list[tuple[str, str]] = []
    for place, row in enumerate(data.table.rows):
        if isinstance(row.target, Objects) and place not in turned:
            look = data.looks[place]
            size_wh = (int(look["width_px"]), int(look["height_px"])) if look["state"] == SEEN else None
            for thing in row.target.things:
                what = wrong_with_box(thing, size_wh)
                if what:
                    wrong.append((row.image, f"'{thing.class_name}': {what}"))
                elif size_wh and _reaches_over(thing, size_wh):
                    over.append((row.image, f"'{thing.class_name}': {_corners(thing)}"))
    if wrong:
        message = f"{count_words(len(wrong), 'box')} cannot be right: {wrong[0][0]}, {wrong[0][1]}."
        yield Found(
            "warning", message, "Correct the annotations, or remove these boxes.", "labels", pictures=tuple(wrong)
        )
    if over:
        verb = "reaches" if len(over) == 1 else "reach"
        message = f"{count_words(len(over), 'box')} {verb} over the edge of the picture."
        yield Found("info", message, "Only the part inside the picture counts.", "labels", pictures=tuple(over))


def wrong_with_box(thing: Thing, size_wh: tuple[int, int] | None) -> str:
    """Why nothing can be learned from a box; "" where it may be right. size_wh: None where the size is not known."""
    sides = (thing.left_px, thing.top_px, thing.right_px, thing.bottom_px)
    if not all(map(math.isfinite, sides)):
        return "a side is not a number"
    if thing.right_px <= thing.left_px or thing.bottom_px <= thing.top_px:
        return f"no area, {_corners(thing)}"
    if size_wh is None:
        return ""
    width_px, height_px = size_wh
    if thing.right_px <= 0 or thing.bottom_px <= 0 or thing.left_px >= width_px or thing.top_px >= height_px:
        return f"outside the picture of {width_px} x {height_px}, {_corners(thing)}"
    slack_px = 2 * _ROUNDED_PX
    if thing.right_px - thing.left_px > width_px + slack_px or thing.bottom_px - thing.top_px > height_px + slack_px:
        return f"larger than the picture of {width_px} x {height_px}, {_corners(thing)}"
    return ""


def _reaches_over(thing: Thing, size_wh: tuple[int, int]) -> bool:
    return (
        min(thing.left_px, thing.top_px) < -_ROUNDED_PX
        or thing.right_px > size_wh[0] + _ROUNDED_PX
        or thing.bottom_px > size_wh[1] + _ROUNDED_PX
    )


def _corners(thing: Thing) -> str:
    return f"from ({thing.left_px:g}, {thing.top_px:g}) to ({thing.right_px:g}, {thing.bottom_px:g})"
