"""The Results page's use case: what a run got right and wrong, from the predictions it left."""

from dataclasses import dataclass

from studio.runs.predictions import ValidPrediction, read_predictions
from studio.runs.run import Run


@dataclass(frozen=True)
class ClassScore:
    """A class on the validation part. Scores are shares from 0 to 1; 0 where they would divide by nothing."""

    name: str
    pictures: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Confused:
    """So many pictures of `actual` were taken for `predicted`."""

    actual: str
    predicted: str
    count: int


class Results:
    """The predictions of a run, and every view of them. Raises UserError when the run has none."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.classes = list(run.facts().classes)
        self.predictions = read_predictions(run.predictions_file)

    @property
    def accuracy(self) -> float:
        right = sum(item.target == item.predicted for item in self.predictions)
        return right / len(self.predictions) if self.predictions else 0.0

    def confusion(self) -> list[list[int]]:
        """Counts; a row for each actual class, a column for each predicted one, in the order of `classes`."""
        place = {name: index for index, name in enumerate(self.classes)}
        counts = [[0] * len(self.classes) for _ in self.classes]
        for item in self.predictions:
            counts[place[item.target]][place[item.predicted]] += 1
        return counts

    def scores(self) -> list[ClassScore]:
        """Precision, recall and F1 of each class, as scikit-learn's classification_report defines them."""
        counts = self.confusion()
        scores = []
        for index, name in enumerate(self.classes):
            right = counts[index][index]
            actual = sum(counts[index])
            predicted = sum(row[index] for row in counts)
            precision = right / predicted if predicted else 0.0
            recall = right / actual if actual else 0.0
            f1 = 2 * precision * recall / (precision + recall) if right else 0.0
            scores.append(ClassScore(name, actual, precision, recall, f1))
        return scores

    def most_confused(self, count: int = 10) -> list[Confused]:
        """The cells off the diagonal, most pictures first."""
        cells = [
            Confused(actual, predicted, number)
            for actual, row in zip(self.classes, self.confusion(), strict=True)
            for predicted, number in zip(self.classes, row, strict=True)
            if actual != predicted and number
        ]
        return sorted(cells, key=lambda cell: -cell.count)[:count]

    def cell(self, actual: str, predicted: str) -> list[ValidPrediction]:
        """The pictures of one cell of the confusion matrix, those with the highest loss first."""
        found = [item for item in self.predictions if item.target == actual and item.predicted == predicted]
        return sorted(found, key=lambda item: -item.loss)

    def top_losses(self, count: int = 60) -> list[ValidPrediction]:
        """The pictures that the model was most wrong about."""
        return sorted(self.predictions, key=lambda item: -item.loss)[:count]
