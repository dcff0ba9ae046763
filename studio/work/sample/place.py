"""Where a thing lies in a picture: the map between its own coordinates and pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.work.sample.relief import Plane


@dataclass(frozen=True)
class Place:
    """Turned by `turn_rad`, then tipped by `tip_rad` about the axis across `tip_way_rad`, seen from straight above."""

    centre_px: tuple[float, float]
    radius_px: float
    turn_rad: float
    tip_way_rad: float
    tip_rad: float

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(2, 2): local coordinates (u, v) to pixels from the centre."""
        c, s = np.cos(self.turn_rad), np.sin(self.turn_rad)
        a, b = np.cos(self.tip_way_rad), np.sin(self.tip_way_rad)
        way = np.array([[a, -b], [b, a]])
        squash = way @ np.diag([np.cos(self.tip_rad), 1.0]) @ way.T
        return np.asarray(self.radius_px * squash @ np.array([[c, -s], [s, c]]))

    @property
    def lean(self) -> tuple[float, float]:
        """x and y of the upper face's normal, over its z."""
        steep = float(np.tan(self.tip_rad))
        return steep * float(np.cos(self.tip_way_rad)), steep * float(np.sin(self.tip_way_rad))

    def local(self, x: Plane, y: Plane) -> tuple[Plane, Plane]:
        """Local coordinates of pixel positions."""
        m = np.linalg.inv(self.matrix).astype(np.float32)
        dx, dy = x - np.float32(self.centre_px[0]), y - np.float32(self.centre_px[1])
        return m[0, 0] * dx + m[0, 1] * dy, m[1, 0] * dx + m[1, 1] * dy

    def to_px(self, point: tuple[float, float]) -> tuple[float, float]:
        """A local point in pixels."""
        dx, dy = self.matrix @ np.asarray(point)
        return self.centre_px[0] + float(dx), self.centre_px[1] + float(dy)
