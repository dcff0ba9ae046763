"""How the model's picture lies in the original: what brings the places that a model names back to it."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.base.geometry import Matrix, apply_to_points, compose, scale


@dataclass(frozen=True)
class View:
    """original_wh: the upright original's size.  matrix: from its pixels to those of the model's picture."""

    original_wh: tuple[int, int]
    matrix: Matrix

    @classmethod
    def of(cls, original_wh: tuple[int, int], kept_wh: tuple[int, int], kept_matrix: Matrix) -> Self:
        """The view of a picture that was kept a little smaller; `kept_matrix` begins at the kept one's pixels."""
        shrink = scale(kept_wh[0] / original_wh[0], kept_wh[1] / original_wh[1])
        return cls(original_wh, compose(shrink, kept_matrix))

    def no_finer(self) -> Self:
        """The view of a smaller copy of the original, none of whose pixels is smaller than the model's."""
        finest = float(np.abs(self.matrix[:2, :2]).max())
        wide_px, high_px = (max(1, round(side_px * min(1.0, finest))) for side_px in self.original_wh)
        to_original = scale(self.original_wh[0] / wide_px, self.original_wh[1] / high_px)
        return type(self)((wide_px, high_px), compose(to_original, self.matrix))

    @property
    def back(self) -> Matrix:
        """The matrix from the model's picture to the original."""
        return np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)

    def in_original(self, places_n2: ArrayLike) -> NDArray[np.float64]:
        """Places in the model's picture, (n, 2), as places in the original."""
        return apply_to_points(self.back, places_n2)
