"""A finished model that decides by another threshold: its card, what it said of the validation part, and its report."""

from dataclasses import replace

import numpy as np

from studio.base.errors import UserError
from studio.base.targets import Objects, Tags, class_names_in
from studio.engine.reports.tags import tag_scores
from studio.engine.reports.threshold_sweep import of_tags, tags_at
from studio.engine.tasks.tagging import BETA
from studio.runs.predictions import ValidPrediction, read_predictions, write_predictions
from studio.runs.report import AnyPart, Chart, Report, read_report, write_report
from studio.runs.run import Run
from studio.runtime.card import ModelCard, read_card, write_card


def take_threshold(run: Run, threshold: float) -> None:
    """Raises UserError for a run without a model, and for one whose task decides by no threshold.

    The recipe of the run stays as it was: training it again begins with its own threshold.
    """
    card = read_card(run.card_file)
    if card.task not in ("tagging", "detection"):
        raise UserError("This model decides by no threshold.", "Only models of tags and of boxes have one.")
    card = card.model_copy(update={"threshold": threshold})
    predictions = [_decided_again(item, threshold) for item in read_predictions(run.predictions_file)]
    report = read_report(run.report_file)
    if card.task == "tagging":
        card, parts = _measured_again(card, predictions)
    else:
        parts = {}
    if report is not None:
        found = tuple(parts.get(part.id) or _with_threshold(part, threshold) for part in report.parts)
        write_report(run.report_file, Report(parts=found))
    write_predictions(run.predictions_file, card.classes if card.task == "tagging" else (), predictions)
    write_card(run.card_file, card)


def _decided_again(item: ValidPrediction, threshold: float) -> ValidPrediction:
    match item.predicted:
        case Tags():
            ranked = sorted(item.probabilities.items(), key=lambda pair: -pair[1])
            return replace(item, predicted=Tags(tuple(name for name, share in ranked if share > threshold)))
        case Objects(things):  # what was below the threshold before is not known any more
            return replace(item, predicted=Objects(tuple(t for t in things if t.score is None or t.score > threshold)))
    return item


def _measured_again(card: ModelCard, predictions: list[ValidPrediction]) -> tuple[ModelCard, dict[str, AnyPart]]:
    """The card with the metrics at its threshold, and the parts of the report that depend on it."""
    names = card.classes
    known = [item for item in predictions if item.predicted is not None]
    if not known:
        return card, {}
    shares = np.array([[item.probabilities[name] for name in names] for item in known], dtype=np.float64)
    right = np.array([[name in class_names_in(item.target) for name in names] for item in known], dtype=np.bool_)
    given = shares > card.threshold
    found = {"f_beta": tags_at(given, right, BETA)[0], "accuracy": float((given == right).mean())}
    images = [item.image for item in known]
    parts: list[AnyPart] = [
        tag_scores(images, shares, right, names, card.threshold),
        of_tags(shares, right, BETA, card.threshold),
    ]
    return card.model_copy(update={"metrics": {**card.metrics, **found}}), {part.id: part for part in parts}


def _with_threshold(part: AnyPart, threshold: float) -> AnyPart:
    if not isinstance(part, Chart) or part.choice is None:
        return part
    choice = part.choice.model_copy(update={"now": threshold})
    note = f"{part.note} Since then {threshold:g} was taken."
    return part.model_copy(update={"choice": choice, "note": note, "figures": {**part.figures, "threshold": threshold}})
