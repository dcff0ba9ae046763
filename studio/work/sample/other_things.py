"""Other drawn things, none of them a kind of the sample: what the small encoder is trained on.

`python -m studio.work.sample.other_things FOLDER` draws them with the sample's finishes, benches and lights;
`python -m studio.engine.pretrain FOLDER OUT` then trains on that folder.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.draw import draw_sample
from studio.work.sample.finish import FINISHES
from studio.work.sample.recipe import KindRecipe, SampleRecipe, sample_recipe
from studio.work.sample.relief import Grow, Plane, Relief, slope

STENCIL_PX = 320
Points = NDArray[np.floating]
Outline = Callable[[np.random.Generator], tuple[list[Points], list[tuple[Points, float]]]]
"""Closed outlines (even-odd, holes included) and thick lines (path, width), in the circle of radius 1."""


def circle(radius: float, x: float = 0, y: float = 0, squash: float = 1) -> Points:
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    return np.stack([x + radius * np.cos(t), y + squash * radius * np.sin(t)], 1)


def corners(count: int, radius: float = 1.0, turn: float = 0.0) -> Points:
    t = turn + np.arange(count) * 2 * np.pi / count
    return np.stack([radius * np.cos(t), radius * np.sin(t)], 1)


def arc(radius: float, start: float, end: float, x: float = 0, y: float = 0) -> Points:
    t = np.linspace(start, end, 40)
    return np.stack([x + radius * np.cos(t), y + radius * np.sin(t)], 1)


def star(count: int, deep: tuple[float, float]) -> Outline:
    def draw(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
        points = corners(2 * count)
        points[1::2] *= rng.uniform(*deep)
        return [points], []

    return draw


def lobes(count: int, deep: tuple[float, float]) -> Outline:
    def draw(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
        t = np.linspace(0, 2 * np.pi, 180, endpoint=False)
        d = rng.uniform(*deep)
        radius = (1 - d) + d * np.cos(count * t)
        return [np.stack([radius * np.cos(t), radius * np.sin(t)], 1)], []

    return draw


def regular(count: int, hole: tuple[float, float]) -> Outline:
    def draw(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
        middle = rng.uniform(*hole)
        inner = corners(count, middle, np.pi / count * rng.integers(0, 2))
        return [corners(count), *([inner] if middle > 0.05 else [])], []

    return draw


def strokes(*paths: list[tuple[float, float]]) -> Outline:
    def draw(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
        wide = rng.uniform(0.18, 0.34)
        squeeze = np.array([rng.uniform(0.7, 1), 1.0])
        return [], [(np.array(path) * squeeze * 0.85, wide) for path in paths]

    return draw


def key(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    bow = rng.uniform(0.26, 0.36)
    bits = [(np.array([[x, 0], [x, rng.uniform(0.18, 0.34)]]), 0.1) for x in rng.uniform(0.45, 0.92, 3)]
    return [circle(bow, -1 + bow), circle(bow * 0.5, -1 + bow * 0.9)], [
        (np.array([[-1 + 2 * bow, 0], [0.95, 0]]), 0.13),
        *bits,
    ]


def spanner(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    jaw = arc(0.22, 0.9, 2 * np.pi - 0.9, 0.72)[:, :]
    return [], [(jaw, 0.17), (np.array([[-0.9, 0], [0.5, 0]]), rng.uniform(0.14, 0.24))]


def spring(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    turns, half = int(rng.integers(6, 12)), rng.uniform(0.18, 0.34)
    x = np.linspace(-0.9, 0.9, 2 * turns)
    return [], [(np.stack([x, half * (-1.0) ** np.arange(2 * turns)], 1), rng.uniform(0.05, 0.09))]


def nail(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    half, head = rng.uniform(0.05, 0.09), rng.uniform(0.15, 0.25)
    shaft = [[-0.95, half], [0.75, half], [1, 0], [0.75, -half], [-0.95, -half]]
    return [
        np.array([[-1, -head], [-1, head], [-0.93, head], [-0.93, half], *shaft[1:4], [-0.93, -half], [-0.93, -head]])
    ], []


def pin(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    half = rng.uniform(0.1, 0.24)
    end = half * rng.uniform(0.3, 1)
    return [
        np.array(
            [
                [-1, -half + end / 2],
                [-1 + end, -half],
                [1 - end, -half],
                [1, -half + end / 2],
                [1, half - end / 2],
                [1 - end, half],
                [-1 + end, half],
                [-1, half - end / 2],
            ]
        )
    ], []


def leaf(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    t = np.linspace(0, np.pi, 40)
    wide = rng.uniform(0.3, 0.5)
    upper = np.stack([0.75 * np.cos(t), wide * np.sin(t) ** 1.4], 1)
    return [np.concatenate([upper, upper[::-1] * [1, -1]])], [(np.array([[-0.75, 0], [-1, 0.03]]), 0.05)]


def crescent(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    shift = rng.uniform(0.3, 0.55)
    outer, inner = arc(1, 0.9, 2 * np.pi - 0.9), arc(0.9, 2 * np.pi - 0.95, 0.95, shift)
    return [np.concatenate([outer, inner])], []


def heart(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    t = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    return [
        np.stack([np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 17], 1)
    ], []


def link(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    half, wide = rng.uniform(0.3, 0.5), rng.uniform(0.12, 0.22)
    reach = 0.88 - half
    path = np.concatenate([arc(half, -np.pi / 2, np.pi / 2, reach), arc(half, np.pi / 2, 1.5 * np.pi, -reach)])
    return [], [(np.concatenate([path, path[:1]]), wide)]


def disc(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    return [circle(1.0, squash=1)], []


def button(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    size, at = rng.uniform(0.12, 0.2), rng.uniform(0.28, 0.4)
    return [circle(1.0), *(circle(size, *p) for p in corners(int(rng.choice([2, 4])), at))], []


def plate(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    x, y = 0.93, rng.uniform(0.25, 0.45)
    holes = [circle(y * rng.uniform(0.35, 0.55), at) for at in (-0.6, 0.6)]
    return [np.array([[-x, -y], [x, -y], [x, y], [-x, y]]), *holes], []


def propeller(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    count, wide = int(rng.integers(3, 5)), rng.uniform(0.2, 0.34)
    return [circle(0.13)], [(np.array([p * 0.2, p * 0.85]), wide) for p in corners(count)]


def socket(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    return [circle(1.0), star(int(rng.integers(5, 8)), (0.6, 0.75))(rng)[0][0] * rng.uniform(0.4, 0.6)], []


def hook(rng: np.random.Generator) -> tuple[list[Points], list[tuple[Points, float]]]:
    bend = arc(0.4, np.pi, -0.3, -0.05, -0.4)
    return [], [(np.concatenate([np.array([[-0.45, 0.9]]), bend]), rng.uniform(0.12, 0.2))]


OUTLINES: dict[str, tuple[Outline, bool]] = {
    "star_5": (star(5, (0.4, 0.6)), False),
    "star_8": (star(8, (0.6, 0.8)), False),
    "saw": (star(18, (0.78, 0.9)), False),
    "triangle": (regular(3, (0, 0.45)), False),
    "pentagon": (regular(5, (0, 0.6)), False),
    "octagon": (regular(8, (0, 0.7)), False),
    "clover": (lobes(4, (0.15, 0.3)), False),
    "knob": (lobes(9, (0.04, 0.09)), False),
    "cam": (lobes(2, (0.15, 0.3)), False),
    "disc": (disc, False),
    "button": (button, False),
    "plate": (plate, False),
    "socket": (socket, False),
    "propeller": (propeller, False),
    "key": (key, False),
    "spanner": (spanner, False),
    "leaf": (leaf, False),
    "heart": (heart, False),
    "crescent": (crescent, False),
    "spring": (spring, True),
    "nail": (nail, True),
    "pin": (pin, True),
    "link": (link, True),
    "hook": (hook, True),
    "letter_l": (strokes([(-0.6, -1), (-0.6, 1), (0.6, 1)]), False),
    "letter_t": (strokes([(-0.8, -0.9), (0.8, -0.9)], [(0, -0.9), (0, 1)]), False),
    "letter_h": (strokes([(-0.6, -1), (-0.6, 1)], [(0.6, -1), (0.6, 1)], [(-0.6, 0), (0.6, 0)]), False),
    "letter_k": (strokes([(-0.6, -1), (-0.6, 1)], [(0.6, -1), (-0.5, 0), (0.6, 1)]), False),
    "letter_z": (strokes([(-0.6, -0.9), (0.6, -0.9), (-0.6, 0.9), (0.6, 0.9)]), True),
    "letter_u": (strokes([(-0.6, -0.9), (-0.6, 0.4), (-0.3, 0.85), (0.3, 0.85), (0.6, 0.4), (0.6, -0.9)]), True),
    "plus": (strokes([(-0.95, 0), (0.95, 0)], [(0, -0.95), (0, 0.95)]), False),
    "arrow": (strokes([(-0.95, 0), (0.9, 0)], [(0.3, -0.6), (0.9, 0), (0.3, 0.6)]), False),
}
"""Each other thing: its outline, and whether it is round like a wire rather than flat like a plate."""


def grown(outline: Outline, is_round: bool) -> Grow:
    """A thing with that outline: a plate with a worn edge, or round stock."""

    def grow(u: Plane, v: Plane, rng: np.random.Generator) -> Relief:
        cv2 = opencv()
        half = STENCIL_PX / 2.2  # pixels of the stencil per radius
        filled, lines = outline(rng)
        stencil = np.zeros((STENCIL_PX, STENCIL_PX), np.uint8)
        if filled:
            cv2.fillPoly(stencil, [to_stencil(points, half) for points in filled], 255, cv2.LINE_8, 4)
        for path, wide in lines:
            cv2.polylines(stencil, [to_stencil(path, half)], False, 255, max(1, round(wide * half)), cv2.LINE_8, 4)
        far = cv2.distanceTransform(stencil, cv2.DIST_L2, 5) - cv2.distanceTransform(255 - stencil, cv2.DIST_L2, 5)
        far = cv2.GaussianBlur(far, (0, 0), 1.5) / half
        inside: Plane = cv2.remap(
            far,
            u * np.float32(half) + STENCIL_PX / 2,
            v * np.float32(half) + STENCIL_PX / 2,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=-1.0,
        )
        if is_round:
            thick = max(float(far.max()), 0.02)
            height = np.sqrt(np.clip(thick**2 - np.clip(thick - inside, 0, None) ** 2, 0, None))
            return Relief(inside, height.astype(np.float32), thick)
        height = slope(inside, rng.uniform(0.03, 0.14), rng.uniform(0.03, 0.1))
        return Relief(inside, height, rng.uniform(0.08, 0.5), round_grain=bool(rng.random() < 0.2))

    return grow


def to_stencil(points: Points, half: float) -> NDArray[np.int32]:
    """Fixed-point (1/16 px) coordinates on the stencil."""
    return np.round((points * half + STENCIL_PX / 2) * 16).astype(np.int32)


OTHER_THINGS: dict[str, Grow] = {name: grown(*how) for name, how in OUTLINES.items()}


def other_recipe(pictures: int = 8000, side_px: int = 128) -> SampleRecipe:
    """Like the sample, but every finish is as likely for every thing."""
    kind = {"colour": "#0072B2", "points": (), "finishes": dict.fromkeys(FINISHES, 1.0)}
    kinds = {name: KindRecipe(title=name, **kind) for name in OTHER_THINGS}
    changes = {
        "pictures": pictures,
        "several": 0,
        "unlabeled_share": 0.0,
        "side_px": side_px,
        "seed": 7,
        "kinds": kinds,
    }
    return sample_recipe().model_copy(update=changes)


if __name__ == "__main__":
    draw_sample(
        Path(sys.argv[1]), other_recipe(), lambda done, total: print(f"\r{done}/{total}", end=""), shapes=OTHER_THINGS
    )
    print()
