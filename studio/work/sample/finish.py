"""Finishes: what a thing is made of, and how it answers the light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.grain import clouds, speckle
from studio.work.sample.light import Light
from studio.work.sample.relief import Plane, Relief

STEEPEST = 1.3
"""Walls are seen from above at their edge only; a steeper slope than this would draw them black all round."""


@dataclass(frozen=True)
class Finish:
    """Colours are RGB, 0..1; the other figures are 0..1 too."""

    colour: tuple[float, float, float]
    spread: float = 0.05
    """How much the colour differs from one thing to the next."""
    metal: float = 1.0
    gloss: float = 0.6
    grain: float = 0.06
    """How strongly it is brushed or turned."""
    blotch: float = 0.04
    """Uneven tone: stains, oil, wear."""
    shimmer: float = 0.0
    """Rainbow of a passivated coat."""


FINISHES: dict[str, Finish] = {
    "zinc": Finish((0.74, 0.77, 0.82), 0.05, 1.0, 0.8, 0.05, 0.06),
    "steel": Finish((0.60, 0.60, 0.60), 0.07, 1.0, 0.6, 0.10, 0.07),
    "yellow_zinc": Finish((0.78, 0.66, 0.36), 0.06, 1.0, 0.7, 0.05, 0.06, 0.16),
    "brass": Finish((0.82, 0.66, 0.32), 0.05, 1.0, 0.75, 0.07, 0.05),
    "copper": Finish((0.78, 0.47, 0.33), 0.05, 1.0, 0.65, 0.07, 0.08),
    "black": Finish((0.19, 0.19, 0.205), 0.03, 0.75, 0.75, 0.05, 0.04),
    "rust": Finish((0.46, 0.29, 0.19), 0.06, 0.2, 0.15, 0.10, 0.22),
    "white_nylon": Finish((0.88, 0.87, 0.83), 0.03, 0.0, 0.3, 0.01, 0.02),
    "red_nylon": Finish((0.70, 0.17, 0.13), 0.08, 0.0, 0.35, 0.01, 0.02),
    "blue_nylon": Finish((0.16, 0.33, 0.66), 0.08, 0.0, 0.35, 0.01, 0.02),
}


def shade(
    relief: Relief,
    u: Plane,
    v: Plane,
    radius_px: float,
    lean: tuple[float, float],
    finish: Finish,
    light: Light,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """The upper face in colour: (H, W, 3) float32, 0 to about 1.3.

    lean: how far the face is tipped from the table, as the x and y part of its normal.
    """
    cv2 = opencv()
    shape = relief.height.shape
    rough = lathe_lines(np.hypot(u, v), rng) if relief.round_grain else clouds(rng, shape, (1, rng.uniform(8, 24)))
    blotches = clouds(rng, shape, (shape[0] / 5, shape[1] / 5))
    # Slopes are those of the height in pixels over pixels; the last term spreads the light over flat faces, as a
    # lamp that stands near does.
    x = cv2.Sobel(relief.height, cv2.CV_32F, 1, 0, scale=-radius_px / 8)
    y = cv2.Sobel(relief.height, cv2.CV_32F, 0, 1, scale=-radius_px / 8)
    steep = 1 / np.maximum(np.sqrt(x * x + y * y) * (1 / STEEPEST), 1)
    x = x * steep + (lean[0] + 0.10 * u + finish.grain * 0.5 * rough)
    y = y * steep + (lean[1] + 0.10 * v + finish.blotch * 0.5 * blotches)
    glow, glint = light.on(x, y, finish.metal, finish.gloss)
    colour = np.asarray(finish.colour, np.float32)
    colour = np.clip(
        colour * (1 + finish.spread * rng.standard_normal()) + finish.spread * 0.4 * rng.standard_normal(3), 0.03, 0.95
    )
    tone = glow * (1 + finish.grain * rough + finish.blotch * blotches)
    edge = np.clip(relief.inside * (radius_px / 4), 0, 1)
    tone *= 0.86 + 0.14 * edge  # edges gather dirt and see less of the room
    face = tone[..., None] * colour.astype(np.float32)
    if relief.accent is not None:
        nylon = FINISHES["blue_nylon" if rng.random() < 0.6 else "white_nylon"]
        plain, _ = light.on(x, y, 0.0, 0.3)
        face += relief.accent[..., None] * (plain[..., None] * np.asarray(nylon.colour, np.float32) - face)
    if finish.shimmer:
        hue = 3.0 * blotches + 2 * x
        for channel, phase in enumerate((0.0, 2.1, 4.2)):
            face[..., channel] *= 1 + finish.shimmer * np.sin(hue + phase)
    if finish.blotch > 0.15:
        pits = speckle(rng, shape, (1.2, 1.2))
        face *= (1 + 0.35 * np.clip(pits, -1, 1))[..., None]
    face += glint[..., None]
    return np.asarray(face, np.float32)


def lathe_lines(radius: Plane, rng: np.random.Generator) -> Plane:
    """Fine circles around the middle."""
    lines = rng.standard_normal(256).astype(np.float32)
    lines = np.convolve(lines, [0.25, 0.5, 0.25], "same").astype(np.float32)
    return lines[np.minimum((radius * 160).astype(np.int32), 255)]
