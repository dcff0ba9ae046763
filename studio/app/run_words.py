"""What a run tells besides its epochs, in words: what it started from, and what corrections have changed."""

from collections.abc import Mapping

from studio.app.metric_words import metric_inside, metric_value
from studio.base.wording import count_words
from studio.blocks.task import Task
from studio.jobs.messages import CorrectionsLearned, WeightsTaken


def weights_words(event: WeightsTaken) -> str:
    """ "0003-resnet18-5ep: 61 of 62 tensors taken; head.8.weight: 10 classes here, 12 there, ..." in one line."""
    return "; ".join([weights_line(event), *event.not_taken]) + "."


def weights_line(event: WeightsTaken) -> str:
    """How much was taken, without what was not."""
    return f"Started from {event.source}: {event.taken} of {count_words(event.total, 'tensor')} taken"


def corrections_words(event: CorrectionsLearned, task: Task | type[Task]) -> str:
    """Before and after, by the task's main metric: "accuracy 93 % before, 95 % after on ..."."""
    name = task.main_metric
    count = count_words(event.corrected, "corrected one")
    words = f"On the pictures to check on {_change(task, name, event.before, event.after)}"
    also = f" ({event.corrected_to_check} of them to check on)" if event.corrected_to_check else ""
    words += f"; on the {count}{also} {_change(task, name, event.corrected_before, event.corrected_after)}."
    if event.kept_start:
        return f"No epoch was as good as the start: the model is that of {event.since}. {words}"
    return words


def _change(task: Task | type[Task], name: str, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    values = [metric_value(task, name, known[name]) if name in known else "unknown" for known in (before, after)]
    return f"{metric_inside(name)} {values[0]} before, {values[1]} after"
