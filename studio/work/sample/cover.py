"""What may lie over a thing: a strip of tape, a cable, the corner of a sheet of paper."""

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.grain import speckle
from studio.work.sample.relief import Plane

Colour = tuple[float, float, float]
TAPES: list[Colour] = [
    (0.85, 0.76, 0.55),
    (0.20, 0.42, 0.70),
    (0.80, 0.80, 0.78),
    (0.16, 0.16, 0.17),
    (0.85, 0.70, 0.15),
]
CABLES: list[Colour] = [
    (0.12, 0.12, 0.13),
    (0.62, 0.12, 0.10),
    (0.15, 0.30, 0.58),
    (0.80, 0.80, 0.78),
    (0.75, 0.55, 0.10),
]

Layer = tuple[NDArray[np.float32], Plane, float]
"""Colour (H, W, 3), cover 0..1 (H, W), and how high it stands, in px: how far its shadow falls."""


def _filled(side: int, corners: NDArray[np.floating]) -> NDArray[np.uint8]:
    cv2 = opencv()
    plane = np.zeros((side, side), np.uint8)
    cv2.fillPoly(plane, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return plane


def tape(rng: np.random.Generator, side: int, at: NDArray[np.floating], reach_px: float) -> Layer:
    """A strip with torn ends, half seen through, across the point `at`."""
    angle = rng.uniform(0, 2 * np.pi)
    across = np.array([-np.sin(angle), np.cos(angle)])
    along = np.array([np.cos(angle), np.sin(angle)])
    half = reach_px * rng.uniform(0.16, 0.30)
    length = reach_px * rng.uniform(0.9, 1.8)
    teeth = np.linspace(-1, 1, 11)
    jag = 0.06 * reach_px
    end = [along * (length + jag * (i % 2) * rng.uniform(0.3, 1)) + across * half * t for i, t in enumerate(teeth)]
    start = [
        along * (-length - jag * (i % 2) * rng.uniform(0.3, 1)) + across * half * t for i, t in enumerate(teeth[::-1])
    ]
    cover = _filled(side, at + np.array(end + start)).astype(np.float32) / 255
    creases = speckle(rng, (side, side), (1.5, 1.5))
    colour = np.asarray(TAPES[int(rng.integers(len(TAPES)))], np.float32) * (1 + 0.05 * creases[..., None])
    return colour.astype(np.float32), (cover * rng.uniform(0.82, 1.0)).astype(np.float32), side * 0.004


def cable(rng: np.random.Generator, side: int, at: NDArray[np.floating], reach_px: float) -> Layer:
    """A round cable on a bow from edge to edge through the point `at`."""
    cv2 = opencv()
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    bend = np.array([-along[1], along[0]]) * side * rng.uniform(-0.35, 0.35)
    t = np.linspace(-1.6, 1.6, 40)[:, None]
    path = at + along * side * t + bend * t * t
    half = max(1.2, reach_px * rng.uniform(0.07, 0.15))
    line = np.full((side, side), 255, np.uint8)
    cv2.polylines(line, [np.round(path * 16).astype(np.int32)], False, 0, 1, cv2.LINE_8, 4)
    far = cv2.distanceTransform(line, cv2.DIST_L2, 5)
    cover = np.clip(half + 0.5 - far, 0, 1)
    round_ = np.sqrt(np.clip(1 - (far / (half + 0.5)) ** 2, 0, 1))
    tone = 0.45 + 0.6 * round_ + 0.25 * np.exp(-((far / (0.35 * half)) ** 2))
    colour = np.asarray(CABLES[int(rng.integers(len(CABLES)))], np.float32) * tone[..., None]
    return colour.astype(np.float32), cover.astype(np.float32), float(half)


def sheet(rng: np.random.Generator, side: int, at: NDArray[np.floating], reach_px: float) -> Layer:
    """The corner of a printed sheet, its edge just over the point `at`."""
    angle = rng.uniform(0, 2 * np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    corner = at + along * reach_px * rng.uniform(0.05, 0.45) + across * reach_px * rng.uniform(-0.5, 0.5)
    edges = corner + np.array([[0.0, 0.0], (along + 0.8 * across) * 2 * side, (along - 0.8 * across) * 2 * side])
    cover = _filled(side, edges).astype(np.float32) / np.float32(255)
    tone = 0.93 + 0.02 * speckle(rng, (side, side), (0.8, 0.8))
    if rng.random() < 0.7:
        y, x = np.mgrid[0:side, 0:side].astype(np.float32)
        down = ((x - corner[0]) * across[0] + (y - corner[1]) * across[1]) / (side * 0.05)
        right = ((x - corner[0]) * along[0] + (y - corner[1]) * along[1]) / (side * 0.011)
        words = np.sin(np.floor(right) * 12.9 + np.floor(down) * 78.2) > -0.5
        ink = (down % 1 > 0.35) & (down % 1 < 0.65) & words & (right > 9)
        tone = tone - 0.5 * ink
    warm = np.asarray((1.0, 0.99, 0.95) if rng.random() < 0.7 else (1.0, 0.93, 0.70), np.float32)
    return (tone[..., None] * warm).astype(np.float32), cover.astype(np.float32), side * 0.012


COVERS = (tape, cable, sheet)
