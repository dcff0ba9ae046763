"""Mean and deviation of a run's own pictures."""

import numpy as np
import pytest

from studio.engine.statistics import MOST_PICTURES, own_statistics


def test_they_are_those_of_all_pixels() -> None:
    random = np.random.default_rng(0)
    pictures = {
        str(number): random.integers(0, 256, (20, 30, 3), dtype=np.uint8) // (number + 1) for number in range(4)
    }
    mean, std = own_statistics(pictures.__getitem__, list(pictures))
    every = np.concatenate([picture.reshape(-1, 3) for picture in pictures.values()]) / 255
    np.testing.assert_allclose(mean, every.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(std, every.std(axis=0), atol=1e-9)


def test_large_pictures_count_no_more_than_small_ones() -> None:
    pictures = {"large": np.zeros((100, 100, 3), np.uint8), "small": np.full((10, 10, 3), 255, np.uint8)}
    mean, std = own_statistics(pictures.__getitem__, list(pictures))
    assert mean == pytest.approx((0.5,) * 3)
    assert std == pytest.approx((0.5,) * 3)


def test_pictures_of_one_colour_have_a_deviation_that_can_be_divided_by() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)
    assert min(own_statistics(lambda image: grey, ["a", "b"])[1]) >= 1 / 255


def test_many_pictures_are_sampled_evenly() -> None:
    read: list[str] = []

    def count(image: str) -> np.ndarray:  # type: ignore[type-arg]
        read.append(image)
        return np.zeros((1, 1, 3), np.uint8)

    own_statistics(count, [str(number) for number in range(10 * MOST_PICTURES)])
    assert len(set(read)) == MOST_PICTURES
    assert read[0] == "0"
    assert read[-1] == str(10 * MOST_PICTURES - 1)
