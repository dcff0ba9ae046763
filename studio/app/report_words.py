"""A run's results as plain text, and as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from studio.app.looks_trial import comparison_words
from studio.app.metric_words import metrics_line
from studio.app.results import ClassResults, Results
from studio.base.targets import Target, has_places, target_words
from studio.base.wording import count_words, number_words, percent_words
from studio.runs.looks_comparison import read_comparison
from studio.runs.predictions import ValidPrediction
from studio.runs.report import AnyPart, Chart, Doubts, Matrix, Report, Table

WORST, DOUBTFUL, CONFUSED = 10, 10, 5


def results_lines(results: Results) -> list[str]:
    """Everything that the run knows of itself, in the order of the page's tabs, as lines of text."""
    lines = [_headline(results)]
    for part in results.report.parts:
        lines += ["", *_part_lines(part)]
    if not results.has_report:
        lines += ["", "This run is from before there were reports: train again to see more."]
    compared = read_comparison(results.run)
    if compared is not None:
        lines += ["", comparison_words(results.task, compared)]
    lines += ["", "Highest loss:"]
    return lines + [f"  {item.loss:6.3f}  {item.image}{_said(item)}" for item in results.top_losses(WORST)]


def results_json(results: Results) -> str:
    """The same in one line of JSON."""
    value: dict[str, object] = {"run": results.run.name, "metrics": results.metrics}
    if isinstance(results, ClassResults):
        value |= {
            "accuracy": results.accuracy,
            "classes": results.classes,
            "confusion": results.confusion(),
            "scores": [asdict(score) for score in results.scores()],
        }
    value["top_losses"] = [
        {"image": item.image, "target": _plain(item.target), "predicted": _plain(item.predicted), "loss": item.loss}
        for item in results.top_losses()
    ]
    doubts = results.report.doubts
    value["labels_to_look_at"] = [doubt.model_dump() for doubt in doubts.doubts] if doubts else []
    value["report"] = _without_pictures(results.report)
    compared = read_comparison(results.run)
    value["several_looks"] = json.loads(compared.model_dump_json()) if compared else None
    return json.dumps(value, allow_nan=False)


def _headline(results: Results) -> str:
    count = count_words(len(results.predictions), "validation picture")
    if isinstance(results, ClassResults):
        return f"Accuracy {percent_words(results.accuracy)} on {count}"
    return f"{metrics_line(results.task, results.metrics)} on {count}"


def _said(item: ValidPrediction) -> str:
    if has_places(item.target) or has_places(item.predicted):
        return ""  # places in words say nothing; the page draws them
    return f": is '{target_words(item.target)}', said '{target_words(item.predicted)}'"


def _part_lines(part: AnyPart) -> list[str]:
    match part:
        case Table():
            return _table_lines(part)
        case Matrix():
            return _matrix_lines(part)
        case Doubts():
            return _doubt_lines(part)
        case Chart():
            return [f"{part.title}: {part.note}"]


def _table_lines(part: Table) -> list[str]:
    shown = part.rows[:CONFUSED] if part.id == "most_confused" else part.rows
    cells = [[column.title for column in part.columns]]
    cells += [[cell if isinstance(cell, str) else number_words(cell) for cell in row] for row in shown]
    widths = [max(len(row[place]) for row in cells) for place in range(len(part.columns))]
    is_text = [any(isinstance(row[place], str) for row in shown) for place in range(len(part.columns))]
    lines = [part.title + (f" ({part.note.rstrip('.')})" if part.note else "") + ":"]
    for row in cells:
        padded = [
            f"{cell:<{width}}" if text else f"{cell:>{width}}"
            for cell, width, text in zip(row, widths, is_text, strict=True)
        ]
        lines.append("  " + "  ".join(padded).rstrip())
    return lines if shown else [f"{part.title}: nothing."]


def _matrix_lines(part: Matrix) -> list[str]:
    right = sum(part.counts[place][place] for place in range(len(part.names)))
    total = sum(sum(row) for row in part.counts)
    if not total:
        return [f"{part.title}: nothing was checked."]
    return [f"{part.title}: {percent_words(right / total)} of {count_words(total, part.counted)} right."]


def _doubt_lines(part: Doubts) -> list[str]:
    lines = [f"{part.title}: {part.note}"]
    for doubt in part.doubts[:DOUBTFUL]:
        about = f" ({doubt.about})" if doubt.about else ""
        lines.append(f"  {doubt.score:5.3f}  {doubt.image}: '{doubt.given}', the model: '{doubt.suggested}'{about}")
    return lines


def _without_pictures(report: Report) -> list[dict[str, object]]:
    """The parts, doubts aside: those stand by themselves."""
    parts: Sequence[AnyPart] = [part for part in report.parts if not isinstance(part, Doubts)]
    return [part.model_dump(exclude={"pictures"}) for part in parts]


def _plain(target: Target | None) -> object:
    """A target for JSON: a class as its name, everything else as its record."""
    return asdict(target) if target is not None and not isinstance(target, str) else target
