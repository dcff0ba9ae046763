"""What a run got right and wrong, from the predictions and the report that it left."""

from collections import defaultdict
from collections.abc import Sequence

from studio.base.errors import UserError
from studio.base.number_text import read_number
from studio.base.order import natural_key
from studio.base.targets import target_words
from studio.jobs.messages import TakeThreshold
from studio.runs.confusion import ClassScore, Confused, class_parts, class_scores, most_confused
from studio.runs.predictions import ValidPrediction, read_predictions
from studio.runs.report import Chart, Report, read_report
from studio.runs.run import Run
from studio.runs.summary import summarise

MOST_PICTURES = 200


class Results:
    """The predictions of a run, and what every task has of them. Raises UserError when the run has none.

    All that takes long is done when it is made, so that it can be made in a thread and looked at in a window.
    metrics: of the best epoch, by name. report: what the task declared; of a run from before there were reports, what
    follows from the predictions. has_report: whether the run kept one.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.task = run.recipe().task
        self.facts = run.facts()
        self.image_root = self.facts.image_root
        self.predictions = read_predictions(run.predictions_file)
        self.metrics = summarise(run).metrics
        self.worst_first = sorted(self.predictions, key=lambda item: -item.loss)
        self.by_image = {item.image: item for item in self.predictions}
        kept = read_report(run.report_file)
        self.has_report = kept is not None
        self.report = kept or Report()

    def top_losses(self, count: int = 60) -> list[ValidPrediction]:
        """The pictures that the model was most wrong about."""
        return self.worst_first[:count]

    def named(self, images: Sequence[str]) -> list[ValidPrediction]:
        """The predictions of some pictures, each once, in the order in which they are named first."""
        return [self.by_image[image] for image in dict.fromkeys(images) if image in self.by_image]

    def doubtful(self, count: int = MOST_PICTURES) -> list[ValidPrediction]:
        """The pictures whose labels are most in doubt."""
        doubts = self.report.doubts
        return self.named([doubt.image for doubt in doubts.doubts])[:count] if doubts else []


class ClassResults(Results):
    """Of one class a picture: what was taken for what."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        known = self.facts.classes
        named = {target_words(said) for item in self.predictions for said in (item.target, item.predicted)}
        self.classes = [*known, *sorted(named - set(known), key=natural_key)]
        self._cells: dict[tuple[str, str], list[ValidPrediction]] = defaultdict(list)
        for item in self.worst_first:
            self._cells[target_words(item.target), target_words(item.predicted)].append(item)
        if not self.has_report:
            self.report = Report(parts=tuple(class_parts(self.classes, self.confusion())))

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
        """Precision, recall and F1 of each class."""
        return class_scores(self.classes, self.confusion())

    def most_confused(self, count: int = 10) -> list[Confused]:
        """The cells off the diagonal, most pictures first."""
        return most_confused(self.classes, self.confusion(), count)

    def cell(self, actual: str, predicted: str) -> list[ValidPrediction]:
        """The pictures of one cell of the confusion matrix, those with the highest loss first."""
        return list(self._cells.get((actual, predicted), ()))


def read_results(run: Run) -> Results:
    """The results of a run, as its task has them. Raises UserError when there are none."""
    return ClassResults(run) if run.recipe().task.target == "class" else Results(run)


def threshold_request(results: Results, wanted: str) -> TakeThreshold:
    """What asks for another threshold of a run's model: a number, or "best". Raises UserError for anything else."""
    choices = [part.choice for part in results.report.parts if isinstance(part, Chart) and part.choice is not None]
    if not choices:
        raise UserError("This model decides by no threshold.", "Only models of tags and of boxes have one.")
    value = choices[0].best if wanted == "best" else read_number(wanted)
    if value is None or not 0 < value < 1:
        raise UserError(f"'{wanted}' is no threshold.", "Name a number between 0 and 1, or say best.")
    return TakeThreshold(run=str(results.run.folder), threshold=value)
