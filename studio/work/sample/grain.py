"""Noise of a chosen fineness: what makes wood, felt, rust and brushed metal look like themselves."""

import numpy as np

from studio.imaging.opencv import opencv
from studio.work.sample.relief import Plane


def clouds(rng: np.random.Generator, shape: tuple[int, int], cell_px: tuple[float, float]) -> Plane:
    """Smooth noise, mean 0 and standard deviation about 0.5; a cell is (height, width) px wide."""
    cv2 = opencv()
    rows = max(2, round(shape[0] / cell_px[0]) + 2)
    columns = max(2, round(shape[1] / cell_px[1]) + 2)
    coarse = rng.standard_normal((rows, columns), dtype=np.float32)
    coarse *= 0.6
    if (rows, columns) == shape:
        return coarse
    fine: Plane = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return fine


def speckle(rng: np.random.Generator, shape: tuple[int, int], blur_px: tuple[float, float]) -> Plane:
    """White noise blurred by (vertical, horizontal) sigma, scaled back to standard deviation 0.5."""
    cv2 = opencv()
    noise = rng.standard_normal(shape, dtype=np.float32)
    soft: Plane = cv2.GaussianBlur(noise, (0, 0), sigmaX=max(blur_px[1], 0.1), sigmaY=max(blur_px[0], 0.1))
    return soft * np.float32(0.5 / max(float(soft.std()), 1e-6))
