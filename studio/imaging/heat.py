"""How much each pixel counts, as warm colours over its picture."""

import numpy as np
from numpy.typing import NDArray

# From dark to bright, so that more is more without colours too. The last two are Okabe and Ito's vermillion and yellow.
STOPS: tuple[tuple[int, int, int], ...] = ((60, 10, 110), (213, 94, 0), (240, 228, 66))


def heat_colours() -> NDArray[np.uint8]:
    """The colour of each of the 256 values, (256, 3)."""
    places = np.linspace(0, 255, len(STOPS))
    channels = [np.interp(np.arange(256), places, [stop[channel] for stop in STOPS]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def laid_over(image_hwc: NDArray[np.uint8], heat_hw: NDArray[np.uint8], opacity: float = 0.7) -> NDArray[np.uint8]:
    """The picture, uint8 (height, width, 3), with the heat over it, of the same size: what counts most is covered by
    `opacity`, 0 to 1, what does not count stays as it is."""
    share = (opacity / 255) * heat_hw[..., None].astype(np.float32)
    mixed = image_hwc * (1 - share) + heat_colours()[heat_hw] * share
    return np.asarray(np.rint(mixed), dtype=np.uint8)
