"""One picture: a bench, things on it, what lies over them, the light, the camera; and the truth about all of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.imaging.opencv import opencv
from studio.work.sample.background import Backgrounds, litter
from studio.work.sample.cover import COVERS
from studio.work.sample.finish import FINISHES, shade
from studio.work.sample.light import Light, draw_light, illuminate
from studio.work.sample.place import Place
from studio.work.sample.recipe import SampleRecipe
from studio.work.sample.relief import Grow, Plane
from studio.work.sample.shadow import drop_shadow, swept
from studio.work.sample.truth import Thing, hidden_share, truth

SMALL_PX = 52
"""A thing of a smaller radius is drawn at twice the picture's size and averaged down: its details need it."""
Image = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """A picture and its truth."""

    image_hwc: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    """(H, W): 0 the bench, else 1 + the kind's place in the recipe."""
    things: list[Thing]
    background: str


class Bench:
    """Draws pictures of a recipe, one after the other; picture `number` never depends on those before it."""

    def __init__(self, recipe: SampleRecipe, shapes: dict[str, Grow]) -> None:
        self.recipe = recipe
        self.shapes = shapes
        self.kinds = list(recipe.kinds)
        self._backgrounds = Backgrounds(recipe.seed, recipe.side_px)

    def picture(self, number: int, kinds: list[str]) -> Scene:
        """The picture `number` with one thing of each entry of `kinds`, the last on top."""
        recipe, side = self.recipe, self.recipe.side_px
        rng = np.random.default_rng([recipe.seed, 2, number])
        light = draw_light(rng)
        background = _pick(recipe.backgrounds, rng)
        image = self._backgrounds.cut(background, rng, side)
        litter(image, rng)
        sizes = recipe.size_share if len(kinds) == 1 else recipe.several_size_share
        places = lay_out(len(kinds), sizes, side, rng)
        laid: list[tuple[str, str, Place, Plane, dict[str, tuple[float, float]]]] = []
        for kind, place in zip(kinds, places, strict=True):
            finish = _pick(recipe.kinds[kind].finishes, rng)
            cover, points = self._lay(image, kind, finish, place, light, rng)
            laid.append((kind, finish, place, cover, points))
        over = self._cover(image, [(entry[2], entry[3]) for entry in laid], light, rng)
        illuminate(image, light, rng)
        mask = np.zeros((side, side), np.uint8)
        owner = np.full((side, side), -1, np.int16)
        for index, (kind, _, _, cover, _) in enumerate(laid):
            solid = cover >= 0.5
            mask[solid] = 1 + self.kinds.index(kind)
            owner[solid] = index
        mask[over >= 0.5] = 0
        owner[over >= 0.5] = -1
        things = [
            truth(kind, finish, index, cover, points, owner, over)
            for index, (kind, finish, _, cover, points) in enumerate(laid)
        ]
        return Scene(camera(image, rng), mask, things, background)

    def _lay(
        self, image: Image, kind: str, finish: str, place: Place, light: Light, rng: np.random.Generator
    ) -> tuple[Plane, dict[str, tuple[float, float]]]:
        """Draw one thing with its shadow into the picture; returns its cover and its points in pixels."""
        cv2 = opencv()
        side = image.shape[0]
        reach = place.radius_px * 1.05 + 3
        x0, y0 = (max(0, int(c - reach)) for c in place.centre_px)
        x1, y1 = (min(side, int(c + reach) + 1) for c in place.centre_px)
        finer = 2 if place.radius_px < SMALL_PX else 1
        xs = ((np.arange((x1 - x0) * finer) + 0.5) / finer + x0).astype(np.float32)
        ys = ((np.arange((y1 - y0) * finer) + 0.5) / finer + y0).astype(np.float32)
        u, v = place.local(xs[None, :], ys[:, None])
        relief = self.shapes[kind](u, v, rng)
        fine_radius = place.radius_px * finer
        top = np.clip(relief.inside * fine_radius + 0.5, 0, 1)
        face = shade(relief, u, v, fine_radius, place.lean, FINISHES[finish], light, rng)
        # The side that shows below a tipped face: the face's outline swept toward the table.
        sweep = -relief.thickness * fine_radius * np.sin(place.tip_rad)
        way = (sweep * np.cos(place.tip_way_rad), sweep * np.sin(place.tip_way_rad))
        whole = swept(top, way)
        if abs(sweep) > 0.5:
            soft = cv2.GaussianBlur(whole, (0, 0), 2.5)
            out_x, out_y = -cv2.Sobel(soft, cv2.CV_32F, 1, 0), -cv2.Sobel(soft, cv2.CV_32F, 0, 1)
            length = np.sqrt(out_x * out_x + out_y * out_y) + 1e-3
            lit = 0.36 + 0.42 * np.clip((out_x * light.toward[0] + out_y * light.toward[1]) / length, 0, 1)
            colour = np.asarray(FINISHES[finish].colour, np.float32)
            face = face * top[..., None] + (lit * (1 - top))[..., None] * colour
        layer = face * whole[..., None]
        if finer > 1:
            layer = cv2.resize(layer, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
            whole = cv2.resize(whole, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
        cover = np.zeros((side, side), np.float32)
        cover[y0:y1, x0:x1] = whole
        drop_shadow(image, cover, relief.thickness * place.radius_px, light)
        region = image[y0:y1, x0:x1]
        region *= 1 - cover[y0:y1, x0:x1, None]
        region += layer
        return cover, {name: place.to_px(point) for name, point in relief.points.items()}

    def _cover(self, image: Image, laid: list[tuple[Place, Plane]], light: Light, rng: np.random.Generator) -> Plane:
        """Lay something over a part of a thing, where the recipe's chance says so; returns its cover."""
        side = image.shape[0]
        nothing = np.zeros((side, side), np.float32)
        if rng.random() >= self.recipe.cover_chance:
            return nothing
        place, seen = laid[int(rng.integers(len(laid)))]
        for _ in range(3):
            off = place.radius_px * rng.uniform(0.2, 0.75)
            angle = rng.uniform(0, 2 * np.pi)
            at = np.asarray(place.centre_px) + off * np.array([np.cos(angle), np.sin(angle)])
            colour, over, height = COVERS[int(rng.integers(len(COVERS)))](rng, side, at, place.radius_px)
            shares = [hidden_share(cover, over) for _, cover in laid]
            if hidden_share(seen, over) > 0.02 and max(shares) <= self.recipe.hidden_share_max:
                drop_shadow(image, over, height, light)
                image *= 1 - over[..., None]
                image += colour * over[..., None]
                return over
        return nothing


def lay_out(count: int, size_share: tuple[float, float], side: int, rng: np.random.Generator) -> list[Place]:
    """Places inside the picture that hardly touch; after some tries a crowded one is taken as it is."""
    places: list[Place] = []
    for _ in range(count):
        for _ in range(40):
            radius = side * rng.uniform(*size_share) / 2
            free = max(side / 2 - radius * 0.92, 0)
            centre = side / 2 + rng.uniform(-free, free, 2)
            gaps = [np.hypot(*(centre - p.centre_px)) - 0.92 * (radius + p.radius_px) for p in places]
            if all(gap > 0 for gap in gaps):
                break
        tip = min(abs(rng.normal(0, 0.28)), 0.65)
        places.append(
            Place(
                (float(centre[0]), float(centre[1])), radius, rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi), tip
            )
        )
    return places


def camera(image: Image, rng: np.random.Generator) -> NDArray[np.uint8]:
    """What the camera makes of it: a little blur, noise, and 8 bits. Takes `image` over."""
    cv2 = opencv()
    side = image.shape[0]
    if rng.random() < 0.5:
        image = cv2.GaussianBlur(image, (0, 0), side / 256 * rng.uniform(0.4, 1.1))
    noise = rng.standard_normal((side, side, 1), dtype=np.float32)
    noise *= np.float32(rng.uniform(0.004, 0.022))
    noise += np.float32(0.5 / 255)
    image += noise
    image *= 255
    np.clip(image, 0, 255, out=image)
    return image.astype(np.uint8)


def _pick(weights: dict[str, float], rng: np.random.Generator) -> str:
    """One name, drawn by weight."""
    share = np.asarray(list(weights.values()), float)
    return list(weights)[int(rng.choice(len(share), p=share / share.sum()))]
