"""All chance of a run, from numbers that can be counted again: no state to keep, nothing that a resume could lose."""

import numpy as np
from numpy.random import Generator, Philox

_ORDER = 2**64 - 1  # a row number that no picture has


def generator(seed: int, epoch: int, row: int) -> Generator:
    """A generator of its own for a picture in an epoch; others have others. 0 <= seed, epoch < 2**31.

    Source: Philox, a counter-based generator (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"):
    different keys give independent streams.
    """
    return Generator(Philox(key=np.array([seed << 32 | epoch, row], dtype=np.uint64)))


def epoch_order(rows: list[int], seed: int, epoch: int) -> list[int]:
    """The rows in the order in which an epoch sees them."""
    return [rows[place] for place in generator(seed, epoch, _ORDER).permutation(len(rows))]


def step_seed(seed: int, step: int) -> int:
    """What torch's generators are set to before a step: drop-out needs no state in the checkpoint then."""
    return int(generator(seed, step, _ORDER - 1).integers(2**63))


def branch(random: Generator) -> Generator:
    """A generator of its own that always costs this one the same, however much is drawn from it."""
    return Generator(Philox(key=random.integers(2**63, size=2, dtype=np.uint64)))
