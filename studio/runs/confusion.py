"""What was taken for what, and what follows from it: the matrix, the scores of each class, the most confused."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.base.wording import count_words, plural
from studio.runs.report import CellPictures, Column, Matrix, Table

MISTAKES, SCORES = "Mistakes", "Scores"
MOST_PAIRS = 100


@dataclass(frozen=True)
class ClassScore:
    """A class among what was checked. Scores are shares from 0 to 1; 0 where they would divide by nothing."""

    name: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Confused:
    """So often `actual` was taken for `predicted`."""

    actual: str
    predicted: str
    count: int


def score(name: str, right: int, actual: int, predicted: int) -> ClassScore:
    """Precision, recall and F1 as scikit-learn's classification_report defines them."""
    precision = right / predicted if predicted else 0.0
    recall = right / actual if actual else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return ClassScore(name, actual, precision, recall, f1)


def class_scores(names: Sequence[str], counts: Sequence[Sequence[int]]) -> list[ClassScore]:
    """counts: a row for each actual class, a column for each predicted one."""
    predicted = [sum(column) for column in zip(*counts, strict=True)]
    return [score(name, counts[at][at], sum(counts[at]), predicted[at]) for at, name in enumerate(names)]


def most_confused(names: Sequence[str], counts: Sequence[Sequence[int]], most: int = MOST_PAIRS) -> list[Confused]:
    """The cells off the diagonal that are not empty, the largest first."""
    cells = [
        Confused(actual, predicted, counts[row][column])
        for row, actual in enumerate(names)
        for column, predicted in enumerate(names)
        if row != column and counts[row][column]
    ]
    return sorted(cells, key=lambda cell: -cell.count)[:most]


def matrix_part(
    names: Sequence[str],
    counts: Sequence[Sequence[int]],
    counted: str = "picture",
    outside: str = "",
    pictures: Sequence[CellPictures] = (),
) -> Matrix:
    """See `Matrix`."""
    return Matrix(
        id="confusion",
        tab=MISTAKES,
        title="What was taken for what",
        explanation=f"A row for each actual class, a column for each answer: how many {plural(counted)}.",
        names=tuple(names),
        counts=tuple(tuple(row) for row in counts),
        counted=counted,
        outside=outside,
        pictures=tuple(pictures),
    )


def confused_part(names: Sequence[str], counts: Sequence[Sequence[int]], counted: str = "picture") -> Table:
    """The pairs of classes that are confused most."""
    pairs = most_confused(names, counts)
    return Table(
        id="most_confused",
        tab=MISTAKES,
        title="Most confused",
        columns=(
            Column(title="Actual"),
            Column(title="Taken for"),
            Column(title=plural(counted).capitalize(), explanation="How often that happened. Click to see them."),
        ),
        rows=tuple((pair.actual, pair.predicted, pair.count) for pair in pairs),
    )


def class_parts(names: Sequence[str], counts: Sequence[Sequence[int]]) -> list[Matrix | Table]:
    """What there is to be said of pictures with one class each."""
    return [matrix_part(names, counts), confused_part(names, counts), scores_part(class_scores(names, counts))]


def score_columns(counted: str) -> tuple[Column, ...]:
    """Of a table with a row for each `ClassScore`."""
    many = plural(counted)
    return (
        Column(title="Class"),
        Column(title=many.capitalize(), explanation=f"How many of the {many} that were checked are of this class."),
        Column(
            title="Precision",
            best="high",
            is_share=True,
            explanation=f"Of the {many} that were taken for this class, the share that is of it.",
        ),
        Column(
            title="Recall",
            best="high",
            is_share=True,
            explanation=f"Of the {many} of this class, the share that was recognised.",
        ),
        Column(
            title="F1",
            best="high",
            is_share=True,
            explanation="The harmonic mean of precision and recall: high only where both are.",
        ),
    )


def scores_part(scores: Sequence[ClassScore], counted: str = "picture") -> Table:
    """A row for each class."""
    return Table(
        id="class_scores",
        tab=SCORES,
        title="Scores of each class",
        note=f"{count_words(sum(each.count for each in scores), counted)} were checked.",
        columns=score_columns(counted),
        rows=tuple((each.name, each.count, each.precision, each.recall, each.f1) for each in scores),
    )
