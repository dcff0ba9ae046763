"""Pictures that show nothing."""

from collections.abc import Iterator

import numpy as np

from studio.base.wording import count_words
from studio.work.health.data import Data, Found

# Of 255. JPEG alone makes steps of one or two in a plain area.
_ONE_COLOUR = 2
_NEARLY_BLACK, _NEARLY_WHITE = 15, 245
_HINT = "A lens cap, an empty scan or a broken file: look at them, and leave them out if nothing can be seen."


def find_blank(data: Data) -> Iterator[Found]:
    """Pictures of one colour, and those that are all but black or white to 99 % of their pixels."""
    looks = data.looks[data.seen]
    plain = looks["contrast"] <= _ONE_COLOUR
    eight = ~plain & (looks["depth_bits"] == 8)  # what counts as dark in 16 bits is the camera's secret
    black = eight & (looks["bright"] <= _NEARLY_BLACK)
    white = eight & (looks["dark"] >= _NEARLY_WHITE)
    for chosen, words in ((plain, "all one colour"), (black, "nearly black"), (white, "nearly white")):
        places = data.seen[np.flatnonzero(chosen)]
        if len(places):
            is_or_are = "is" if len(places) == 1 else "are"
            message = f"{count_words(len(places), 'picture')} {is_or_are} {words}."
            pictures = tuple((data.image(place), words) for place in places)
            yield Found("warning", message, _HINT, pictures=pictures)
