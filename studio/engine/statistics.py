"""Mean and deviation of each channel: a run's own, or those of colours for other channels. No torch here."""

from collections.abc import Callable, Sequence

import numpy as np

from studio.imaging.pixels import ImageHWC

MOST_PICTURES = 2000  # evenly over all: more would not change the third digit

ChannelNumbers = tuple[float, ...]


def own_statistics(read: Callable[[str], ImageHWC], images: Sequence[str]) -> tuple[ChannelNumbers, ChannelNumbers]:
    """The mean and the standard deviation of each channel over all pixels, in 0..1, each picture counting the same.

    Raises UserError as `read` does.
    """
    places = np.linspace(0, len(images) - 1, min(MOST_PICTURES, len(images))).round().astype(int)
    means, squares, largest = [], [], 255
    for place in places:
        image_hwc = read(images[place])
        largest = np.iinfo(image_hwc.dtype).max
        pixels = image_hwc.reshape(-1, image_hwc.shape[2]) / largest
        means.append(pixels.mean(axis=0))
        squares.append((pixels**2).mean(axis=0))
    mean = np.mean(means, axis=0)
    # A channel of one brightness counts as if it differed by one step: dividing by less would only enlarge noise.
    std = np.sqrt(np.maximum(np.mean(squares, axis=0) - mean**2, (1 / largest) ** 2))
    return tuple(mean.tolist()), tuple(std.tolist())


def adapted_statistics(numbers: Sequence[float], channels: int) -> ChannelNumbers:
    """Means or deviations of red, green and blue, for so many channels: as the kernels are, one channel and further
    ones get the mean of the three. What is given for as many channels already stays."""
    if len(numbers) == channels:
        return tuple(numbers)
    middle = sum(numbers) / len(numbers)
    if channels == 1:
        return (middle,)
    return (*numbers[:channels], *(middle for _ in range(channels - len(numbers))))
