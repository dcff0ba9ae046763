"""From what a model says of several looks at a picture to one answer, by task."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard, TaskKind
from studio.runtime.several_looks import boxes, masks, points, scores
from studio.runtime.several_looks.averaging import Averaging
from studio.runtime.several_looks.look import Look
from studio.runtime.view import View


class Merging(Protocol):
    """What each task's file has."""

    def merge(
        self, outputs: NDArray[np.floating], looks: Sequence[Look], card: ModelCard, how: Averaging
    ) -> NDArray[np.float64]:
        """What the looks say together of the plain picture. outputs: a row a look, the plain look's first."""

    def answer(self, merged: NDArray[np.float64], card: ModelCard, view: View) -> Answer:
        """The answer to what `merge` gives; `view` says how the plain picture lies in its original."""


MERGINGS: dict[TaskKind, Merging] = {
    "classification": scores,
    "tagging": scores,
    "regression": scores,
    "keypoints": points,
    "segmentation": masks,
    "detection": boxes,
}
