"""Mean and deviation of a run's own pictures, for models that start from nothing."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_PICTURES = 2000  # evenly over all: more would not change the third digit
_LEAST_STD = 1 / 255  # pictures of one brightness: dividing by less would only enlarge noise

ChannelNumbers = tuple[float, ...]


def own_statistics(
    read: Callable[[str], NDArray[np.uint8]], images: Sequence[str]
) -> tuple[ChannelNumbers, ChannelNumbers]:
    """The mean and the standard deviation of each channel over all pixels, in 0..1, each picture counting the same.

    Raises UserError as `read` does.
    """
    places = np.linspace(0, len(images) - 1, min(MOST_PICTURES, len(images))).round().astype(int)
    means, squares = [], []
    for place in places:
        pixels = read(images[place]).reshape(-1, 3) / 255
        means.append(pixels.mean(axis=0))
        squares.append((pixels**2).mean(axis=0))
    mean = np.mean(means, axis=0)
    std = np.sqrt(np.maximum(np.mean(squares, axis=0) - mean**2, _LEAST_STD**2))
    return tuple(mean.tolist()), tuple(std.tolist())
