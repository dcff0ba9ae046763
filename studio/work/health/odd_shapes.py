"""Pictures of very different size, and extreme shapes."""

from collections.abc import Iterator

import numpy as np

from studio.base.wording import count_words, number_words
from studio.blocks.transforms.resize import Resize
from studio.work.health.data import Data, Found

_OTHER_SIZE = 4.0  # times the usual length of a side
_EXTREME = 2.5  # times the usual ratio of the longer to the shorter side
_LEAST_RATIO = 3.0


def find_odd_shapes(data: Data) -> Iterator[Found]:
    """What is much larger or smaller than usual, and what is much longer than wide."""
    looks = data.looks[data.seen]
    if not len(looks):
        return
    sides_px = np.sqrt(looks["width_px"].astype(float) * looks["height_px"])
    usual_px = float(np.median(sides_px))
    far = np.flatnonzero((sides_px > _OTHER_SIZE * usual_px) | (sides_px < usual_px / _OTHER_SIZE))
    if len(far):
        count = count_words(len(far), "picture")
        message = f"{count} of very different size: most are about {usual_px:.0f} px wide and high."
        hint = "What the model looks for is then of very different size too; look whether they belong here."
        yield Found("info", message, hint, pictures=_named(data, far))
    ratios = np.maximum(looks["width_px"], looks["height_px"]) / np.minimum(looks["width_px"], looks["height_px"])
    long = np.flatnonzero(ratios >= max(_LEAST_RATIO, _EXTREME * float(np.median(ratios))))
    if len(long):
        resize = next(item for item in data.recipe.transforms if isinstance(item, Resize))
        lost = {
            "crop": "cutting them to a square loses most of them",
            "squish": "squeezed to a square they change shape",
        }
        what = lost.get(resize.method, "in a square they become a narrow stripe")
        message = (
            f"{count_words(len(long), 'picture')} of extreme shape, up to {number_words(float(ratios.max()), 2)} times "
            f"as long as wide: {what}."
        )
        hint = "Cut them into pieces before, or choose another way to resize."
        yield Found("info", message, hint, "transforms", "method", pictures=_named(data, long))


def _named(data: Data, chosen: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> tuple[tuple[str, str], ...]:
    places = data.seen[chosen]
    sizes = data.looks[["width_px", "height_px"]]
    return tuple((data.image(place), f"{sizes[place][0]} x {sizes[place][1]} px") for place in places)
