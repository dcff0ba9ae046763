"""Labels that were made on the picture as it is stored, before its EXIF rotation was applied."""

from collections.abc import Iterator

import numpy as np

from studio.base.targets import MaskFile, Objects, Points, Target
from studio.base.wording import count_words
from studio.work.health.data import Data, Found
from studio.work.survey.records import SEEN

_SLACK_PX = 1.0
_SWAPS_SIDES = 5  # EXIF orientations from here on turn a picture on its side


def find_turned_labels(data: Data) -> Iterator[Found]:
    """Labels that fit only the picture as it is stored; and pictures where nobody can tell, because both would fit."""
    wrong = turned_rows(data)
    if wrong:
        pictures = tuple((data.image(place), wrong[place]) for place in sorted(wrong))
        message = (
            f"The labels of {count_words(len(wrong), 'picture')} fit only what lies in the file, not what is seen: "
            "they were made by a program that ignores the EXIF rotation."
        )
        hint = "Turn these pictures for good (save them upright), or label them again."
        yield Found("warning", message, hint, "labels", pictures=pictures)
    doubtful = [
        place
        for place in data.seen
        if data.looks["orientation"][place] > 1
        and int(place) not in wrong
        and isinstance(data.table.rows[place].target, MaskFile | Points | Objects)
    ]
    if doubtful:
        message = (
            f"{count_words(len(doubtful), 'picture')} with labels {'has' if len(doubtful) == 1 else 'have'} an EXIF "
            "rotation. Labels count in the picture as it is seen; some programs ignore the rotation."
        )
        orientations = data.looks["orientation"]
        pictures = tuple((data.image(place), f"EXIF orientation {orientations[place]}") for place in doubtful)
        yield Found("info", message, "Look at one of them with its labels drawn.", "labels", pictures=pictures)


def turned_rows(data: Data) -> dict[int, str]:
    """The rows whose label fits only the unrotated picture, each with what speaks for it."""
    found: dict[int, str] = {}
    masks = dict(data.masks_of_rows())
    looks = data.looks
    sideways = (looks["state"] == SEEN) & (looks["orientation"] >= _SWAPS_SIDES)
    for place in np.flatnonzero(sideways & (looks["width_px"] != looks["height_px"])):
        width_px, height_px = int(looks["width_px"][place]), int(looks["height_px"][place])
        mask = masks.get(int(place))
        extent = _extent(data.table.rows[place].target)
        seen = f"as it is seen {width_px} x {height_px}"
        if mask is not None and (int(mask["width_px"]), int(mask["height_px"])) == (height_px, width_px):
            found[int(place)] = f"the mask is {height_px} x {width_px}, the picture {seen}"
        elif extent and _fits(extent, (height_px, width_px)) and not _fits(extent, (width_px, height_px)):
            found[int(place)] = f"labels reach to ({extent[0]:g}, {extent[1]:g}), the picture is {seen}"
    return found


def _extent(target: Target | None) -> tuple[float, float] | None:
    """How far to the right and down a label reaches."""
    if isinstance(target, Points):
        ends = [(point.x_px, point.y_px) for point in target.places if point is not None]
    elif isinstance(target, Objects):
        ends = [(thing.right_px, thing.bottom_px) for thing in target.things]
    else:
        return None
    return (max(x for x, _ in ends), max(y for _, y in ends)) if ends else None


def _fits(extent: tuple[float, float], size_wh: tuple[int, int]) -> bool:
    return extent[0] <= size_wh[0] + _SLACK_PX and extent[1] <= size_wh[1] + _SLACK_PX
