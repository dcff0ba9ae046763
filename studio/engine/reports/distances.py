"""How far numbers and points are off: a row for each of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.base.wording import count_words
from studio.runs.confusion import SCORES
from studio.runs.report import Cell, Column, Table

SHOWN_PICTURES = 24

Numbers = NDArray[np.float64]


def of_numbers(images: Sequence[str], said: Numbers, given: Numbers, names: Sequence[str]) -> Table:
    """said and given: (N, numbers), in their own units."""
    rows = []
    for place, name in enumerate(names):
        errors = said[:, place] - given[:, place]
        spread = float(((given[:, place] - given[:, place].mean()) ** 2).sum())
        explained = 1 - float((errors**2).sum()) / spread if spread else None
        middle = float(np.median(np.abs(errors)))
        mean, largest = float(np.abs(errors).mean()), float(np.abs(errors).max())
        rows.append((name, mean, middle, float(errors.mean()), largest, explained))
    return Table(
        id="errors",
        tab=SCORES,
        title="Errors of each number",
        note=f"Each in its own unit, over {count_words(len(images), 'picture')}.",
        columns=(
            Column(title="Number"),
            Column(title="Mean", explanation="The mean distance from the label."),
            Column(title="Median", explanation="Half of the answers are nearer than this."),
            Column(title="Lean", explanation="The mean of answer minus label: above 0 the model says too much."),
            Column(title="Largest", explanation="The largest distance from a label."),
            Column(title="R2", best="high", explanation="How much of the labels' variation is explained: 1 is all."),
        ),
        rows=tuple(rows),
        pictures=tuple(_farthest(images, np.abs(said - given)[:, place]) for place in range(len(names))),
    )


def of_points(images: Sequence[str], errors_px: Numbers, close_px: Numbers, names: Sequence[str]) -> Table:
    """errors_px: (N, points) in the original's pixels, NaN where there is no label. close_px: (N,), how near counts as
    found."""
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(names):
        is_there = np.isfinite(errors_px[:, place])
        errors = errors_px[is_there, place]
        if not len(errors):
            rows.append((name, 0, None, None, None, None))
            continue
        found = float((errors < close_px[is_there]).mean())
        rows.append((name, len(errors), float(errors.mean()), float(np.median(errors)), float(errors.max()), found))
    return Table(
        id="errors",
        tab=SCORES,
        title="Errors of each point",
        note="In pixels of the original pictures.",
        columns=(
            Column(title="Point"),
            Column(title="Labels"),
            Column(title="Mean", best="low", explanation="The mean distance from the label, in pixels."),
            Column(title="Median", best="low", explanation="Half of the points are nearer than this."),
            Column(title="Largest", best="low", explanation="The largest distance from a label, in pixels."),
            Column(
                title="PCK",
                best="high",
                is_share=True,
                explanation="The share of points that are nearer to the label than 5 % of the picture's longer side.",
            ),
        ),
        rows=tuple(rows),
        pictures=tuple(_farthest(images, errors_px[:, place]) for place in range(len(names))),
    )


def _farthest(images: Sequence[str], errors: Numbers) -> tuple[str, ...]:
    order = np.argsort(-np.nan_to_num(errors, nan=-1.0), kind="stable")[:SHOWN_PICTURES]
    return tuple(images[row] for row in order if errors[row] > 0)
