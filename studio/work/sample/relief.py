"""A thing as seen from above: how far inside its outline each pixel is, and how high it stands."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
"""(H, W) float32."""

Grow = Callable[[Plane, Plane, np.random.Generator], "Relief"]
"""Gives a thing over local coordinates u, v, in which it fills the circle of radius 1 around 0."""


@dataclass(frozen=True)
class Relief:
    """Planes over the same pixels; lengths are in radii of the thing."""

    inside: Plane
    """Distance to the outline, positive within."""
    height: Plane
    """Above the lowest point of the upper face."""
    thickness: float
    """From the table to the upper face: how much side is seen, and how far the shadow falls."""
    accent: Plane | None = None
    """0..1, where a second material shows."""
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Named points in local coordinates."""
    round_grain: bool = False
    """Turned on a lathe: the grain runs in circles."""


def slope(inside: Plane, width: float, rise: float) -> Plane:
    """Height of an edge that rises over `width` from the outline and is then flat at `rise`."""
    t = np.clip(inside * (1 / width), 0, 1)
    return np.asarray(rise * t * (2 - t), np.float32)


def ring(radius: Plane, inner: float, outer: float) -> Plane:
    """Distance into the band between two circles."""
    return np.asarray(np.minimum(outer - radius, radius - inner), np.float32)


def polygon(u: Plane, v: Plane, sides: int, apothem: float, turn_rad: float = 0.0) -> Plane:
    """Distance into a regular polygon, exact but at its corners (a maximum of half-planes)."""
    angles = turn_rad + 2 * np.pi * np.arange(sides) / sides
    far = np.full_like(u, -9)
    for angle in angles:
        np.maximum(far, u * np.float32(np.cos(angle)) + v * np.float32(np.sin(angle)), out=far)
    return np.asarray(apothem - far, np.float32)


def discs(u: Plane, v: Plane, count: int, at: float, radius: float, turn_rad: float = 0.0) -> Plane:
    """Distance outside `count` equal discs on a circle: positive where no disc is."""
    near = np.full_like(u, 9)
    for angle in turn_rad + 2 * np.pi * np.arange(count) / count:
        near = np.minimum(near, np.hypot(u - np.float32(at * np.cos(angle)), v - np.float32(at * np.sin(angle))))
    return np.asarray(near - radius, np.float32)
