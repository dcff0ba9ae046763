"""What the best model of a run says of each validation picture: predictions.csv."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import UserError
from studio.base.files import write_atomically
from studio.base.targets import Target
from studio.blocks.target_text import read_target, target_text

_FACTS = ["image", "target", "predicted", "loss"]
_PREFIX = "p:"
MASKS = "masks"  # the folder in that of the run


@dataclass(frozen=True)
class ValidPrediction:
    """One validation picture: its label, what the model says (None: no numbers), the loss, and the probabilities of
    classes or tags; places are pixels of the upright original. A predicted mask lies below the run's folder; it may be
    smaller than its picture. With masks, the probabilities are shares of the picture."""

    image: str
    target: Target | None
    predicted: Target | None
    loss: float
    probabilities: dict[str, float]


def write_predictions(path: Path, classes: Sequence[str], predictions: Sequence[ValidPrediction]) -> None:
    """One row a picture, with a column for the probability of each class, "nan" where a model gave no numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_FACTS + [_PREFIX + name for name in classes])
    for item in predictions:
        row = [item.image, target_text(item.target), target_text(item.predicted), f"{item.loss:.6g}"]
        writer.writerow(row + [f"{item.probabilities.get(name, math.nan):.6g}" for name in classes])
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"))


def read_predictions(path: Path) -> list[ValidPrediction]:
    """Raises UserError when there are none or the file is damaged."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            lines = csv.reader(file)
            head = next(lines, [])
            if head[: len(_FACTS)] != _FACTS:
                raise ValueError("its first line is not that of predictions")
            names = [name.removeprefix(_PREFIX) for name in head[len(_FACTS) :]]
            return [_read(line, names) for line in lines]
    except FileNotFoundError as error:
        raise UserError("The run has no results yet.", "They are written when training has finished.") from error
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path} is damaged: {error}", "Train again with the same recipe.") from error


def _read(line: list[str], names: list[str]) -> ValidPrediction:
    image, target, predicted, loss, *shares = line
    probabilities = dict(zip(names, map(float, shares), strict=True))
    return ValidPrediction(image, read_target(target), read_target(predicted), float(loss), probabilities)
