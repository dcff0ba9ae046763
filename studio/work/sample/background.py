"""What the things lie on: wood, felt, steel plate, paper, a cutting mat, concrete."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.grain import clouds, speckle
from studio.work.sample.relief import Plane

TILES = 3
"""Different sheets of each material; every picture cuts its own turned piece from one of them."""

Colour = tuple[float, float, float]


def wood(rng: np.random.Generator, size: int) -> Plane:
    """Boards with long fibres and rings that run around knots."""
    along = clouds(rng, (size, size), (size / 3, size / 1.2))
    rows = np.linspace(0, 1, size, dtype=np.float32)[:, None]
    rings = np.sin((rows * rng.uniform(9, 16) + 0.55 * along) * 2 * np.pi)
    fibres = speckle(rng, (size, size), (0.7, size / 16))
    tile = 0.5 + 0.13 * rings + 0.17 * fibres + 0.1 * along
    board = size // 3
    for edge in range(board, size, board):
        tile[edge : edge + 2] -= 0.45
        tile[edge + 2 :] += rng.uniform(-0.18, 0.18)
    return np.asarray(tile, np.float32)


def felt(rng: np.random.Generator, size: int) -> Plane:
    """Short fibres lying every way."""
    pile = speckle(rng, (size, size), (0.8, 0.8)) + 0.5 * speckle(rng, (size, size), (2.5, 2.5))
    return np.asarray(0.5 + 0.17 * pile + 0.08 * clouds(rng, (size, size), (size / 6, size / 6)), np.float32)


def steel(rng: np.random.Generator, size: int) -> Plane:
    """A brushed plate with scratches."""
    cv2 = opencv()
    brushed = speckle(rng, (size, size), (0.6, size / 10)) * 0.10
    tile = 0.5 + brushed + 0.18 * clouds(rng, (size, size), (size / 2, size / 2))
    scratches = np.zeros((size, size), np.uint8)
    for _ in range(14):
        x, y, angle = rng.uniform(0, size), rng.uniform(0, size), rng.uniform(0, np.pi)
        reach = rng.uniform(0.05, 0.35) * size
        ends = [(int(x), int(y)), (int(x + reach * np.cos(angle)), int(y + reach * np.sin(angle)))]
        cv2.line(scratches, ends[0], ends[1], int(rng.uniform(40, 130)), 1, cv2.LINE_AA)
    return np.asarray(tile + scratches * np.float32(0.4 / 255), np.float32)


def paper(rng: np.random.Generator, size: int) -> Plane:
    """Plain, lined or squared paper."""
    tile = 0.75 + 0.05 * speckle(rng, (size, size), (0.7, 0.7)) + 0.06 * clouds(rng, (size, size), (size / 4, size / 4))
    step = size // int(rng.integers(12, 22))
    ruling = rng.choice(["plain", "lined", "squared"])
    if ruling != "plain":
        tile[::step] -= 0.3
    if ruling == "squared":
        tile[:, ::step] -= 0.3
    return np.asarray(tile, np.float32)


def mat(rng: np.random.Generator, size: int) -> Plane:
    """A cutting mat: rubber with a printed grid, every fifth line stronger."""
    tile = 0.38 + 0.07 * speckle(rng, (size, size), (0.6, 0.6)) + 0.04 * clouds(rng, (size, size), (size / 3, size / 3))
    step = size // int(rng.integers(24, 34))
    for index, at in enumerate(range(0, size, step)):
        strength = 0.34 if index % 5 == 0 else 0.15
        tile[at] += strength
        tile[:, at] += strength
    return np.asarray(tile, np.float32)


def concrete(rng: np.random.Generator, size: int) -> Plane:
    """Grey and cloudy, with pits."""
    pits = speckle(rng, (size, size), (1.6, 1.6))
    tile = 0.55 + 0.16 * clouds(rng, (size, size), (size / 9, size / 9)) + 0.08 * speckle(rng, (size, size), (0.7, 0.7))
    return np.asarray(tile - 0.5 * np.clip(-pits - 1.0, 0, 1), np.float32)


MATERIALS: dict[str, tuple[Callable[[np.random.Generator, int], Plane], list[tuple[Colour, Colour]]]] = {
    "wood": (
        wood,
        [
            ((0.36, 0.22, 0.12), (0.72, 0.52, 0.33)),
            ((0.55, 0.40, 0.25), (0.88, 0.74, 0.55)),
            ((0.20, 0.13, 0.09), (0.46, 0.32, 0.22)),
        ],
    ),
    "felt": (
        felt,
        [
            ((0.07, 0.24, 0.16), (0.16, 0.42, 0.30)),
            ((0.09, 0.14, 0.30), (0.20, 0.30, 0.52)),
            ((0.34, 0.07, 0.09), (0.56, 0.17, 0.18)),
            ((0.20, 0.20, 0.22), (0.40, 0.40, 0.43)),
            ((0.42, 0.36, 0.30), (0.64, 0.57, 0.49)),
        ],
    ),
    "steel": (steel, [((0.34, 0.36, 0.38), (0.70, 0.72, 0.74)), ((0.46, 0.46, 0.45), (0.82, 0.82, 0.80))]),
    "paper": (
        paper,
        [
            ((0.48, 0.58, 0.74), (0.98, 0.97, 0.94)),
            ((0.62, 0.52, 0.38), (0.90, 0.82, 0.68)),
            ((0.55, 0.55, 0.55), (0.95, 0.95, 0.95)),
        ],
    ),
    "mat": (
        mat,
        [
            ((0.02, 0.16, 0.13), (0.42, 0.72, 0.58)),
            ((0.03, 0.09, 0.20), (0.45, 0.62, 0.85)),
            ((0.06, 0.06, 0.07), (0.60, 0.60, 0.62)),
        ],
    ),
    "concrete": (concrete, [((0.28, 0.28, 0.28), (0.72, 0.71, 0.69)), ((0.34, 0.31, 0.28), (0.76, 0.72, 0.66))]),
}
"""Each material: what draws its tone (0..1), and its pairs of dark and light colour."""


class Backgrounds:
    """Sheets of every material, each drawn once at its first use."""

    def __init__(self, seed: int, side_px: int) -> None:
        self._seed = seed
        self._size = side_px * 2
        self._sheets: dict[tuple[str, int], Plane] = {}

    def cut(self, material: str, rng: np.random.Generator, side_px: int) -> NDArray[np.float32]:
        """A piece of it, turned and recoloured: (side, side, 3) float32, 0..1."""
        cv2 = opencv()
        sheet = self._sheet(material, int(rng.integers(TILES)))
        scale = rng.uniform(0.75, 1.25)
        angle = rng.uniform(0, 360)
        turn = cv2.getRotationMatrix2D((side_px / 2, side_px / 2), angle, scale)
        turn[:, 2] += rng.uniform(0, self._size, 2)
        tone = cv2.warpAffine(
            sheet, turn, (side_px, side_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        pairs = MATERIALS[material][1]
        dark, light = (np.asarray(colour, np.float32) for colour in pairs[int(rng.integers(len(pairs)))])
        tone = tone * np.float32(rng.uniform(0.7, 1.15)) + np.float32(rng.uniform(-0.05, 0.15))
        tint = (1 + 0.06 * rng.standard_normal(3)).astype(np.float32)
        dark, light = dark * tint, light * tint
        return np.asarray((light - dark) * tone[..., None] + dark, np.float32)

    def _sheet(self, material: str, number: int) -> Plane:
        key = (material, number)
        if key not in self._sheets:
            rng = np.random.default_rng([self._seed, 1, sorted(MATERIALS).index(material), number])
            self._sheets[key] = MATERIALS[material][0](rng, self._size)
        return self._sheets[key]


def litter(image_hwc: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Crumbs, chips and curls of swarf on the bench, in place."""
    cv2 = opencv()
    side = image_hwc.shape[0]
    for _ in range(int(rng.integers(0, 7))):
        x, y = rng.uniform(0, side, 2)
        radius = side * rng.uniform(0.004, 0.022)
        curl = rng.random() < 0.35
        shade = float(rng.uniform(0.1, 0.8))
        if curl:
            axes = (int(16 * radius * 2), int(16 * radius * rng.uniform(1.0, 2.0)))
            start = rng.uniform(0, 360)
            arguments = (rng.uniform(0, 360), start, start + rng.uniform(120, 300))
            for offset, tone in ((0.006 * side, 0.12), (0.0, shade)):
                middle = (int(16 * (x + offset)), int(16 * (y + offset)))
                cv2.ellipse(image_hwc, middle, axes, *arguments, (tone, tone, tone), 1, cv2.LINE_AA, 4)
        else:
            corners = np.array([[x, y]]) + radius * rng.uniform(-1, 1, (5, 2))
            hull = cv2.convexHull(corners.astype(np.float32))
            for offset, tone in ((0.004 * side, 0.1), (0.0, shade)):
                points = ((hull + offset) * 16).astype(np.int32)
                cv2.fillPoly(image_hwc, [points], (tone, tone * 0.95, tone * 0.88), cv2.LINE_AA, 4)
