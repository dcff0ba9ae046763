"""The rows that a run learns from and is checked on, and whether there are any."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base.errors import UserError
from studio.base.targets import Numbers, Skeleton, Target, class_names_in, kind_of
from studio.blocks.table import Row
from studio.blocks.task import Task
from studio.jobs.messages import Event, Warned
from studio.runs.labels import read_labels
from studio.runs.run import Run


@dataclass(frozen=True)
class RunRows:
    """`train` and `valid` are row numbers in the run's labels: they name a row whatever else is left out.

    classes, skeleton, number_names: what the labels are about.
    """

    root: Path
    rows: list[Row]
    classes: tuple[str, ...]
    train: list[int]
    valid: list[int]
    skeleton: Skeleton | None = None
    number_names: tuple[str, ...] = ()

    @property
    def used(self) -> list[int]:
        return sorted([*self.train, *self.valid])

    def targets(self, rows: Sequence[int]) -> list[Target]:
        """The labels of some used rows."""
        return [target for row in rows if (target := self.rows[row].target) is not None]

    def without(self, images: set[str]) -> "RunRows":
        """The same without some pictures."""
        return replace(
            self,
            train=[row for row in self.train if self.rows[row].image not in images],
            valid=[row for row in self.valid if self.rows[row].image not in images],
        )


def read_rows(run: Run, task: Task) -> RunRows:
    """Raises UserError when a label is not of the task's kind."""
    facts, rows = run.facts(), read_labels(run.labels_file)
    labeled = [number for number, row in enumerate(rows) if row.target is not None]
    train = [number for number in labeled if rows[number].part == "train"]
    valid = [number for number in labeled if rows[number].part == "valid"]
    read = RunRows(Path(facts.image_root), rows, facts.classes, train, valid, facts.skeleton, facts.number_names)
    for number in read.used:
        target = rows[number].target
        if target is not None and kind_of(target) != task.target:
            raise UserError(
                f"{rows[number].image} has a label of another kind ({kind_of(target)}) than '{task.title}' needs "
                f"({task.target}).",
                "Choose labels and task that belong together, and start a new run.",
            )
    targets = read.targets(read.used)
    if not read.classes:
        read = replace(read, classes=tuple(sorted({name for target in targets for name in class_names_in(target)})))
    if not read.number_names:
        count = max((len(target.values) for target in targets if isinstance(target, Numbers)), default=0)
        names = tuple(f"number {place + 1}" for place in range(count)) if count > 1 else ("number",) * count
        read = replace(read, number_names=names)
    return read


def check_rows(rows: RunRows, left_out: int) -> None:
    """Raises UserError when there is too little to learn from or to check on.

    `left_out`: how many pictures could not be read.
    """
    because = f" {left_out} pictures could not be read." if left_out else ""
    if left_out and not rows.used:
        raise UserError(
            f"None of the {left_out} pictures can be read.", "Look at the list of pictures that were left out."
        )
    if len(rows.train) < 2:
        number = "only one labeled picture" if rows.train else "no labeled pictures"
        raise UserError(f"There is {number} to train on.{because}", "Label more pictures, or look at the Split block.")
    if not rows.valid:
        raise UserError(
            f"There are no labeled pictures to check the model on.{because}",
            "Look at the Split block, or label more pictures.",
        )


def check_class_names(rows: RunRows) -> None:
    """Raises UserError when a label names a class that the run does not know."""
    known = set(rows.classes)
    for row in rows.used:
        unknown = next((name for name in class_names_in(rows.rows[row].target) if name not in known), None)
        if unknown is not None:
            raise UserError(
                f"{rows.rows[row].image} has the class {unknown!r}, which this run does not know.",
                "Read the labels again and start a new run.",
            )


def warn_of_missing_classes(rows: RunRows, emit: Callable[[Event], None]) -> None:
    """Say which classes no picture is trained on."""
    trained, checked = (
        {name for target in rows.targets(part) for name in class_names_in(target)} for part in (rows.train, rows.valid)
    )
    for name in rows.classes:
        if name not in trained:
            there = " only pictures to check the model on" if name in checked else " no pictures"
            emit(
                Warned(
                    message=f"The class {name!r} has{there}: it cannot be learned.",
                    hint="Label some pictures of it, or change the split so that some are trained on.",
                )
            )


def refuse_all_the_same(rows: RunRows, words: str) -> None:
    """Raises UserError when all pictures to train on have the same label, `words` saying which."""
    first, *others = rows.targets(rows.train)
    if all(other == first for other in others):
        raise UserError(
            f"All pictures to train on have {words}: nothing can be told apart.",
            "Label pictures differently, or look at the Split block.",
        )
