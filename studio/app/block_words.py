"""What the cards of the Blocks page say: a block's name, what it made of the data, and how it stands."""

from collections.abc import Sequence

from studio.app.steps import StepState
from studio.base.wording import count_words, whole_words
from studio.blocks.block import Block, Step
from studio.jobs.messages import StepExplained

MOST_NAMED = 4
CLASS = "class "  # before the name of a class among a step's counts

STEP_TITLES: dict[Step, str] = {
    "kind": "Kind",
    "source": "Source",
    "labels": "Labels",
    "split": "Split",
}
CHOICE_TITLES: dict[Step, str] = {
    "kind": "What is learned",
    "source": "Where the pictures come from",
    "labels": "Where the labels come from",
    "split": "How the pictures are divided",
}


def card_title(block: Block) -> str:
    """The step's name, or the block's own where a step has several blocks."""
    return STEP_TITLES.get(block.step, block.title)


def card_summary(block: Block, step: StepExplained | None) -> str:
    """One line that says what the block makes; its settings while nothing is known yet."""
    counts = step.counts if step is not None else {}
    if not counts or not step or not step.rows:
        return block.summary()
    if block.step == "source":
        folders = counts.get("folders", 0)
        return f"{count_words(step.rows, 'picture')} in {count_words(folders, 'folder')}"
    if block.step == "labels":
        missing = counts.get("not labeled", 0)
        rest = f", {whole_words(missing)} not labeled" if missing else ""
        return f"{_found_words(step)}{rest}"
    if block.step == "split":
        train, check = counts.get("to train on", 0), counts.get("to check on", 0)
        return f"{whole_words(train)} to train, {whole_words(check)} to check"
    return block.summary()


def _found_words(step: StepExplained) -> str:
    """What the labels are made of: classes, named points, or numbers."""
    if step.skeleton is not None:
        names = step.skeleton.names
        shown = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
        return f"{count_words(len(names), 'point')}: {shown}"
    if step.number_names:
        return f"{count_words(len(step.number_names), 'number')}: {', '.join(step.number_names[:MOST_NAMED])}"
    return count_words(len(step.classes), "class")


def row_words(step: StepExplained | None) -> str:
    """What flows on to the next card: the rows, with a label where there are any."""
    if step is None or not step.rows:
        return ""
    if step.step == "labels":
        return f"{whole_words(step.counts.get('labeled', 0))} labeled rows"
    if step.step == "split":
        used = step.counts.get("to train on", 0) + step.counts.get("to check on", 0)
        return count_words(used, "row")
    return count_words(step.rows, "row") if step.step == "source" else ""


def class_counts(step: StepExplained | None) -> list[tuple[str, int]]:
    """How many pictures each class has, in the order of the classes."""
    counts = step.counts if step is not None else {}
    return [(name.removeprefix(CLASS), count) for name, count in counts.items() if name.startswith(CLASS)]


def other_counts(step: StepExplained | None) -> list[tuple[str, int]]:
    """The step's other figures that are not 0, with their words."""
    counts = step.counts if step is not None else {}
    shown = [(words, count) for words, count in counts.items() if count and not words.startswith(CLASS)]
    return [(words.removesuffix("s") if count == 1 else words, count) for words, count in shown]


def card_states(steps: Sequence[StepExplained | None], is_checking: bool) -> list[StepState]:
    """How each block stands; behind an error, or behind the one that is being looked at, nothing is known."""
    states: list[StepState] = []
    for step in steps:
        if "failed" in states or (step is None and "running" in states):
            states.append("empty")
        elif step is None:
            states.append("running" if is_checking else "empty")
        else:
            levels = {finding.level for finding in step.findings}
            states.append("failed" if "error" in levels else "warning" if "warning" in levels else "done")
    return states


def warning_count(step: StepExplained | None) -> int:
    return sum(finding.level == "warning" for finding in step.findings) if step is not None else 0
