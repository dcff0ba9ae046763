"""Ways to look at the same picture: as it is, mirrored, turned, closer. Each is a matrix that can be undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.base.geometry import (
    DIHEDRAL_COUNT,
    Matrix,
    SizeWH,
    apply_to_points,
    compose,
    corners,
    dihedral,
    dihedral_size,
    fit,
    identity,
    invert,
    zoom,
)
from studio.imaging.pixels import ImageHWC
from studio.runtime.preprocess import Preprocess

Symmetries = Literal["none", "horizontal", "all"]

CORNER_LOOKS = 8
LECTURE_ZOOM = 1.35  # Source: fastai 1 `tta_only`, its scale


@dataclass(frozen=True)
class Look:
    """matrix: from the model's plain picture to the one that it is shown instead. 0.5 and 1 leave the light alone."""

    matrix: Matrix = field(default_factory=identity)
    brightness: float = 0.5
    contrast: float = 1.0

    @cached_property
    def back(self) -> Matrix:
        """From the picture that is shown to the plain one."""
        return invert(self.matrix)

    @property
    def is_mirrored(self) -> bool:
        """Whether left hands become right hands."""
        return bool(np.linalg.det(self.matrix) < 0)

    def sees(self, places_n2: NDArray[np.float64], size_wh: SizeWH) -> NDArray[np.bool_]:
        """Which places of the plain picture are in the one that is shown, (n,)."""
        moved = apply_to_points(self.matrix, places_n2)
        return np.asarray(((moved >= 0) & (moved <= size_wh)).all(axis=1))

    def is_like(self, other: "Look") -> bool:
        """Whether both show the same."""
        mine, theirs = self.matrix / self.matrix[2, 2], other.matrix / other.matrix[2, 2]
        return np.allclose(mine, theirs) and (self.brightness, self.contrast) == (other.brightness, other.contrast)


PLAIN = Look()


def corner_looks(
    size_wh: SizeWH, zoom_factor: float = LECTURE_ZOOM, symmetries: Symmetries = "horizontal"
) -> list[Look]:
    """Eight looks: each corner closer by `zoom_factor`, and as the symmetries allow.

    "horizontal": each corner as it is and mirrored. "all": each of the eight ways to lay a picture down, two to a
    corner. "none": each corner once. Those that show the same as another one are left out, and so is the plain one:
    with a factor of 1 the symmetries alone are left.
    Source: fastai 1 `tta_only`: row from bit 0, column from bit 1, flip from bit 2.
    """
    looks = []
    for number in range(CORNER_LOOKS):
        row, column = number & 1, (number >> 1) & 1
        closer = zoom(zoom_factor, size_wh, focus=(float(column), float(row)))
        looks.append(Look(compose(closer, _laid(number, size_wh, symmetries))))
    return without_doubles(looks)


def without_doubles(looks: Iterable[Look]) -> list[Look]:
    """The looks that differ from the plain one and from those before them."""
    found = [PLAIN]
    for look in looks:
        if not any(look.is_like(other) for other in found):
            found.append(look)
    return found[1:]


def shown(preprocess: Preprocess, image_hwc: ImageHWC, look: Look) -> ImageHWC:
    """The picture, as `Preprocess.read` gives it, as this look shows it to the model; sampled once."""
    base = preprocess.base_homography(image_hwc.shape[1], image_hwc.shape[0])
    return preprocess.place_in_light(image_hwc, compose(base, look.matrix), look.brightness, look.contrast)


def seen_rectangle(look: Look, size_wh: SizeWH) -> NDArray[np.float64]:
    """Left, top, right and bottom of what this look shows of the plain picture, (4,): its hull, where it is turned."""
    places = apply_to_points(look.back, corners(size_wh))
    return np.concatenate([places.min(axis=0), places.max(axis=0)])


def _laid(number: int, size_wh: SizeWH, symmetries: Symmetries) -> Matrix:
    if symmetries == "none":
        return identity()
    if symmetries == "horizontal":
        return dihedral(number >> 2, size_wh)  # 0 or 1: left and right change sides
    k = number % DIHEDRAL_COUNT
    # A rectangle that lies on its side now is cut to the size again, as in training.
    return compose(dihedral(k, size_wh), fit(dihedral_size(k, size_wh), size_wh, "crop"))
