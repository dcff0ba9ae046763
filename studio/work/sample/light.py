"""The lamp over the bench: where it stands, its colour, and what it does to a tipped surface."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.work.sample.relief import Plane


@dataclass(frozen=True)
class Light:
    """A lamp and the room around it."""

    toward: tuple[float, float, float]
    """Unit vector from the table to the lamp; x right, y down, z up."""
    tint: tuple[float, float, float]
    exposure: float
    softness: float
    """0 a bare bulb, 1 an overcast sky: widens glints and shadows."""
    falloff: float
    """How much darker the far side of the picture is."""

    def on(self, x: Plane, y: Plane, metal: float, gloss: float) -> tuple[Plane, Plane]:
        """Light that a surface with normal (x, y, 1) sends up, to be multiplied by its colour; its glint, to be added.

        Metal mirrors a simple room: a bright lamp with a wide halo, a window opposite, a dark table. The rest is
        Lambert's cosine law. Glints fall off exponentially with the angle to the mirrored lamp.
        """
        lx, ly, lz = self.toward
        z = 1 / np.sqrt(x * x + y * y + 1)
        nx, ny = x * z, y * z
        matt = np.clip(nx * lx + ny * ly + z * lz, 0, 1) * 0.75 + 0.30
        mirror = 2 * z
        rx, ry, rz = mirror * nx, mirror * ny, mirror * z - 1
        lamp = rx * lx + ry * ly + rz * lz
        window = np.clip(-0.8 * rx * lx - 0.8 * ry * ly + 0.45 * rz, 0, 1)
        width = 0.05 + 0.22 * self.softness
        halo = np.exp((lamp - 1) * (1 / width))
        room = 0.34 + 0.30 * np.clip(0.5 + 0.5 * lamp, 0, 1) ** 2 + 0.62 * np.exp((lamp - 1) * 2.2) + 0.30 * window
        room *= np.clip(0.68 + 0.4 * rz, 0.45, 1)
        glow = matt + metal * (room + 0.5 * halo * gloss - matt)
        glow = 1.5 * (1 - np.exp(glow * (-1 / 1.35)))  # film: highlights are compressed, not cut off
        glint = halo * (gloss * (0.16 + 0.30 * (1 - self.softness)))
        return np.asarray(glow, np.float32), np.asarray(glint, np.float32)


def draw_light(rng: np.random.Generator) -> Light:
    """A lamp somewhere above the bench, warm or cold."""
    angle = rng.uniform(0, 2 * np.pi)
    rise = rng.uniform(0.75, 1.25)  # radians above the table
    toward = (float(np.cos(angle) * np.cos(rise)), float(np.sin(angle) * np.cos(rise)), float(np.sin(rise)))
    warmth = float(np.clip(rng.normal(0, 0.06), -0.13, 0.13))
    return Light(
        toward,
        (1 + warmth, 1 + 0.1 * warmth, 1 - warmth),
        rng.uniform(0.9, 1.2),
        rng.uniform(0.15, 1),
        rng.uniform(0, 0.3),
    )


def illuminate(image_hwc: NDArray[np.float32], light: Light, rng: np.random.Generator) -> None:
    """Tint, expose and shade off the whole picture, in place: brighter toward the lamp, darker in the corners."""
    height, width = image_hwc.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    gain = 1 + light.falloff * 0.7 * (x * light.toward[0] + y * light.toward[1])
    gain -= rng.uniform(0, 0.12) * (x * x + y * y)
    image_hwc *= (gain * light.exposure)[..., None] * np.asarray(light.tint, np.float32)
