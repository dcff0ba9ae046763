"""What a run started from and what did not fit; and of one that learned from corrections, before and after."""

from studio.base.wording import count_words
from studio.jobs.messages import CorrectionsLearned
from studio.runs.report import Column, Table
from studio.runtime.card import WeightsOrigin

TAB = "Start"


def corrections_part(learned: CorrectionsLearned, checked: int) -> Table:
    """Each metric on both sets of pictures. checked: how many there are to check on."""
    sets = (
        ("to check on", checked, learned.before, learned.after),
        ("corrected", learned.corrected, learned.corrected_before, learned.corrected_after),
    )
    what = f"{count_words(learned.corrected, 'label')} corrected since the run {learned.since}"
    also = f", {learned.corrected_to_check} of them of pictures to check on" if learned.corrected_to_check else ""
    kept = ": no epoch was as good on the pictures to check on, so the model is as it was" if learned.kept_start else ""
    return Table(
        id="corrections",
        tab=TAB,
        title="Before and after the corrections",
        explanation="With the labels as they are now. The model has learned from the corrected pictures, but for those "
        "to check on.",
        note=f"{what}{also}{kept}.",
        columns=(
            Column(title="Pictures"),
            Column(title="How many"),
            Column(title="Metric"),
            Column(title="Before"),
            Column(title="After"),
        ),
        rows=tuple(
            (words, count, name.replace("_", " ").replace(" f1", " F1"), before.get(name), value)
            for words, count, before, after in sets
            for name, value in after.items()
        ),
    )


def start_parts(weights: WeightsOrigin) -> list[Table]:
    """Of weights from a run or a file, and of any that did not fit wholly."""
    if weights.kind not in ("run", "file") and not weights.not_taken:
        return []
    tensors = f"{weights.taken} of {count_words(weights.total, 'tensor')} taken"
    return [
        Table(
            id="start",
            tab=TAB,
            title="What it started from",
            explanation="What did not fit starts from random values.",
            columns=(Column(title="From"), Column(title=weights.source)),
            rows=(("Fitted", tensors), *(("Did not fit", sentence) for sentence in weights.not_taken)),
        )
    ]
