"""What a run got right and wrong, from the predictions that it left."""

from collections import defaultdict
from dataclasses import dataclass

from studio.base.order import natural_key
from studio.base.targets import target_words
from studio.runs.predictions import ValidPrediction, read_predictions
from studio.runs.run import Run
from studio.runs.summary import summarise


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
    """The predictions of a run, and what every task has of them. Raises UserError when the run has none.

    All that takes long is done when it is made, so that it can be made in a thread and looked at in a window.
    metrics: of the best epoch, by name.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.task = run.recipe().task
        self.image_root = run.facts().image_root
        self.predictions = read_predictions(run.predictions_file)
        self.metrics = summarise(run).metrics
        self.worst_first = sorted(self.predictions, key=lambda item: -item.loss)

    def top_losses(self, count: int = 60) -> list[ValidPrediction]:
        """The pictures that the model was most wrong about."""
        return self.worst_first[:count]


class ClassResults(Results):
    """Of one class a picture: what was taken for what."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        known = run.facts().classes
        named = {target_words(said) for item in self.predictions for said in (item.target, item.predicted)}
        self.classes = [*known, *sorted(named - set(known), key=natural_key)]
        self._cells: dict[tuple[str, str], list[ValidPrediction]] = defaultdict(list)
        for item in self.worst_first:
            self._cells[target_words(item.target), target_words(item.predicted)].append(item)

    @property
    def accuracy(self) -> float:
        right = sum(self.count(name, name) for name in self.classes)
        return right / len(self.predictions) if self.predictions else 0.0

    def count(self, actual: str, predicted: str) -> int:
        """How many pictures of a class were taken for a class."""
        return len(self._cells.get((actual, predicted), ()))

    def confusion(self) -> list[list[int]]:
        """Counts; a row for each actual class, a column for each predicted one, in the order of `classes`."""
        return [[self.count(actual, predicted) for predicted in self.classes] for actual in self.classes]

    def scores(self) -> list[ClassScore]:
        """Precision, recall and F1 of each class, as scikit-learn's classification_report defines them."""
        counts = self.confusion()
        predicted = [sum(column) for column in zip(*counts, strict=True)]
        scores = []
        for index, name in enumerate(self.classes):
            right, actual = counts[index][index], sum(counts[index])
            precision = right / predicted[index] if predicted[index] else 0.0
            recall = right / actual if actual else 0.0
            f1 = 2 * precision * recall / (precision + recall) if right else 0.0
            scores.append(ClassScore(name, actual, precision, recall, f1))
        return scores

    def most_confused(self, count: int = 10) -> list[Confused]:
        """The cells off the diagonal, most pictures first."""
        cells = [Confused(*names, len(items)) for names, items in self._cells.items() if names[0] != names[1]]
        places = {name: place for place, name in enumerate(self.classes)}
        cells.sort(key=lambda cell: (-cell.count, places[cell.actual], places[cell.predicted]))
        return cells[:count]

    def cell(self, actual: str, predicted: str) -> list[ValidPrediction]:
        """The pictures of one cell of the confusion matrix, those with the highest loss first."""
        return list(self._cells.get((actual, predicted), ()))


def read_results(run: Run) -> Results:
    """The results of a run, as its task has them. Raises UserError when there are none."""
    return ClassResults(run) if run.recipe().task.target == "class" else Results(run)
