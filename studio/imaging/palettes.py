"""Colours of classes, and whether they can be told apart."""

import functools

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]

# Source: Okabe and Ito 2008, "Color Universal Design". Their eighth, black, is left out: it cannot be seen on the
# dark canvas.
OKABE_ITO: tuple[RGB, ...] = (
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
    (0, 158, 115),  # bluish green
    (240, 228, 66),  # yellow
    (0, 114, 178),  # blue
    (213, 94, 0),  # vermillion
    (204, 121, 167),  # reddish purple
)
COLOUR_COUNT = 256  # after these, colours repeat; a name or number always stands beside them

BLACK: RGB = (0, 0, 0)
WHITE: RGB = (255, 255, 255)

# Linear RGB to the cone responses of OKLab, and their cube roots to OKLab.
# Source: Ottosson 2020, "A perceptual color space for image processing".
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# What linear RGB is to somebody without green cones, about 1 man in 100 (and near to the 5 with weak ones).
# Source: Machado, Oliveira and Fernandes 2009, IEEE TVCG 15(6), deuteranomaly of severity 1.0.
_DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def class_colour(index: int) -> RGB:
    """The colour of the class with this number, always the same."""
    index %= COLOUR_COUNT
    if index < len(OKABE_ITO):
        return OKABE_ITO[index]
    # The first so many do not depend on how many follow; all of them take a quarter of a second.
    return _palette(min(1 << index.bit_length(), COLOUR_COUNT))[index]


def text_colour_on(rgb: RGB) -> RGB:
    """Black or white, whichever reads better on a colour; the contrast is at least 4.5."""
    return max(BLACK, WHITE, key=lambda text: contrast_ratio(text, rgb))


def contrast_ratio(one: RGB, other: RGB) -> float:
    """From 1 (same brightness) to 21 (black and white). Source: WCAG 2.2, definition of contrast ratio."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def relative_luminance(rgb: RGB) -> float:
    """Brightness from 0 (black) to 1 (white). Source: WCAG 2.2, definition of relative luminance."""
    return float(_linear(np.array(rgb)) @ _LUMINANCE)


def colour_distance(one: RGB, other: RGB) -> float:
    """How far apart two colours look (OKLab), to full colour vision or without green cones, whichever is less."""
    return float(_distance(np.array([one]), np.array([other]))[0])


@functools.cache
def _palette(count: int) -> tuple[RGB, ...]:
    """Okabe-Ito, then one after another the candidate that is farthest from all colours before it.

    Candidates are no darker, lighter or greyer than Okabe-Ito.
    """
    chosen = np.array(OKABE_ITO)
    steps = np.arange(0, 256, 15)
    candidates = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    light, allowed_light = _linear(candidates) @ _LUMINANCE, _linear(chosen) @ _LUMINANCE
    fits = (light >= allowed_light.min()) & (light <= allowed_light.max())
    fits &= _chroma(candidates) >= _chroma(chosen).min()
    candidates = candidates[fits]
    nearest = np.min([_distance(candidates, colour[None]) for colour in chosen], axis=0)
    palette = list(OKABE_ITO)
    while len(palette) < count:
        best = candidates[int(nearest.argmax())]
        palette.append((int(best[0]), int(best[1]), int(best[2])))
        nearest = np.minimum(nearest, _distance(candidates, best[None]))
    return tuple(palette)


def _distance(ones: NDArray[np.int_], others: NDArray[np.int_]) -> NDArray[np.float64]:
    seen = np.linalg.norm(_oklab(_linear(ones)) - _oklab(_linear(others)), axis=-1)
    without_green = _oklab(_deuteranope(ones)) - _oklab(_deuteranope(others))
    return np.asarray(np.minimum(seen, np.linalg.norm(without_green, axis=-1)))


def _chroma(colours: NDArray[np.int_]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(_oklab(_linear(colours))[..., 1:], axis=-1))


def _linear(colours: NDArray[np.int_]) -> NDArray[np.float64]:
    """sRGB 0..255 to light 0..1. Source: IEC 61966-2-1."""
    c = np.asarray(colours / 255, dtype=np.float64)
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def _deuteranope(colours: NDArray[np.int_]) -> NDArray[np.float64]:
    return np.asarray(np.clip(_linear(colours) @ _DEUTERANOPIA.T, 0, 1))


def _oklab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.cbrt(linear @ _CONES.T) @ _OKLAB.T)
