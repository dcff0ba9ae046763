"""What a part should have its share of: the classes of each picture, or the height of its number."""

from collections.abc import Sequence

import numpy as np

from studio.base.targets import Numbers, Target, class_names_in

MOST_BINS = 10  # numbers are cut into so many ranges with the same number of pictures
FEWEST_IN_BIN = 5


def strata_of(targets: Sequence[Target | None]) -> list[tuple[str, ...]]:
    """The names of what each target stands for, each once; none for pictures without a class, such as masks.

    Of several numbers a picture the first counts.
    """
    strata = [tuple(sorted(set(class_names_in(target)))) for target in targets]
    first = {i: target.values[0] for i, target in enumerate(targets) if isinstance(target, Numbers) and target.values}
    for i, name in zip(first, _ranges(list(first.values())), strict=True):
        strata[i] = (name,)
    return strata


def _ranges(values: list[float]) -> list[str]:
    """The quantile that each value lies in."""
    bins = min(MOST_BINS, max(1, len(values) // FEWEST_IN_BIN))
    if bins == 1:
        return ["0"] * len(values)
    edges = np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1])
    return [str(place) for place in np.searchsorted(edges, values, side="right")]
