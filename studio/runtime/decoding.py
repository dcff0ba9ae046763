"""From a model's outputs to answers, by task."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.runtime.answer import Answer
from studio.runtime.card import ModelCard, TaskKind
from studio.runtime.tasks import classification, detection, keypoints, regression, segmentation, tagging
from studio.runtime.view import View


class Decoding(Protocol):
    """What each task's file has."""

    def decode(self, outputs: NDArray[np.floating], card: ModelCard, views: Sequence[View]) -> list[Answer]:
        """An answer a row of `outputs`; `views` says how each picture lies in its original."""

    def shares(self, outputs: NDArray[np.floating], card: ModelCard) -> NDArray[np.float64]:
        """The outputs as numbers of the size of 1, in which two ways to compute them can be compared: probabilities,
        or shares of a picture's side or of a range; NaN where an output is not finite."""


DECODINGS: dict[TaskKind, Decoding] = {
    "classification": classification,
    "tagging": tagging,
    "regression": regression,
    "keypoints": keypoints,
    "segmentation": segmentation,
    "detection": detection,
}
