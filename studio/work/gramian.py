"""A series as a picture: the Gramian angular summation field."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gramian_angular_field(series: ArrayLike, side_px: int) -> NDArray[np.float64]:
    """The field of a series, (side_px, side_px) from -1 to 1, symmetric.

    The series is averaged to `side_px` steps, its values are brought to -1 … 1 by its least and its greatest one,
    x̃ = ((x - max) + (x - min)) / (max - min), each is taken as the cosine of an angle φ = arccos x̃, and a pixel is

        cos(φ_i + φ_j) = x̃_i x̃_j - sqrt(1 - x̃_i²) sqrt(1 - x̃_j²).

    Averaging comes before rescaling, so that every picture uses the whole range. A constant series is x̃ = 0.
    Source: Wang and Oates 2015, "Imaging time-series to improve classification and imputation", IJCAI,
    arXiv:1506.00327, equations 1 to 5.
    """
    values = piecewise_aggregate(series, side_px)
    least, greatest = float(values.min()), float(values.max())
    # Halved first: the difference of the largest floats would be infinite.
    span = greatest / 2 - least / 2
    scaled = np.clip((values / 2 - least / 2) / span * 2 - 1, -1, 1) if span > 0 else np.zeros(side_px)
    sine = np.sqrt(1 - scaled**2)
    return np.asarray(np.outer(scaled, scaled) - np.outer(sine, sine), dtype=np.float64)


def field_picture(series: ArrayLike, side_px: int) -> NDArray[np.uint8]:
    """The same as grey, (side_px, side_px) uint8: -1 is black, 1 is white."""
    return np.rint((gramian_angular_field(series, side_px) + 1) * 127.5).astype(np.uint8)


def piecewise_aggregate(series: ArrayLike, steps: int) -> NDArray[np.float64]:
    """The means of `steps` equal pieces of a series; a value on the border of two pieces counts in each by its share.

    Source: Keogh et al. 2001, "Dimensionality reduction for fast similarity search in large time series databases",
    Knowledge and Information Systems 3, section 3, with pieces of any length.
    """
    values = np.asarray(series, dtype=np.float64)
    borders = np.linspace(0, len(values), steps + 1)
    # The integral of the step function up to each border, by which a piece's mean is a difference.
    largest = max(float(np.abs(values).max()), 1e-300)
    integral = np.concatenate(([0.0], np.cumsum(values / largest)))
    at_borders = np.interp(borders, np.arange(len(integral)), integral)
    return np.asarray(np.diff(at_borders) * (steps / len(values)) * largest, dtype=np.float64)
