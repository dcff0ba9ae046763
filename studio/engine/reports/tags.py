"""How well each tag is given."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.runs.confusion import SCORES, score, score_columns
from studio.runs.report import Column, Table

SHOWN_PICTURES = 24


def tag_scores(
    images: Sequence[str], shares: NDArray[np.float64], right: NDArray[np.bool_], names: Sequence[str], threshold: float
) -> Table:
    """A row for each tag, at the model's threshold; with it the pictures where it is most wrongly given or not."""
    rows, pictures = [], []
    for place, name in enumerate(names):
        given, there = shares[:, place] > threshold, right[:, place]
        each = score(name, int((given & there).sum()), int(there.sum()), int(given.sum()))
        too_many, missed = int((given & ~there).sum()), int((there & ~given).sum())
        rows.append((name, each.count, each.precision, each.recall, each.f1, too_many, missed))
        off = np.where(given != there, np.abs(shares[:, place] - there), 0.0)
        order = np.argsort(-off, kind="stable")[:SHOWN_PICTURES]
        pictures.append(tuple(images[row] for row in order if off[row] > 0))
    _, *others = score_columns("picture")
    return Table(
        id="class_scores",
        tab=SCORES,
        title="Scores of each tag",
        explanation="Each tag by itself. Click one to see the pictures where it is wrong.",
        note=f"At the threshold {threshold:g}.",
        columns=(
            Column(title="Tag"),
            *others,
            Column(title="Too many", best="low", explanation="Pictures without this tag that it was given to."),
            Column(title="Missed", best="low", explanation="Pictures with this tag that it was not given to."),
        ),
        rows=tuple(rows),
        pictures=tuple(pictures),
    )
