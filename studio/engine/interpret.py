"""What a model says of the validation pictures, picture by picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.engine.tasks import classification
from studio.runs.predictions import ValidPrediction


@dataclass(frozen=True)
class Answers:
    """rows: row numbers in the run's labels. scores: (N, classes), not yet probabilities; targets: (N,)."""

    rows: tuple[int, ...]
    scores: Tensor
    targets: Tensor


def interpret(answers: Answers, images: Sequence[str], classes: Sequence[str]) -> list[ValidPrediction]:
    """In the order of the answers. images: the name of each row."""
    probabilities = torch.softmax(answers.scores.double(), dim=1)
    losses = classification.losses(answers.scores, answers.targets)
    chosen = answers.scores.argmax(1)
    return [
        ValidPrediction(
            image=images[row],
            target=classes[int(answers.targets[place])],
            predicted=classes[int(chosen[place])],
            loss=float(losses[place]),
            probabilities=dict(zip(classes, probabilities[place].tolist(), strict=True)),
        )
        for place, row in enumerate(answers.rows)
    ]
