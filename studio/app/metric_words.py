"""Metrics in words: what they are called, and their values as people write them."""

from collections.abc import Mapping

from studio.base.wording import number_words, percent_words
from studio.blocks.task import Task

ACRONYMS = {"pck": "PCK", "mae": "MAE", "r2": "R2", "map": "mAP", "map_50": "mAP at 0.5", "mean_iou": "Mean IoU"}


def metric_name(name: str) -> str:
    """A metric's name as people write it: macro_f1 gives "Macro F1"."""
    return ACRONYMS.get(name) or name.replace("_", " ").capitalize().replace(" f1", " F1")


def metric_inside(name: str) -> str:
    """The same inside a sentence: "macro F1"."""
    return metric_name(name) if name in ACRONYMS else name.replace("_", " ").replace(" f1", " F1")


def metric_value(task: Task | type[Task], name: str, value: float) -> str:
    """Shares in per cent; errors as numbers in their own unit."""
    return number_words(value) if name in task.errors else percent_words(value)


def metrics_line(task: Task, metrics: Mapping[str, float]) -> str:
    """The task's metrics in one line: "F beta 71 % · Accuracy 93 %"."""
    known = [(name, metrics[name]) for name in task.metrics if name in metrics]
    words = [f"{metric_name(name)} {metric_value(task, name, value)}" for name, value in known]
    return " · ".join(words)
