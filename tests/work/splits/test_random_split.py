"""A random part, and a test part beside."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.blocks.split.random_split import RandomSplit
from tests.work.splits.picture_tables import images_in, split, table_of, told


def test_the_test_part_follows_the_validation_part_in_numpys_permutation() -> None:
    images = [f"{i}.png" for i in range(100)]
    table = table_of(images)
    split(RandomSplit(valid_percent=20, test_percent=10, seed=42), table)
    np.random.seed(42)
    order = np.random.permutation(100)
    assert images_in(table, "valid") == {images[i] for i in order[:20]}
    assert images_in(table, "test") == {images[i] for i in order[20:30]}


@given(st.integers(0, 10_000), st.sampled_from([5.0, 25.0]), st.integers(10, 50))
def test_asking_for_a_test_part_moves_no_validation_picture(seed: int, test_percent: float, count: int) -> None:
    images = [f"{i}.png" for i in range(count)]
    without, beside = table_of(images), table_of(images)
    split(RandomSplit(seed=seed), without)
    split(RandomSplit(seed=seed, test_percent=test_percent), beside)
    assert images_in(without, "valid") == images_in(beside, "valid")


def test_an_empty_test_part_is_told() -> None:
    table = table_of(["1.png", "2.png", "3.png", "4.png"])
    findings = split(RandomSplit(test_percent=5), table)
    assert ("warning", "test_percent") in told(findings)
